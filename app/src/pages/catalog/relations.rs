//! Relations in plain words, grouped by type.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use model::{
    catalog::{FacetKey, ListEntities, RowRef},
    entity::Entity,
    entity_ref::EntityRef,
};

use super::{address, overview::RelationGroup};

use crate::{
    components::{KindIcons, entity_chip},
    links::href,
    ui::IntoEager as _,
};

pub(super) const OWNED_BY: &str = "ownedBy";
pub(super) const PART_OF: &str = "partOf";
const OWNER_OF: &str = "ownerOf";

/// The types that the catalog makes, in the order in which a reader wants them, with their words.
const KNOWN: [(&str, &str); 14] = [
    (OWNED_BY, "owned by"),
    (PART_OF, "part of"),
    ("providesApi", "provides"),
    ("consumesApi", "consumes"),
    ("dependsOn", "depends on"),
    ("dependencyOf", "needed by"),
    ("apiProvidedBy", "provided by"),
    ("apiConsumedBy", "consumed by"),
    ("hasPart", "contains"),
    ("memberOf", "member of"),
    ("hasMember", "has member"),
    ("childOf", "child of"),
    ("parentOf", "parent of"),
    (OWNER_OF, "owns"),
];

/// Targets shown of one type, before the others are only counted.
const SHOWN: usize = 24;

/// `depends on` for `dependsOn`; a type that is not ours is spelled out the same way.
fn words(relation_type: &str) -> String {
    if let Some((_, words)) = KNOWN.iter().find(|(known, _)| *known == relation_type) {
        return (*words).to_owned();
    }
    relation_type.chars().fold(String::new(), |mut text, c| {
        if c.is_ascii_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.push(c.to_ascii_lowercase());
        text
    })
}

fn by_type(entity: &Entity) -> Vec<(&str, Vec<&str>)> {
    let mut groups: BTreeMap<(usize, &str), Vec<&str>> = BTreeMap::new();
    for relation in &entity.relations {
        let relation_type = relation.relation_type.as_str();
        let place = KNOWN.iter().position(|(known, _)| *known == relation_type).unwrap_or(KNOWN.len());
        groups.entry((place, relation_type)).or_default().push(&relation.target_ref);
    }
    groups.into_iter().map(|((_, relation_type), targets)| (relation_type, targets)).collect()
}

/// The refs that the page shows, each once, at most `limit` of them.
pub(super) fn shown(entity: &Entity, limit: usize) -> Vec<String> {
    let groups = by_type(entity);
    let shown: BTreeSet<&str> =
        groups.iter().flat_map(|(_, targets)| targets.iter().take(SHOWN).copied()).take(limit).collect();
    shown.into_iter().map(str::to_owned).collect()
}

/// The relations with what is known of their targets.
pub(super) fn grouped(entity: &Entity, known: &BTreeMap<String, RowRef>) -> Vec<RelationGroup> {
    let group = |(relation_type, targets): (&str, Vec<&str>)| RelationGroup {
        relation_type: relation_type.to_owned(),
        total: targets.len(),
        targets: targets.into_iter().take(SHOWN).filter_map(|target| known.get(target).cloned()).collect(),
    };
    by_type(entity).into_iter().map(group).collect()
}

/// The relations as a table: what, and to which.
pub(super) fn table(icons: &KindIcons, subject: &EntityRef, groups: &[RelationGroup]) -> AnyView {
    let nothing = groups.is_empty().then(|| {
        view! { <p class="fs13 t2">"Nothing refers to this entity, and it refers to nothing."</p> }
    });
    let rows = groups.iter().map(|group| row(icons, subject, group)).collect_view();
    view! {
        {nothing}
        <div class="table-wrap">
            <table class="table relations">
                <caption class="sr">"What this entity relates to, and how"</caption>
                <colgroup><col class="c-relation"/><col/></colgroup>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .eager()
}

fn row(icons: &KindIcons, subject: &EntityRef, group: &RelationGroup) -> impl IntoView + use<> {
    let chips = group.targets.iter().map(|target| entity_chip(icons, target.clone(), true)).collect_view();
    let more = group.total - group.targets.len();
    // Of what somebody owns the catalog has a list; of the others there is none yet.
    let all = (group.relation_type == OWNER_OF).then(|| {
        let list = ListEntities { kind: None, ..address::default_list() };
        href(&address::of_list(&address::toggled(&list, FacetKey::Owner, &subject.canonical())))
    });
    view! {
        <tr>
            <th scope="row">{words(&group.relation_type)}</th>
            <td>
                <div class="ents">
                    {chips}
                    {(more > 0).then(|| view! { <a class="more fs12 num" href=all>{format!("and {more} more")}</a> })}
                </div>
            </td>
        </tr>
    }
}

#[cfg(test)]
mod tests {
    use model::entity::Relation;

    use super::*;

    fn entity(relations: &[(&str, &str)]) -> Entity {
        let relation = |(relation_type, target): &(&str, &str)| Relation {
            relation_type: (*relation_type).to_owned(),
            target_ref: (*target).to_owned(),
        };
        Entity { relations: relations.iter().map(relation).collect(), ..Entity::default() }
    }

    #[test]
    fn groups_stand_in_the_order_of_a_reader_and_unknown_types_last() {
        let entity = entity(&[
            ("watchedBy", "user:default/a"),
            ("dependsOn", "resource:default/db"),
            ("ownedBy", "group:default/x"),
        ]);
        let types: Vec<_> = by_type(&entity).into_iter().map(|(relation_type, _)| words(relation_type)).collect();
        assert_eq!(types, ["owned by", "depends on", "watched by"]);
    }

    #[test]
    fn a_hub_is_cut_and_counted() {
        let targets: Vec<_> = (0..1000).map(|n| format!("component:default/c{n:04}")).collect();
        let relations: Vec<_> = targets.iter().map(|target| ("ownerOf", target.as_str())).collect();
        let entity = entity(&relations);
        assert_eq!(shown(&entity, 200).len(), SHOWN);
        let group = &grouped(&entity, &BTreeMap::new())[0];
        assert_eq!((group.total, group.targets.len()), (1000, 0));
    }
}
