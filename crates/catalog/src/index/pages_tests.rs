//! What the pages of an entity and of the organisation are made of.

use std::sync::Arc;

use model::{
    catalog::{EntityOverview, GetOrganization, ListEntities, OverviewSection},
    entity_ref::EntityRef,
};
use serde_json::{Value, json};

use super::Index;
use crate::{kinds::KindRegistry, stored::StoredEntity};

const SOURCE: &str = "url:https://git.example/Catalog-Info.yaml";

fn entity(kind: &str, name: &str, spec: &Value) -> StoredEntity {
    let body = json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": kind,
        "metadata": { "name": name, "annotations": { "backstage.io/managed-by-origin-location": SOURCE } },
        "spec": spec,
    });
    StoredEntity {
        entity_ref: EntityRef::new(kind, "default", name).canonical(),
        uid: format!("uid-{kind}-{name}"),
        body: body.to_string(),
        problems: Vec::new(),
    }
}

/// As [`entity`], from another source.
fn from_elsewhere(kind: &str, name: &str, spec: &Value) -> StoredEntity {
    let mut entity = entity(kind, name, spec);
    entity.body = entity.body.replace(SOURCE, "file:/other.yaml");
    entity
}

fn group(name: &str, parent: Option<&str>) -> StoredEntity {
    entity("Group", name, &json!({ "type": "team", "children": [], "parent": parent }))
}

fn user(name: &str, teams: &[&str]) -> StoredEntity {
    let profile = json!({ "email": format!("{name}@acme.example"), "displayName": name.to_uppercase() });
    entity("User", name, &json!({ "profile": profile, "memberOf": teams }))
}

fn component(name: &str, owner: &str, system: Option<&str>) -> StoredEntity {
    let spec =
        json!({ "type": "service", "lifecycle": "production", "owner": owner, "system": system, "language": "Rust" });
    entity("Component", name, &spec)
}

fn loaded(entities: Vec<StoredEntity>) -> Index {
    let index = Index::new(Arc::new(KindRegistry::core()));
    index.load(entities, Vec::new(), 1);
    index
}

fn overview(index: &Index, entity_ref: &str) -> EntityOverview {
    index.overview(&EntityRef::parse_full(entity_ref).unwrap()).unwrap()
}

fn told(sections: &[OverviewSection]) -> Vec<String> {
    let rows = |section: &OverviewSection| {
        section.rows.iter().map(|row| row.entity.entity_ref.clone()).collect::<Vec<_>>().join(" ")
    };
    sections.iter().map(|section| format!("{} {}: {}", section.title, section.total, rows(section))).collect()
}

#[test]
fn a_group_shows_its_members_the_groups_below_and_what_it_owns() {
    let api = json!({ "type": "openapi", "lifecycle": "production", "owner": "b", "definition": "openapi: 3.1.0" });
    let index = loaded(vec![
        group("a", None),
        group("b", Some("a")),
        group("c", Some("b")),
        group("d", Some("a")),
        user("jane", &["a"]),
        component("web", "a", None),
        entity("API", "web-api", &api),
    ]);
    let sections = overview(&index, "group:default/a").sections;
    assert_eq!(
        told(&sections),
        [
            "Members 1: user:default/jane",
            "Groups below 3: group:default/b group:default/c group:default/d",
            "Owned components 1: component:default/web",
        ]
    );
    assert_eq!(sections[0].rows[0].email.as_deref(), Some("jane@acme.example"));
    assert_eq!(sections[1].rows.iter().map(|row| row.depth).collect::<Vec<_>>(), [0, 1, 0]);
    assert_eq!(sections[2].rows[0].owner, None, "that is the group itself");
    assert_eq!(told(&overview(&index, "group:default/b").sections)[1], "Owned APIs 1: api:default/web-api");
}

#[test]
fn a_user_shows_what_their_teams_own_and_which_team_it_is() {
    let owned = [component("web", "a", None), component("app", "b", None), component("own", "user:jane", None)];
    let people = [group("a", None), group("b", None), group("c", None), user("jane", &["a", "b"])];
    let index = loaded(owned.into_iter().chain(people).collect());
    let sections = overview(&index, "user:default/jane").sections;
    assert_eq!(
        told(&sections),
        [
            "Teams 2: group:default/a group:default/b",
            "Owned components 3: component:default/app component:default/own component:default/web",
        ]
    );
    let owners: Vec<_> = sections[1].rows.iter().map(|row| row.owner.clone().map(|owner| owner.title)).collect();
    assert_eq!(owners, [Some("b".to_owned()), None, Some("a".to_owned())]);
}

#[test]
fn the_query_of_a_section_lists_what_it_counts_and_trouble_comes_first() {
    let mut entities: Vec<_> = (0..30).map(|n| component(&format!("c{n:02}"), "a", Some("shop"))).collect();
    entities.push(component("zz-nobody", "nobody", Some("shop")));
    entities.push(component("elsewhere", "a", None));
    entities.extend([group("a", None), entity("System", "shop", &json!({ "owner": "a" }))]);
    let index = loaded(entities);
    let shop = overview(&index, "system:default/shop");
    let [section] = &shop.sections[..] else { panic!("{:?}", shop.sections) };
    assert_eq!((section.title.as_str(), section.total, section.with_problems), ("Components", 31, 1));
    assert_eq!(section.rows.len(), OverviewSection::MAX_ROWS);
    assert_eq!(section.rows[0].entity.entity_ref, "component:default/zz-nobody");
    assert_eq!(section.rows[0].problem.as_ref().map(|problem| problem.label.as_str()), Some("No owner"));
    let list = |query: &str| {
        let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let list = ListEntities::from_pairs(pairs.iter().map(|(k, v)| (k.as_str(), v.as_str()))).unwrap();
        index.list(&list).total
    };
    assert_eq!(list(&section.query), 31);
    let parts = shop.relations.iter().find(|group| group.relation_type == "hasPart").unwrap();
    assert_eq!((parts.targets.len(), list(&parts.query)), (24, 31));
}

#[test]
fn fields_that_are_told_nowhere_else_are_told_and_references_are_not() {
    let index = loaded(vec![component("web", "a", Some("shop")), group("a", None)]);
    let fields: Vec<_> = overview(&index, "component:default/web").fields.into_iter().collect();
    assert_eq!(fields, [("language".to_owned(), "Rust".to_owned())]);
    let spec = json!({ "size": 3, "isHot": true, "text": "a\nb", "list": ["a"], "long": "x".repeat(300) });
    let queue = loaded(vec![entity("Queue", "q", &spec)]);
    let fields: Vec<_> =
        overview(&queue, "queue:default/q").fields.into_iter().map(|(key, value)| (key, value.len())).collect();
    assert_eq!(fields, [("isHot".to_owned(), 4), ("long".to_owned(), 200), ("size".to_owned(), 1)]);
}

fn tree(index: &Index, query: &GetOrganization) -> Vec<String> {
    let line = |group: &model::catalog::OrganizationGroup| {
        format!("{}{}", "-".repeat(group.depth as usize), group.group.title)
    };
    index.organization(query).groups.iter().map(line).collect()
}

#[test]
fn groups_stand_below_their_parents_also_in_circles_and_without_one() {
    let index = loaded(vec![
        group("root", None),
        group("leaf", Some("team")),
        group("team", Some("root")),
        group("lost", Some("gone")),
        group("x", Some("y")),
        group("y", Some("x")),
        group("below-x", Some("x")),
        group("self", Some("self")),
        user("jane", &["leaf"]),
        component("web", "team", None),
        component("broken", "team", Some("gone")),
    ]);
    let organization = index.organization(&GetOrganization::default());
    assert_eq!(
        tree(&index, &GetOrganization::default()),
        ["lost", "root", "-team", "--leaf", "x", "-below-x", "-y", "self"]
    );
    let group = |name: &str| organization.groups.iter().find(|group| group.group.title == name).unwrap();
    assert_eq!(group("lost").missing_parent.as_deref(), Some("group:default/gone"));
    assert!(group("x").is_in_circle && group("self").is_in_circle && !group("y").is_in_circle);
    let team = group("team");
    assert_eq!((team.members, team.owned, team.with_problems, team.children), (0, 2, 1, 1));
    assert_eq!((group("leaf").members, organization.people, organization.without_members), (1, 1, 7));
}

#[test]
fn a_narrowed_tree_keeps_what_leads_to_a_match() {
    let index = loaded(vec![
        group("root", None),
        group("team", Some("root")),
        group("leaf", Some("team")),
        group("other", Some("root")),
        user("jane", &["team"]),
    ]);
    let text = GetOrganization { text: "LEA".into(), ..GetOrganization::default() };
    assert_eq!(tree(&index, &text), ["root", "-team", "--leaf"]);
    let organization = index.organization(&text);
    assert_eq!((organization.total, organization.groups[0].is_match), (1, false));
    let nobody = GetOrganization { without_members: true, ..GetOrganization::default() };
    assert_eq!(index.organization(&nobody).total, 3);
    let few = GetOrganization { limit: Some(2), ..GetOrganization::default() };
    assert_eq!(tree(&index, &few), ["root", "-other"]);
    assert_eq!(index.organization(&few).groups[0].hidden, 1);
}

#[test]
fn thousands_of_groups_are_bounded() {
    let mut groups = vec![group("root", None)];
    groups.extend((0..5_000).map(|n| group(&format!("g{n:04}"), Some(if n < 50 { "root" } else { "g0001" }))));
    let organization = loaded(groups).organization(&GetOrganization::default());
    assert_eq!((organization.groups.len(), organization.total_groups), (300, 5_001));
    assert_eq!(organization.groups.iter().map(|group| group.hidden).sum::<u64>(), 4_701);
}

#[test]
fn what_goes_with_a_source_is_told_with_what_will_then_dangle() {
    let consumer =
        json!({ "type": "service", "lifecycle": "production", "owner": "a", "dependsOn": ["component:web"] });
    let root = "location:default/generated-x";
    let index = loaded(vec![
        component("web", "a", None),
        component("app", "a", None),
        entity("Location", "generated-x", &json!({ "target": "x" })),
        from_elsewhere("Component", "consumer", &consumer),
        from_elsewhere("Group", "a", &json!({ "type": "team", "children": [] })),
    ]);
    let going = index.going_with(SOURCE, root);
    let refs: Vec<_> = going.goes.iter().map(|entity| entity.entity_ref.as_str()).collect();
    assert_eq!((refs, going.goes_total), (vec!["component:default/app", "component:default/web"], 2));
    let dangling: Vec<_> = going
        .dangling
        .iter()
        .map(|after| format!("{} {} {}", after.entity.title, after.relation_type, after.target.title))
        .collect();
    assert_eq!((dangling, going.dangling_total), (vec!["consumer dependsOn web".to_owned()], 1));
}
