//! What a person looks for on the page of an entity, by its kind.

use std::collections::{BTreeMap, HashSet};

use model::{
    catalog::{EntityOverview, FacetKey, ListEntities, OverviewRow, OverviewSection, RowProblem},
    entity::{Entity, Relation},
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    findings::Findings,
    snapshot::{Hit, Snapshot},
};
use crate::kinds::KindRegistry;

/// Characters of a description that a row holds.
const DESCRIPTION_LENGTH: usize = 200;

/// Characters of a field of `spec` that are told.
const FIELD_LENGTH: usize = 200;

/// Fields of `spec` that an overview tells elsewhere.
const TOLD: [&str; 3] = ["type", "lifecycle", "profile"];

/// The sections of an entity, by its canonical ref; none that is empty.
pub(super) fn sections(
    snapshot: &Snapshot,
    kinds: &KindRegistry,
    entity_ref: &str,
    entity: &Entity,
) -> Vec<OverviewSection> {
    let findings = snapshot.findings(kinds);
    let maker = Maker { snapshot, kinds, findings, entity_ref, entity };
    let mut sections = Vec::new();
    match entity.kind.to_lowercase().as_str() {
        "group" => {
            sections.extend(maker.related("Members", "hasMember"));
            sections.extend(maker.groups_below());
            sections.extend(maker.owned(&[entity_ref]));
        }
        "user" => {
            sections.extend(maker.related("Teams", "memberOf"));
            let owners = [entity_ref].into_iter().chain(entity.related("memberOf"));
            sections.extend(maker.owned(&owners.collect::<Vec<_>>()));
        }
        "api" => {
            sections.extend(maker.related("Provided by", "apiProvidedBy"));
            sections.extend(maker.related("Consumed by", "apiConsumedBy"));
        }
        "resource" => {
            sections.extend(maker.related("Needed by", "dependencyOf"));
            sections.extend(maker.related("Depends on", "dependsOn"));
        }
        "component" => sections.extend(maker.related("Subcomponents", "hasPart")),
        // A system, a domain, and whatever an operator declares to hold something.
        _ => sections.extend(maker.by_kind("", "hasPart")),
    }
    sections
}

/// The value of [`ListEntities::related`] for entities that an entity has a relation to; `None` for a type without an opposite.
pub(super) fn related(kinds: &KindRegistry, relation_type: &str, entity_ref: &str) -> Option<String> {
    Some(format!("{}:{entity_ref}", kinds.opposite(relation_type)?))
}

/// Fields of `spec` that hold one short value and refer to nothing.
pub(super) fn fields(kinds: &KindRegistry, entity: &Entity) -> BTreeMap<String, String> {
    let field = |(name, value): (&String, &Value)| {
        let text = match value {
            Value::String(text) if !text.contains('\n') => text.chars().take(FIELD_LENGTH).collect(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => return None,
        };
        let is_told = TOLD.contains(&name.as_str()) || kinds.is_reference(&entity.kind, &format!("spec.{name}"));
        (!is_told).then(|| (name.clone(), text))
    };
    entity.spec.iter().filter_map(field).take(EntityOverview::MAX_FIELDS).collect()
}

struct Maker<'a> {
    snapshot: &'a Snapshot,
    kinds: &'a KindRegistry,
    findings: &'a Findings,
    /// Canonical.
    entity_ref: &'a str,
    entity: &'a Entity,
}

impl Maker<'_> {
    /// The other ends of a relation that exist.
    fn related(&self, title: &str, relation_type: &str) -> Option<OverviewSection> {
        let hits = self.targets(relation_type);
        self.section(title.to_owned(), &self.list_of(None, relation_type), hits)
    }

    /// The same, one section a kind.
    fn by_kind(&self, prefix: &str, relation_type: &str) -> Vec<OverviewSection> {
        let hits = self.targets(relation_type);
        self.one_a_kind(prefix, hits, |kind| self.list_of(Some(kind), relation_type))
    }

    /// What the entities of some canonical refs own, one section a kind.
    fn owned(&self, owners: &[&str]) -> Vec<OverviewSection> {
        let mut seen = HashSet::new();
        let owned = owners.iter().flat_map(|owner| self.snapshot.related("ownedby", owner).hits().collect::<Vec<_>>());
        let hits = owned.filter(|hit| seen.insert(*hit)).collect();
        self.one_a_kind("Owned ", hits, |kind| ListEntities {
            kind: Some(kind.to_owned()),
            selected: [(FacetKey::Owner, owners.iter().map(|&owner| owner.to_owned()).collect())].into(),
            ..ListEntities::default()
        })
    }

    /// All groups below a group, each below its parent.
    fn groups_below(&self) -> Option<OverviewSection> {
        let mut seen = HashSet::from([self.entity_ref.to_owned()]);
        let mut groups: Vec<(Hit, u32)> = Vec::new();
        // The next one to visit is the last.
        let mut open: Vec<(Hit, u32)> = self.children(self.entity_ref, 0);
        while let Some((hit, depth)) = open.pop() {
            let entity_ref = self.snapshot.entity_ref(hit);
            if seen.insert(entity_ref.to_owned()) {
                groups.push((hit, depth));
                open.extend(self.children(entity_ref, depth + 1));
            }
        }
        if groups.is_empty() {
            return None;
        }
        let shown = groups.iter().take(OverviewSection::MAX_ROWS);
        Some(OverviewSection {
            title: "Groups below".to_owned(),
            total: groups.len() as u64,
            with_problems: self.troubled(groups.iter().map(|(hit, _)| *hit)),
            query: String::new(),
            rows: shown.map(|(hit, depth)| OverviewRow { depth: *depth, ..self.row(*hit) }).collect(),
        })
    }

    /// Groups right below a canonical ref, the first one last.
    fn children(&self, entity_ref: &str, depth: u32) -> Vec<(Hit, u32)> {
        let mut children: Vec<_> =
            self.snapshot.related("childof", entity_ref).hits().map(|hit| (hit, depth)).collect();
        children.sort_by(|(a, _), (b, _)| self.snapshot.entity_ref(*b).cmp(self.snapshot.entity_ref(*a)));
        children
    }

    fn one_a_kind(&self, prefix: &str, hits: Vec<Hit>, list: impl Fn(&str) -> ListEntities) -> Vec<OverviewSection> {
        let mut by_kind: BTreeMap<&str, Vec<Hit>> = BTreeMap::new();
        for hit in hits {
            let kind = self.snapshot.entity_ref(hit).split_once(':').map_or("", |(kind, _)| kind);
            by_kind.entry(kind).or_default().push(hit);
        }
        let known = self.kinds.infos();
        let mut kinds: Vec<(usize, &str, String)> = by_kind
            .keys()
            .map(|kind| match known.iter().position(|info| info.kind.eq_ignore_ascii_case(kind)) {
                Some(at) => (at, *kind, known[at].plural.clone()),
                None => (known.len(), *kind, format!("Of kind {kind}")),
            })
            .collect();
        kinds.sort_unstable();
        let section = |(_, kind, plural): (usize, &str, String)| {
            self.section(titled(prefix, &plural), &list(kind), by_kind.remove(kind)?)
        };
        kinds.into_iter().filter_map(section).collect()
    }

    /// Those with problems first, then in the order of their refs.
    fn section(&self, title: String, list: &ListEntities, mut hits: Vec<Hit>) -> Option<OverviewSection> {
        if hits.is_empty() {
            return None;
        }
        let troubled = self.findings.with_problems();
        hits.sort_by_key(|hit| (!troubled.contains(*hit), self.snapshot.entity_ref(*hit)));
        Some(OverviewSection {
            title,
            total: hits.len() as u64,
            with_problems: self.troubled(hits.iter().copied()),
            query: list.to_query(),
            rows: hits.iter().take(OverviewSection::MAX_ROWS).map(|hit| self.row(*hit)).collect(),
        })
    }

    fn troubled(&self, hits: impl Iterator<Item = Hit>) -> u64 {
        let troubled = self.findings.with_problems();
        hits.filter(|hit| troubled.contains(*hit)).count() as u64
    }

    fn targets(&self, relation_type: &str) -> Vec<Hit> {
        self.entity.related(relation_type).filter_map(|target| self.snapshot.find(target)).collect()
    }

    fn list_of(&self, kind: Option<&str>, relation_type: &str) -> ListEntities {
        ListEntities {
            kind: kind.map(str::to_owned),
            related: related(self.kinds, relation_type, self.entity_ref),
            ..ListEntities::default()
        }
    }

    fn row(&self, hit: Hit) -> OverviewRow {
        // The index keeps only what it could read.
        let source: Source = serde_json::from_slice(&self.snapshot.json(hit)).unwrap_or_default();
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let is_owner = |relation: &&Relation| relation.relation_type == "ownedBy";
        let owner = source.relations.iter().find(is_owner).filter(|owner| owner.target_ref != self.entity_ref);
        OverviewRow {
            entity: self.snapshot.row_ref(self.snapshot.entity_ref(hit)),
            depth: 0,
            description: text(&source.metadata.description).map(|text| text.chars().take(DESCRIPTION_LENGTH).collect()),
            entity_type: text(&source.spec.entity_type),
            lifecycle: text(&source.spec.lifecycle),
            email: text(&source.spec.profile["email"]).filter(|_| source.kind.eq_ignore_ascii_case("user")),
            owner: owner.map(|owner| self.snapshot.row_ref(&owner.target_ref)),
            problem: self.problem(hit),
        }
    }

    fn problem(&self, hit: Hit) -> Option<RowProblem> {
        if !self.findings.with_problems().contains(hit) {
            return None;
        }
        let problems = self.findings.problems(self.snapshot, self.kinds, hit);
        let worst = problems.first()?;
        Some(RowProblem { level: worst.level, label: worst.code.label().to_owned(), count: problems.len() as u64 })
    }
}

/// `Owned components`, `Owned APIs`: a plural keeps its capitals where it is an abbreviation.
fn titled(prefix: &str, plural: &str) -> String {
    let is_abbreviation = plural.chars().nth(1).is_some_and(char::is_uppercase);
    if prefix.is_empty() || is_abbreviation {
        return format!("{prefix}{plural}");
    }
    let mut letters = plural.chars();
    let first = letters.next().map(char::to_lowercase).into_iter().flatten();
    format!("{prefix}{}{}", first.collect::<String>(), letters.as_str())
}

/// What a row needs of an entity.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Source {
    kind: String,
    metadata: SourceMetadata,
    spec: SourceSpec,
    relations: Vec<Relation>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SourceMetadata {
    description: Value,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct SourceSpec {
    #[serde(rename = "type")]
    entity_type: Value,
    lifecycle: Value,
    profile: Value,
}
