//! Relations in plain words, grouped by type.

use leptos::prelude::*;
use model::{catalog::RelationGroup, entity_ref::EntityRef};

use super::address;
use crate::{
    components::{KindIcons, Side, write_entity_chip, write_relation_graph},
    links::href,
    ui::{Html, IntoEager as _},
};

pub(super) const OWNED_BY: &str = "ownedBy";
pub(super) const PART_OF: &str = "partOf";

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
    ("ownerOf", "owns"),
];

/// Relations from what leads to an entity, in the order in which they are drawn on its left.
const BEFORE: [&str; 7] =
    ["apiProvidedBy", "apiConsumedBy", "dependencyOf", "parentOf", "hasMember", "partOf", "memberOf"];
/// Relations to what it leads to, on its right.
const AFTER: [&str; 6] = ["providesApi", "consumesApi", "dependsOn", "hasPart", "childOf", "ownerOf"];

/// Who needs the entity and what it needs, drawn; and below all relations as a table: what, and to which. That somebody owns it, its head
/// says.
pub(super) fn relations(icons: &KindIcons, subject: &EntityRef, groups: &[RelationGroup]) -> AnyView {
    let side = |types: &[&str]| -> Vec<Side> {
        let group = |relation_type: &&str| groups.iter().find(|group| group.relation_type == **relation_type);
        let drawn = types.iter().filter_map(group).map(|group| Side {
            words: words(&group.relation_type),
            targets: group.targets.clone(),
            total: group.total,
        });
        drawn.collect()
    };
    let mut html = Html::default();
    write_relation_graph(&mut html, icons, subject, &side(&BEFORE), &side(&AFTER));
    write_table(&mut html, icons, groups);
    view! { <div inner_html=html.into_text()></div> }.eager()
}

/// `depends on` for `dependsOn`; a type that is not ours is spelled out the same way.
pub(super) fn words(relation_type: &str) -> String {
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

/// In the order of [`KNOWN`], then by name.
fn in_order(groups: &[RelationGroup]) -> Vec<&RelationGroup> {
    let place = |group: &&RelationGroup| {
        KNOWN.iter().position(|(known, _)| *known == group.relation_type).unwrap_or(KNOWN.len())
    };
    let mut groups: Vec<_> = groups.iter().collect();
    groups.sort_by_key(place);
    groups
}

fn write_table(html: &mut Html, icons: &KindIcons, groups: &[RelationGroup]) {
    if groups.is_empty() {
        html.tag("<p class=\"fs13 t2\">Nothing refers to this entity, and it refers to nothing.</p>");
        return;
    }
    html.tag("<div class=\"table-wrap\"><table class=\"table relations\">");
    html.tag("<caption class=\"sr\">What this entity relates to, and how</caption>");
    html.tag("<colgroup><col class=\"c-relation\"><col></colgroup><tbody>");
    for group in in_order(groups) {
        html.tag("<tr><th scope=\"row\">").text(&words(&group.relation_type)).tag("</th><td><div class=\"ents\">");
        for target in &group.targets {
            write_entity_chip(html, icons, target, true);
        }
        let more = group.total.saturating_sub(group.targets.len() as u64);
        if more > 0 {
            let all = (!group.query.is_empty()).then(|| href(&address::of_query(&group.query)));
            html.tag("<a class=\"more fs12 num\"").attribute(" href=\"", all.as_deref());
            html.tag(">and ").text(&more.to_string()).tag(" more</a>");
        }
        html.tag("</div></td></tr>");
    }
    html.tag("</tbody></table></div>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stand_in_the_order_of_a_reader_and_unknown_types_last() {
        let group = |relation_type: &str| RelationGroup {
            relation_type: relation_type.to_owned(),
            targets: Vec::new(),
            total: 1,
            query: String::new(),
        };
        let groups = ["dependsOn", "ownedBy", "watchedBy"].map(group);
        let types: Vec<_> = in_order(&groups).into_iter().map(|group| words(&group.relation_type)).collect();
        assert_eq!(types, ["owned by", "depends on", "watched by"]);
    }
}
