//! What a person sees of one entity first, and what they may have meant by a ref that names nothing.

use std::collections::BTreeMap;

use model::{
    catalog::{EntityOverview, ListEntities, NearEntities, NearEntity, RelationGroup},
    entity::Entity,
    entity_ref::EntityRef,
};

use super::{
    Index, sections,
    snapshot::{Hit, Part, Snapshot},
};
use crate::kinds::KindRegistry;

const OWNED_BY: &str = "relations.ownedby";
const PART_OF: &str = "relations.partof";

impl Index {
    /// One entity with what is around it, by its ref in any case.
    pub fn overview(&self, entity_ref: &EntityRef) -> Option<EntityOverview> {
        let snapshot = self.current.load();
        let hit = snapshot.find(&entity_ref.canonical())?;
        let entity: Entity = serde_json::from_slice(&snapshot.json(hit)).ok()?;
        let mut problems = self.problems_of(&snapshot, snapshot.entity_ref(hit));
        let problems_total = problems.len() as u64;
        problems.truncate(EntityOverview::MAX_PROBLEMS);
        let email = entity.spec.get("profile").and_then(|profile| profile.get("email")?.as_str()).map(str::to_owned);
        Some(EntityOverview {
            title: snapshot.title(hit).unwrap_or(&entity.metadata.name).to_owned(),
            email,
            entity_type: entity.spec_str("type").map(str::to_owned),
            lifecycle: entity.spec_str("lifecycle").map(str::to_owned),
            namespace: entity.namespace().to_owned(),
            relations: relations(&snapshot, &self.kinds, snapshot.entity_ref(hit), &entity),
            fields: sections::fields(&self.kinds, &entity),
            sections: sections::sections(&snapshot, &self.kinds, snapshot.entity_ref(hit), &entity),
            changes: Vec::new(),
            can: Vec::new(),
            why_not: BTreeMap::new(),
            domain: domain(&snapshot, hit).map(|domain| snapshot.row_ref(domain)),
            problems,
            problems_total,
            kind: entity.kind,
            name: entity.metadata.name,
            description: entity.metadata.description,
            tags: entity.metadata.tags,
            labels: entity.metadata.labels,
            annotations: entity.metadata.annotations,
            links: entity.metadata.links,
        })
    }

    /// Entities whose names are near, the nearest first; those of the same kind and namespace before others.
    pub fn near(&self, entity_ref: &EntityRef) -> NearEntities {
        let snapshot = self.current.load();
        let name = entity_ref.name.to_lowercase();
        let same = format!("{}:{}/", entity_ref.kind, entity_ref.namespace).to_lowercase();
        let mut found: Vec<(usize, bool, &str, Hit)> = Vec::new();
        for part in [Part::Base, Part::Delta] {
            let facts = &snapshot.segment(part).facts;
            let Some(key) = facts.key("metadata.name") else { continue };
            for entry in facts.values_of(key) {
                let Some(distance) = distance(&name, facts.lower(entry)) else { continue };
                facts.postings.for_each(entry.posting, |doc| {
                    let hit = Hit { part, doc };
                    if snapshot.shows(hit) {
                        let other = snapshot.entity_ref(hit);
                        found.push((distance, !other.starts_with(&same), other, hit));
                    }
                });
            }
        }
        let nearer = |a: &(usize, bool, &str, Hit), b: &(usize, bool, &str, Hit)| (a.0, a.1, a.2).cmp(&(b.0, b.1, b.2));
        found.sort_unstable_by(nearer);
        let near = found.into_iter().take(NearEntities::MAX_ITEMS).map(|(_, _, entity_ref, hit)| NearEntity {
            entity: snapshot.row_ref(entity_ref),
            owner: snapshot.value(hit, OWNED_BY).map(|owner| snapshot.row_ref(owner)),
        });
        NearEntities { near: near.collect() }
    }
}

/// Edits between two names; `None` where they are too many for one to stand for the other, unless it holds it.
fn distance(wanted: &str, name: &str) -> Option<usize> {
    let longer = wanted.len().max(name.len());
    let holds = || wanted.len() > 2 && name.contains(wanted);
    if wanted.len().abs_diff(name.len()) > longer / 2 {
        return holds().then_some(longer / 2);
    }
    Some(strsim::osa_distance(wanted, name)).filter(|edits| *edits <= longer / 2 || holds())
}

fn relations(snapshot: &Snapshot, kinds: &KindRegistry, entity_ref: &str, entity: &Entity) -> Vec<RelationGroup> {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for relation in &entity.relations {
        groups.entry(&relation.relation_type).or_default().push(&relation.target_ref);
    }
    let group = |(relation_type, targets): (&str, Vec<&str>)| RelationGroup {
        relation_type: relation_type.to_owned(),
        total: targets.len() as u64,
        targets: targets.iter().take(RelationGroup::MAX_TARGETS).map(|target| snapshot.row_ref(target)).collect(),
        query: sections::related(kinds, relation_type, entity_ref)
            .map(|related| ListEntities { related: Some(related), ..ListEntities::default() }.to_query())
            .unwrap_or_default(),
    };
    groups.into_iter().take(EntityOverview::MAX_RELATION_TYPES).map(group).collect()
}

/// A system says its domain, a component only its system.
fn domain(snapshot: &Snapshot, hit: Hit) -> Option<&str> {
    let system = snapshot.value(hit, PART_OF).filter(|part_of| part_of.starts_with("system:"))?;
    snapshot.value(snapshot.find(system)?, PART_OF).filter(|part_of| part_of.starts_with("domain:"))
}

#[cfg(test)]
mod tests {
    use super::distance;

    #[test]
    fn near_is_what_is_few_edits_away_or_holds_the_name() {
        assert_eq!(distance("chekout-api", "checkout-api"), Some(1));
        assert_eq!(distance("chekcout-api", "checkout-api"), Some(1));
        assert_eq!(distance("payments", "payments-settlement-worker"), Some(13));
        assert_eq!(distance("payments", "zebra"), None);
        assert_eq!(distance("a", "a-very-long-name"), None);
    }
}
