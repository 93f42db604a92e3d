use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    descriptor::{Limits, parse},
    processing::{Budget, Context, Include, SourceLinks, process},
};

const FILE: &str = "\
# The shop.
apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: orders
  tags: [a,
    b]
spec:
  type: openapi
  owner: team-a
  lifecycle: production
  definition:
    $text: ./openapi.yaml
  apiProvidedBy: []
";

struct Included;

impl Include for Included {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Ok(b"openapi: 3.1.0\ninfo: {}\n".to_vec())
    }
}

fn processed(text: &str) -> (Value, String) {
    let kinds = KindRegistry::core();
    let limits = Limits::default();
    let context = Context {
        kinds: &kinds,
        limits: &limits,
        rules: None,
        include: &Included,
        location: "file:/a/api.yaml",
        origin: "file:/a/api.yaml",
        links: SourceLinks::default(),
        commit: None,
        budget: Budget::of(&limits),
    };
    let parsed = parse(text.as_bytes(), &limits);
    let entity = process(&parsed.documents[0], &context).unwrap();
    (serde_json::from_str(&entity.body.json).unwrap(), entity.body.places)
}

fn told(entity: &Value, places: &Places) -> Vec<String> {
    let yaml = in_yaml(entity);
    let at = lines(&yaml, &Limits::default());
    let include = |path: &str| Some(format!("file:/a/{path}"));
    let parts = parts(entity, &at, places, &KindRegistry::core(), "file:/a/api.yaml", include);
    let texts: Vec<&str> = yaml.lines().collect();
    let told = parts.iter().map(|part| {
        let line = texts[part.line as usize - 1].trim();
        let place = part.position.map(|p| format!(" {}:{}", p.line, p.column)).unwrap_or_default();
        let file = part.location.as_deref().filter(|file| *file != "file:/a/api.yaml").unwrap_or_default();
        format!("{line} | {:?}{place} {file}{}", part.origin, part.entity_ref.as_deref().unwrap_or_default())
    });
    told.map(|line| line.trim_end().to_owned()).collect()
}

#[test]
fn each_part_is_told_by_its_line() {
    let (mut entity, places) = processed(FILE);
    let places = Places::of(&places, &entity);
    entity["metadata"]["uid"] = "1".into();
    entity["relations"] = json!([
        { "type": "ownedBy", "targetRef": "group:default/team-a" },
        { "type": "apiProvidedBy", "targetRef": "component:default/shop" },
    ]);
    assert_eq!(
        told(&entity, &places),
        [
            "apiVersion: backstage.io/v1alpha1 | File 2:1",
            "kind: API | File 3:1",
            "metadata: | File 4:1",
            "name: orders | File 5:3",
            "tags: | File 6:3",
            "- a | File 6:10",
            "- b | File 7:5",
            "namespace: default | DefaultNamespace",
            "annotations: | LocationAnnotations",
            "uid: '1' | Identity",
            "spec: | File 8:1",
            "type: openapi | File 9:3",
            "owner: team-a | File 10:3",
            "lifecycle: production | File 11:3",
            "definition: | | Inclusion 12:3 file:/a/./openapi.yaml",
            "apiProvidedBy: [] | File 14:3",
            "relations: | Relations",
            "- type: ownedBy | Relations 10:3",
            "- type: apiProvidedBy | Relations component:default/shop",
        ]
        .map(|line| line.replace('\'', "\""))
    );
}

#[test]
fn a_moved_value_has_another_hash_and_a_reference_is_found_where_it_stands() {
    let (entity, places) = processed(FILE);
    let (_, moved) = processed(&format!("\n{FILE}"));
    assert_ne!(hash_of(&places), hash_of(&moved));

    let problem = |target_ref: Option<&str>| Problem {
        code: ProblemCode::NoOwner,
        level: model::entity::Level::Warning,
        message: String::new(),
        hint: None,
        entity_ref: None,
        location: None,
        position: None,
        target_ref: target_ref.map(str::to_owned),
    };
    let mut problems = [problem(Some("group:default/team-a")), problem(None)];
    Places::of(&places, &entity).locate(&mut problems, &entity, &KindRegistry::core());
    let positions = problems.map(|problem| problem.position.map(|position| (position.line, position.column)));
    assert_eq!(positions, [Some((10, 3)), Some((8, 1))]);
}

#[test]
fn places_of_another_body_say_nothing() {
    let (_, places) = processed(FILE);
    for body in [json!({ "a": { "b": 1 } }), json!([1, 2, 3])] {
        assert!(Places::of("[1,1,2", &body).position("/a").is_none());
        assert!(Places::of("", &body).position("/a").is_none());
        drop(Places::of(&places, &body));
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        "[ \\-:#a0~\n\t\r'\"|>]{0,12}".prop_map(Value::from),
        prop_oneof!["true", "null", "~", "1e3", "0x1F", "- a", "a: b", "2024-01-31", ".inf", "no"]
            .prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-z:#\\- ]{1,6}", inner), 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_as_yaml_is_read_back(value in any_json()) {
        let value = json!({ "value": value });
        let yaml = in_yaml(&value);
        let parsed = parse(yaml.as_bytes(), &Limits::default());
        prop_assert!(parsed.errors.is_empty(), "{yaml}{:?}", parsed.errors);
        prop_assert_eq!(&parsed.documents[0].value, &value, "{}", yaml);
    }
}
