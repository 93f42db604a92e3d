//! What a rule does not let be seen is as if it were not there.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use access::{Attribute, EntityFacts, ReadRule};
use model::{
    catalog::{EntitiesQuery, FacetsQuery, FullTextFilter, ListEntities, OrderField, ProblemsQuery},
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

/// A rule over attributes.
struct Rule {
    profile: String,
    attributes: Vec<Attribute>,
    named: BTreeSet<String>,
    hides: fn(&EntityFacts) -> bool,
}

impl ReadRule for Rule {
    fn profile(&self) -> &str {
        &self.profile
    }

    fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    fn named(&self) -> &BTreeSet<String> {
        &self.named
    }

    fn may_read(&self, facts: &EntityFacts) -> bool {
        !(self.hides)(facts)
    }
}

const NAMED: &str = "component:default/c1";

/// One a decision that uses other attributes.
fn rules() -> Vec<Rule> {
    let rule = |profile: &str, attributes: &[Attribute], hides: fn(&EntityFacts) -> bool| Rule {
        profile: profile.to_owned(),
        attributes: attributes.to_vec(),
        named: BTreeSet::from([NAMED.to_owned()]),
        hides,
    };
    vec![
        rule("kind", &[Attribute::Kind], |facts| facts.kind == "api"),
        rule("owner", &[Attribute::Owners], |facts| facts.owners.contains("group:default/g1")),
        rule("tags", &[Attribute::Tags, Attribute::Lifecycle], |facts| {
            facts.tags.contains("secret") && facts.lifecycle.as_deref() == Some("production")
        }),
        rule("type", &[Attribute::Type, Attribute::Namespace], |facts| {
            facts.entity_type.as_deref() == Some("service") || facts.namespace == "other"
        }),
        rule("named", &[], |facts| facts.entity_ref == NAMED),
        rule("everything", &[], |_| true),
    ]
}

fn stored(kind: &str, namespace: &str, name: &str, tags: &[&str], spec: &Value) -> StoredEntity {
    let metadata = json!({ "name": name, "namespace": namespace, "title": format!("The {name}"), "tags": tags });
    let body = json!({ "apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec });
    StoredEntity {
        entity_ref: EntityRef::new(kind, namespace, name).canonical(),
        uid: format!("uid-{kind}-{namespace}-{name}"),
        body: body.to_string(),
        problems: Vec::new(),
    }
}

fn loaded(entities: Vec<StoredEntity>) -> Index {
    let index = Index::new(Arc::new(KindRegistry::core()));
    index.load(entities, Vec::new(), 1);
    index
}

fn refs(items: &[bytes::Bytes]) -> Vec<String> {
    let entity_ref = |item: &bytes::Bytes| {
        let entity: model::entity::Entity = serde_json::from_slice(item).unwrap();
        entity.entity_ref().canonical()
    };
    items.iter().map(entity_ref).collect()
}

fn all(index: &Index) -> Vec<String> {
    refs(&index.entities(&EntityFilter::default(), &[], &[], 0, None).0)
}

fn secretive() -> Index {
    loaded(vec![
        stored("Component", "default", "web", &[], &json!({ "type": "website", "owner": "team", "system": "shop" })),
        stored(
            "Component",
            "default",
            "vault",
            &["secret"],
            &json!({
                "type": "service", "lifecycle": "production", "owner": "team", "system": "shop", "dependsOn": ["component:ghost"]
            }),
        ),
        stored("System", "default", "shop", &[], &json!({ "owner": "team" })),
        stored("Group", "default", "team", &[], &json!({ "type": "team", "children": [] })),
    ])
}

fn hiding_vault(index: &Index) -> Arc<Index> {
    index.seen_by(&rules()[2])
}

#[test]
fn nothing_tells_of_what_is_hidden() {
    let whole = secretive();
    let seen = hiding_vault(&whole);
    assert_eq!(all(&seen), ["component:default/web", "group:default/team", "system:default/shop"]);
    assert_eq!(seen.entity(&EntityRef::new("component", "default", "vault")), None);
    assert_eq!(seen.ref_of_uid("uid-Component-default-vault"), None);
    assert_eq!(seen.by_refs(&["component:default/vault".to_owned()], &EntityFilter::default(), &[]), [None]);

    let texts = [
        serde_json::to_string(&seen.list(&ListEntities::default())).unwrap(),
        serde_json::to_string(&seen.search("vault", 10)).unwrap(),
        serde_json::to_string(&seen.search("valut", 10)).unwrap(),
        serde_json::to_string(&seen.near(&EntityRef::new("component", "default", "vaults"))).unwrap(),
        serde_json::to_string(&seen.problems(&ProblemsQuery::default()).unwrap()).unwrap(),
        serde_json::to_string(&seen.overview(&EntityRef::new("system", "default", "shop")).unwrap()).unwrap(),
        serde_json::to_string(&seen.overview(&EntityRef::new("group", "default", "team")).unwrap()).unwrap(),
        serde_json::to_string(&seen.organization(&model::catalog::GetOrganization::default())).unwrap(),
        serde_json::to_string(
            &seen
                .facets(&FacetsQuery {
                    facets: ["metadata.name", "metadata.tags", "relations.hasPart", "relations.ownerof", "spec.type"]
                        .map(str::to_owned)
                        .into(),
                    ..FacetsQuery::default()
                })
                .unwrap(),
        )
        .unwrap(),
        seen.entities(&EntityFilter::default(), &[], &[], 0, None)
            .0
            .iter()
            .map(|item| std::str::from_utf8(item).unwrap())
            .collect(),
    ];
    for text in &texts {
        assert!(!text.contains("vault") && !text.contains("secret") && !text.contains("ghost"), "{text}");
    }
    // The same questions find it where nothing is hidden.
    assert!(serde_json::to_string(&whole.search("vault", 10)).unwrap().contains("vault"));
    assert_eq!(seen.list(&ListEntities::default()).total, 3);
    assert_eq!(seen.len(), 3);
}

#[test]
fn filters_by_relation_can_not_be_used_to_guess_what_is_hidden() {
    let whole = secretive();
    let seen = hiding_vault(&whole);
    let filter = |text: &str| EntityFilter::parse(&[text.to_owned()]).unwrap();
    let ask = |index: &Index, text: &str| refs(&index.entities(&filter(text), &[], &[], 0, None).0);
    assert_eq!(ask(&whole, "relations.haspart=component:default/vault"), ["system:default/shop"]);
    assert_eq!(ask(&seen, "relations.haspart=component:default/vault"), [""; 0]);
    assert_eq!(ask(&seen, "relations.haspart=component:default/web"), ["system:default/shop"]);
    let query = |full_text: &str, predicate: Option<Value>| EntitiesQuery {
        full_text: Some(FullTextFilter { term: full_text.to_owned(), fields: vec!["relations.haspart".to_owned()] })
            .filter(|_| !full_text.is_empty()),
        predicate,
        ..EntitiesQuery::default()
    };
    for (text, predicate) in [
        ("vaul", None),
        ("", Some(json!({ "relations.hasPart": "component:default/vault" }))),
        ("", Some(json!({ "relations.hasPart": { "$hasPrefix": "component:default/v" } }))),
    ] {
        let query = query(text, predicate);
        assert_eq!(whole.query(&query).unwrap().total_items, 1, "{query:?}");
        assert_eq!(seen.query(&query).unwrap().total_items, 0, "{query:?}");
    }
}

#[test]
fn a_cursor_does_not_tell_of_hidden_relations() {
    let whole = secretive();
    let seen = hiding_vault(&whole);
    let order = |field: &str| vec![OrderField { field: field.to_owned(), order: model::catalog::Order::Desc }];
    let query = EntitiesQuery { order: order("relations.hasPart"), limit: Some(1), ..EntitiesQuery::default() };
    let page = seen.query(&query).unwrap();
    assert_eq!(page.total_items, 3, "the order is left out, and nothing with it");
    let cursor = page.page_info.next_cursor.unwrap();
    let told = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &cursor).unwrap();
    assert!(!String::from_utf8(told).unwrap().contains("hasPart"));
    let of_whole = EntitiesQuery { order: order("relations.ownedBy"), limit: Some(1), ..EntitiesQuery::default() };
    let cursor = whole.query(&of_whole).unwrap().page_info.next_cursor;
    assert!(seen.query(&EntitiesQuery { cursor, ..EntitiesQuery::default() }).is_err());
}

#[test]
fn what_becomes_hidden_or_seen_is_so_from_the_next_question_on() {
    let whole = secretive();
    assert_eq!(hiding_vault(&whole).len(), 3);
    assert!(Arc::ptr_eq(&hiding_vault(&whole), &hiding_vault(&whole)), "the set is kept");
    let open = stored("Component", "default", "vault", &[], &json!({ "type": "service", "owner": "team" }));
    let shut =
        stored("Component", "default", "web", &["Secret"], &json!({ "type": "website", "lifecycle": "Production" }));
    whole.apply(Changes { revision: 2, upserted: vec![open, shut], ..Changes::default() });
    let names = all(&hiding_vault(&whole));
    assert_eq!(names, ["component:default/vault", "group:default/team", "system:default/shop"]);
}

fn entity() -> impl Strategy<Value = StoredEntity> {
    let kind = prop::sample::select(vec!["Component", "API", "Resource"]);
    let namespace = prop::sample::select(vec!["default", "other"]);
    let tags = prop::sample::subsequence(vec!["secret", "Secret", "rust", "web"], 0..3);
    let entity_type = prop::sample::select(vec!["service", "Service", "website"]);
    let lifecycle = prop::option::of(prop::sample::select(vec!["production", "Production", "experimental"]));
    (kind, namespace, 0..8u8, tags, entity_type, lifecycle, 0..3u8).prop_map(
        |(kind, namespace, number, tags, entity_type, lifecycle, owner)| {
            let mut spec = json!({ "type": entity_type, "owner": format!("g{owner}"), "dependsOn": ["component:c1"] });
            if let Some(lifecycle) = lifecycle {
                spec["lifecycle"] = lifecycle.into();
            }
            stored(kind, namespace, &format!("c{number}"), &tags, &spec)
        },
    )
}

fn without_doubles(entities: Vec<StoredEntity>) -> Vec<StoredEntity> {
    let mut seen = BTreeSet::new();
    entities.into_iter().filter(|entity| seen.insert(entity.entity_ref.clone())).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_filtered_list_is_that_of_decisions_one_by_one(
        before in prop::collection::vec(entity(), 0..30),
        after in prop::collection::vec(entity(), 0..10),
    ) {
        let whole = loaded(without_doubles(before));
        for step in 0..2 {
            if step == 1 {
                whole.apply(Changes { revision: 2, upserted: without_doubles(after.clone()), ..Changes::default() });
            }
            for rule in rules() {
                let may_read = |entity_ref: &String| {
                    let facts = whole.facts(&EntityRef::parse_full(entity_ref).unwrap()).unwrap();
                    rule.may_read(&facts)
                };
                let expected: Vec<String> = all(&whole).into_iter().filter(may_read).collect();
                let seen = whole.seen_by(&rule);
                prop_assert_eq!(&all(&seen), &expected, "{}", rule.profile);
                let order = OrderField { field: "metadata.name".to_owned(), order: model::catalog::Order::Desc };
                let mut query = EntitiesQuery { limit: Some(3), order: vec![order], ..EntitiesQuery::default() };
                let mut paged = Vec::new();
                loop {
                    let page = seen.query(&query).unwrap();
                    prop_assert_eq!(page.total_items, expected.len() as u64);
                    paged.extend(refs(&page.items));
                    let Some(cursor) = page.page_info.next_cursor else { break };
                    query.cursor = Some(cursor);
                }
                paged.sort();
                prop_assert_eq!(&paged, &expected, "{}", rule.profile);
                // Nothing that is seen leads to what is not, but for its own words.
                let (items, _) = seen.entities(&EntityFilter::default(), &[], &[], 0, None);
                let mut named: BTreeMap<String, u64> = BTreeMap::new();
                for item in items {
                    let entity: model::entity::Entity = serde_json::from_slice(&item).unwrap();
                    for relation in entity.relations {
                        let target = EntityRef::parse_full(&relation.target_ref).unwrap();
                        prop_assert!(seen.entity(&target).is_some() || whole.entity(&target).is_none());
                        if relation.relation_type == "dependencyOf" {
                            *named.entry(relation.target_ref).or_default() += 1;
                        }
                    }
                }
                let facets = FacetsQuery { facets: vec!["relations.dependencyOf".to_owned()], ..FacetsQuery::default() };
                let counted = seen.facets(&facets).unwrap().facets.remove("relations.dependencyOf").unwrap();
                let counted: BTreeMap<_, _> = counted.into_iter().map(|value| (value.value, value.count)).collect();
                prop_assert_eq!(counted, named, "{}", rule.profile);
            }
        }
    }
}
