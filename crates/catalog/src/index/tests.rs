//! The index as a whole: what is put over it must answer as if it had been there from the start.

use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use model::{
    catalog::{
        EntitiesQuery, FacetKey, FacetsQuery, FullTextFilter, ListEntities, ListProblems, ListSort, Order, OrderField,
        ProblemCode, ProblemsQuery,
    },
    entity::Level,
    entity_ref::EntityRef,
    filter::EntityFilter,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::Index;
use crate::{
    kinds::KindRegistry,
    stored::{Changes, StoredEntity},
};

fn stored(kind: &str, name: &str, spec: &Value) -> StoredEntity {
    let body = json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": kind,
        "metadata": { "name": name, "namespace": "default", "tags": [format!("tag-{}", name.len())] },
        "spec": spec,
    });
    StoredEntity {
        entity_ref: EntityRef::new(kind, "default", name).canonical(),
        uid: format!("uid-{kind}-{name}"),
        body: body.to_string(),
        problems: Vec::new(),
    }
}

fn component(name: &str, owner: &str, depends_on: &[&str]) -> StoredEntity {
    stored(
        "Component",
        name,
        &json!({ "type": "service", "lifecycle": "production", "owner": owner, "dependsOn": depends_on }),
    )
}

fn group(name: &str) -> StoredEntity {
    stored("Group", name, &json!({ "type": "team", "children": [] }))
}

/// An entity that another catalog lists: of a kind that is not declared, with relations of its own.
fn dashboard(name: &str, owner: &str, monitors: &[String]) -> StoredEntity {
    let mut entity = stored("Dashboard", name, &json!({}));
    let mut body: Value = serde_json::from_str(&entity.body).unwrap();
    let mut own = vec![json!({ "type": "ownedBy", "targetRef": format!("group:default/{owner}") })];
    own.extend(
        monitors.iter().map(|one| json!({ "type": "monitors", "targetRef": format!("component:default/{one}") })),
    );
    body["relations"] = own.into();
    entity.body = body.to_string();
    entity
}

fn loaded(entities: Vec<StoredEntity>) -> Index {
    let index = Index::new(Arc::new(KindRegistry::core()));
    index.load(entities, Vec::new(), 1);
    index
}

fn names(items: &[Bytes]) -> Vec<String> {
    let name =
        |item: &Bytes| serde_json::from_slice::<Value>(item).unwrap()["metadata"]["name"].as_str().unwrap().to_owned();
    items.iter().map(name).collect()
}

fn relations(index: &Index, entity_ref: &str) -> Vec<String> {
    let json = index.entity(&EntityRef::parse_full(entity_ref).unwrap()).unwrap();
    let entity: model::entity::Entity = serde_json::from_slice(&json).unwrap();
    entity.relations.into_iter().map(|r| format!("{} {}", r.relation_type, r.target_ref)).collect()
}

fn by_name(order: Order) -> Vec<OrderField> {
    vec![OrderField { field: "metadata.name".to_owned(), order }]
}

#[test]
fn relations_are_there_in_both_directions() {
    let index = loaded(vec![component("web", "a", &["component:db"]), component("db", "a", &[]), group("a")]);
    assert_eq!(
        relations(&index, "component:default/web"),
        ["dependsOn component:default/db", "ownedBy group:default/a"]
    );
    assert_eq!(
        relations(&index, "Component:Default/DB"),
        ["dependencyOf component:default/web", "ownedBy group:default/a"]
    );
    assert_eq!(relations(&index, "group:default/a"), ["ownerOf component:default/db", "ownerOf component:default/web"]);
}

#[test]
fn what_is_no_entity_is_left_out() {
    let broken = |name: &str, body: &str| StoredEntity { body: body.to_owned(), ..component(name, "x", &[]) };
    let index = loaded(vec![component("a", "x", &[]), broken("b", "{"), broken("c", "[]"), component("d", "x", &[])]);
    assert_eq!(names(&index.entities(&EntityFilter::default(), &[], &[], 0, None).0), ["a", "d"]);
    index.apply(Changes {
        revision: 2,
        upserted: vec![broken("a", "null"), component("e", "x", &[])],
        ..Changes::default()
    });
    assert_eq!(names(&index.entities(&EntityFilter::default(), &[], &[], 0, None).0), ["a", "d", "e"]);
}

#[test]
fn cursors_lead_through_all_pages_and_back() {
    let index = loaded((0..7).map(|n| component(&format!("c{n}"), "a", &[])).collect());
    for order in [Vec::new(), by_name(Order::Asc), by_name(Order::Desc)] {
        let mut query = EntitiesQuery { limit: Some(3), order, ..EntitiesQuery::default() };
        let mut pages = Vec::new();
        loop {
            let page = index.query(&query).unwrap();
            assert_eq!(page.total_items, 7);
            assert_eq!(page.page_info.prev_cursor.is_some(), !pages.is_empty());
            pages.push((names(&page.items), page.page_info.prev_cursor));
            query.cursor = page.page_info.next_cursor;
            if query.cursor.is_none() {
                break;
            }
        }
        assert_eq!(pages.iter().map(|(names, _)| names.len()).collect::<Vec<_>>(), [3, 3, 1]);
        query.cursor = pages[2].1.clone();
        assert_eq!(names(&index.query(&query).unwrap().items), pages[1].0);
    }
}

#[test]
fn a_document_without_the_order_field_is_left_out_and_counted_out() {
    let index = loaded(vec![component("a", "x", &[]), group("b")]);
    let order = vec![OrderField { field: "spec.lifecycle".to_owned(), order: Order::Asc }];
    let page = index.query(&EntitiesQuery { order, ..EntitiesQuery::default() }).unwrap();
    assert_eq!((names(&page.items), page.total_items), (vec!["a".to_owned()], 1));
}

#[test]
fn full_text_looks_in_its_fields_or_in_the_order_field_or_nowhere() {
    let index = loaded(vec![component("checkout-api", "x", &[]), component("web", "x", &[])]);
    let count = |term: &str, fields: &[&str], order: Vec<OrderField>| {
        let full_text =
            Some(FullTextFilter { term: term.to_owned(), fields: fields.iter().map(|f| (*f).to_owned()).collect() });
        index.query(&EntitiesQuery { full_text, order, ..EntitiesQuery::default() }).unwrap().total_items
    };
    assert_eq!(count("OUT-A", &["metadata.name"], vec![]), 1);
    assert_eq!(count("e", &["metadata.name"], vec![]), 2);
    assert_eq!(count("web", &[], by_name(Order::Asc)), 1);
    assert_eq!(count("web", &[], vec![]), 0);
    assert_eq!(count("production", &["metadata.name"], vec![]), 0);
}

#[test]
fn filters_ignore_case_and_facets_keep_the_spelling() {
    let index = loaded(vec![component("Web", "a", &[]), group("a")]);
    let total = |filter: &str| {
        let filter = EntityFilter::parse(&[filter]).unwrap();
        index.query(&EntitiesQuery { filter, ..EntitiesQuery::default() }).unwrap().total_items
    };
    assert_eq!(total("KIND=component,metadata.NAME=WEB"), 1);
    assert_eq!(total("kind=component,kind=group"), 2);
    assert_eq!(total("metadata.tags.tag-3=true"), 1);
    assert_eq!(total("metadata.tags.tag-9"), 0);
    let facets =
        index.facets(&FacetsQuery { facets: vec!["kind".to_owned(), "no".to_owned()], ..FacetsQuery::default() });
    let json = serde_json::to_value(facets.unwrap()).unwrap();
    assert_eq!(
        json,
        json!({ "facets": { "kind": [{ "value": "Component", "count": 1 }, { "value": "Group", "count": 1 }], "no": [] } })
    );
}

#[test]
fn an_owner_that_does_not_exist_is_no_owner() {
    let index = loaded(vec![component("a", "gone", &["component:lost"]), component("b", "team", &[]), group("team")]);
    let problems = index
        .problems(&ProblemsQuery { entity_ref: Some("Component:default/a".to_owned()), limit: None })
        .unwrap()
        .items;
    assert_eq!(
        problems.iter().map(|p| p.code).collect::<Vec<_>>(),
        [ProblemCode::DanglingReference, ProblemCode::NoOwner]
    );
    assert!(problems[1].message.contains("`spec.owner` names `group:default/gone`"), "{}", problems[1].message);

    let list = index.list(&ListEntities { kind: Some("component".to_owned()), ..ListEntities::default() });
    let owners = list.facets.iter().find(|group| group.key == FacetKey::Owner).unwrap();
    let counts: BTreeMap<_, _> = owners.values.iter().map(|value| (value.value.as_str(), value.count)).collect();
    assert_eq!(counts, BTreeMap::from([("group:default/team", 1), ("none", 1)]));

    let selected = BTreeMap::from([(FacetKey::Owner, vec!["none".to_owned()])]);
    let none = index.list(&ListEntities { selected, ..ListEntities::default() });
    assert_eq!(none.items.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["a"]);
    let row = &none.items[0];
    assert_eq!(row.owner.as_ref().map(|owner| (owner.title.as_str(), owner.exists)), Some(("gone", false)));
    assert_eq!(row.problem.as_ref().map(|problem| problem.count), Some(2));
    // The counts of a facet ignore its own selection.
    assert_eq!(none.facets.iter().find(|group| group.key == FacetKey::Owner).unwrap().values.len(), 2);
}

#[test]
fn rows_with_problems_come_first_when_asked_and_pages_join_without_a_gap() {
    let mut entities: Vec<_> = (0..5).map(|n| component(&format!("c{n}"), "team", &[])).collect();
    entities.push(component("zz", "gone", &[]));
    entities.push(group("team"));
    let index = loaded(entities);
    for order in [Order::Asc, Order::Desc] {
        let list = |offset: usize, limit: usize| {
            let request = ListEntities {
                kind: Some("Component".to_owned()),
                sort: ListSort::Problems,
                order,
                offset,
                limit: Some(limit),
                ..ListEntities::default()
            };
            index.list(&request).items.into_iter().map(|row| row.name).collect::<Vec<_>>()
        };
        let all = list(0, 10);
        assert_eq!(all.iter().position(|name| name == "zz"), Some(if order == Order::Asc { 0 } else { 5 }));
        assert_eq!([list(0, 4), list(4, 4)].concat(), all);
    }
}

#[test]
fn an_overview_counts_what_it_cuts_and_finds_the_domain_of_the_system() {
    let spec = json!({ "type": "service", "owner": "a", "system": "shop" });
    let mut entities: Vec<_> = (0..30).map(|n| component(&format!("c{n:02}"), "a", &["component:web"])).collect();
    entities.extend([
        stored("Component", "web", &spec),
        stored("System", "shop", &json!({ "owner": "a", "domain": "sales" })),
        stored("Domain", "sales", &json!({ "owner": "a" })),
        group("a"),
    ]);
    let index = loaded(entities);
    let web = index.overview(&EntityRef::new("component", "default", "Web")).unwrap();
    assert_eq!(web.domain.as_ref().map(|domain| domain.entity_ref.as_str()), Some("domain:default/sales"));
    let groups: Vec<_> = web.relations.iter().map(|g| (g.relation_type.as_str(), g.targets.len(), g.total)).collect();
    assert_eq!(groups, [("dependencyOf", 24, 30), ("ownedBy", 1, 1), ("partOf", 1, 1)]);
    assert_eq!(index.overview(&EntityRef::new("component", "default", "nothing")), None);
}

#[test]
fn the_nearest_name_is_offered_first_and_of_equal_ones_that_of_the_same_kind() {
    let index =
        loaded(vec![component("checkout-api", "a", &[]), stored("API", "checkout-api", &json!({})), group("a")]);
    let near = |name: &str| {
        let near = index.near(&EntityRef::new("Component", "default", name)).near;
        near.into_iter().map(|near| near.entity.entity_ref).collect::<Vec<_>>()
    };
    assert_eq!(near("chekout-api"), ["component:default/checkout-api", "api:default/checkout-api"]);
    assert_eq!(near("zebra"), [""; 0]);
    index.apply(Changes { revision: 2, removed: vec!["api:default/checkout-api".to_owned()], ..Changes::default() });
    assert_eq!(near("chekout-api"), ["component:default/checkout-api"]);
}

/// One step of a history: which entity, and what it becomes.
#[derive(Clone, Debug)]
enum Step {
    Put { name: u8, owner: u8, depends_on: Vec<u8> },
    Group(u8),
    Dashboard { name: u8, owner: u8, monitors: Vec<u8> },
    Remove { kind: u8, name: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    let small = 0..6_u8;
    prop_oneof![
        4 => (small.clone(), small.clone(), prop::collection::vec(small.clone(), 0..3))
            .prop_map(|(name, owner, depends_on)| Step::Put { name, owner, depends_on }),
        1 => small.clone().prop_map(Step::Group),
        2 => (small.clone(), small.clone(), prop::collection::vec(small.clone(), 0..3))
            .prop_map(|(name, owner, monitors)| Step::Dashboard { name, owner, monitors }),
        2 => (0..3_u8, small).prop_map(|(kind, name)| Step::Remove { kind, name }),
    ]
}

proptest! {
    #[test]
    fn changes_answer_as_if_they_had_been_there_from_the_start(
        start in prop::collection::vec(step(), 0..12),
        history in prop::collection::vec(prop::collection::vec(step(), 1..4), 1..8),
    ) {
        let mut truth: BTreeMap<String, StoredEntity> = BTreeMap::new();
        let run = |steps: &[Step], truth: &mut BTreeMap<String, StoredEntity>| {
            let before = truth.clone();
            for step in steps {
                let entity = match step {
                    Step::Put { name, owner, depends_on } => {
                        let targets: Vec<_> = depends_on.iter().map(|n| format!("component:c{n}")).collect();
                        let targets: Vec<_> = targets.iter().map(String::as_str).collect();
                        component(&format!("c{name}"), &format!("g{owner}"), &targets)
                    }
                    Step::Group(name) => group(&format!("g{name}")),
                    Step::Dashboard { name, owner, monitors } => {
                        let monitors: Vec<_> = monitors.iter().map(|n| format!("c{n}")).collect();
                        dashboard(&format!("d{name}"), &format!("g{owner}"), &monitors)
                    }
                    Step::Remove { kind, name } => {
                        let of_kind = ["group:default/g", "component:default/c", "dashboard:default/d"][usize::from(*kind)];
                        let entity_ref = format!("{of_kind}{name}");
                        truth.remove(&entity_ref);
                        continue;
                    }
                };
                truth.insert(entity.entity_ref.clone(), entity);
            }
            Changes {
                revision: 2,
                upserted: truth.values().filter(|e| before.get(&e.entity_ref) != Some(*e)).cloned().collect(),
                removed: before.keys().filter(|key| !truth.contains_key(*key)).cloned().collect(),
                unattached_problems: None,
            }
        };
        run(&start, &mut truth);
        let index = loaded(truth.values().cloned().collect());
        for steps in &history {
            index.apply(run(steps, &mut truth));
            let fresh = loaded(truth.values().cloned().collect());
            let all = |index: &Index| index.entities(&EntityFilter::default(), &[], &[], 0, None).0;
            prop_assert_eq!(all(&index), all(&fresh));
            for order in [Order::Asc, Order::Desc] {
                let query = EntitiesQuery { order: by_name(order), limit: Some(4), ..EntitiesQuery::default() };
                prop_assert_eq!(index.query(&query), fresh.query(&query));
            }
            for sort in ListSort::ALL {
                let list = ListEntities { kind: Some("component".to_owned()), sort, limit: Some(4), ..ListEntities::default() };
                prop_assert_eq!(index.list(&list), fresh.list(&list));
            }
            for entity_ref in truth.keys().map(|text| EntityRef::parse_full(text).unwrap()) {
                prop_assert_eq!(index.overview(&entity_ref), fresh.overview(&entity_ref));
                prop_assert_eq!(index.near(&entity_ref), fresh.near(&entity_ref));
            }
            let problems = ProblemsQuery::default();
            prop_assert_eq!(index.problems(&problems), fresh.problems(&problems));
        }
        // A merge moves documents from the delta to the base, and nobody sees it.
        let before = index.list(&ListEntities::default());
        index.current.store(Arc::new(super::merge(&index.current.load())));
        prop_assert_eq!(index.list(&ListEntities::default()), before);
    }
}

fn found(index: &Index, query: &str) -> Vec<String> {
    index.search(query, 10).items.into_iter().map(|item| item.entity.entity_ref).collect()
}

#[test]
fn a_search_ranks_the_name_before_beginnings_words_and_slips() {
    let names = ["ledger", "ledger-api", "payments-ledger", "sledger", "checkout"];
    let index = loaded(names.iter().map(|name| component(name, "a", &[])).collect());
    let expected =
        ["ledger", "ledger-api", "payments-ledger", "sledger"].map(|name| format!("component:default/{name}"));
    assert_eq!(found(&index, " Ledger "), expected);
    assert_eq!(found(&index, "led pay"), ["component:default/payments-ledger"]);
    assert_eq!(found(&index, "chekout"), ["component:default/checkout"]);
    assert_eq!(found(&index, "zzz"), [""; 0]);
    assert_eq!(found(&index, "  "), [""; 0]);
    assert_eq!(index.search("ledger", 2).items.len(), 2);
}

#[test]
fn a_search_finds_what_changed_and_not_what_is_gone_and_says_whose_it_is() {
    let index = loaded(vec![component("ledger", "a", &[]), component("wallet", "a", &[]), group("a")]);
    index.apply(Changes {
        revision: 2,
        upserted: vec![component("ledger-two", "a", &[])],
        removed: vec!["component:default/ledger".to_owned()],
        unattached_problems: None,
    });
    assert_eq!(found(&index, "ledger"), ["component:default/ledger-two"]);
    let wallet = index.search("wallet", 10).items.remove(0);
    assert_eq!((wallet.kind.as_str(), wallet.entity_type.as_deref()), ("Component", Some("service")));
    assert_eq!(wallet.owner.map(|owner| (owner.entity_ref, owner.exists)), Some(("group:default/a".to_owned(), true)));
}

#[test]
fn problems_are_grouped_by_cause_and_narrowed_down_by_owner_and_level() {
    let index = loaded(vec![
        component("lost", "nobody", &[]),
        component("broken", "a", &["component:default/gone", "component:default/gone-too"]),
        group("a"),
    ]);
    let all = index.problem_groups(&ListProblems { limit: Some(1), ..ListProblems::default() });
    let groups: Vec<_> = all.groups.iter().map(|group| (group.code, group.total, group.items.len())).collect();
    assert_eq!(groups, [(ProblemCode::DanglingReference, 2, 1), (ProblemCode::NoOwner, 1, 1)]);
    assert_eq!(all.groups[0].items[0].owner.as_ref().map(|owner| &*owner.entity_ref), Some("group:default/a"));
    let owners: Vec<_> =
        all.owners.iter().map(|count| (count.owner.as_ref().map(|owner| &*owner.title), count.count)).collect();
    assert_eq!(owners, [(Some("a"), 2), (None, 1)]);

    let ownerless = ListProblems { owners: vec![FacetKey::NO_OWNER.to_owned()], ..ListProblems::default() };
    let ownerless = index.problem_groups(&ownerless);
    assert_eq!((ownerless.total, ownerless.groups[0].code), (1, ProblemCode::NoOwner));
    assert_eq!(ownerless.owners.len(), 2, "the other owners can still be chosen");
    let errors = index.problem_groups(&ListProblems { level: Some(Level::Error), ..ListProblems::default() });
    assert_eq!((errors.total, errors.levels.len()), (0, 1));
}
