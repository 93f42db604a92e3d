//! The facts `path=value` of an entity, that filters, facets, orders and full text look at.
//!
//! Source: Backstage, `plugins/catalog-backend/src/database/operations/stitcher/buildEntitySearch.ts`.

use model::entity_ref::DEFAULT_NAMESPACE;
use serde_json::Value;

/// Paths and values longer than this many bytes are not searchable, as in Backstage. A path with a value that is too long still
/// exists.
pub(super) const MAX_LENGTH: usize = 200;

/// Paths that are left out, or added by hand.
const SPECIAL: [&str; 7] =
    ["attachments", "relations", "status", "metadata.name", "metadata.namespace", "metadata.uid", "metadata.etag"];

/// Takes a fact: its path in lower case, and its value in its own spelling; `None` where the path exists without a searchable
/// one.
pub(super) trait Emit: FnMut(&str, Option<&str>) {}

impl<F: FnMut(&str, Option<&str>)> Emit for F {}

/// The facts of a stitched entity.
pub(super) fn facts_of_entity(entity: &Value, emit: &mut impl Emit) {
    facts_of_body(entity, emit);
    fact_of_uid(entity["metadata"]["uid"].as_str(), emit);
    for relation in entity["relations"].as_array().into_iter().flatten() {
        if let (Some(relation_type), Some(target)) = (relation["type"].as_str(), relation["targetRef"].as_str()) {
            fact_of_relation(relation_type, target, emit);
        }
    }
}

/// The facts of what the store keeps of an entity.
pub(super) fn facts_of_body(entity: &Value, emit: &mut impl Emit) {
    let mut path = String::with_capacity(64);
    visit(entity, &mut path, emit);
    let metadata = &entity["metadata"];
    leaf("metadata.name", metadata["name"].as_str(), emit);
    leaf("metadata.namespace", Some(metadata["namespace"].as_str().unwrap_or(DEFAULT_NAMESPACE)), emit);
}

pub(super) fn fact_of_uid(uid: Option<&str>, emit: &mut impl Emit) {
    leaf("metadata.uid", uid, emit);
}

pub(super) fn fact_of_relation(relation_type: &str, target_ref: &str, emit: &mut impl Emit) {
    leaf(&format!("relations.{}", relation_type.to_lowercase()), Some(target_ref), emit);
}

fn visit(value: &Value, path: &mut String, emit: &mut impl Emit) {
    if SPECIAL.contains(&path.as_str()) {
        return;
    }
    match value {
        Value::Null => leaf(&path.to_lowercase(), None, emit),
        Value::Bool(flag) => leaf(&path.to_lowercase(), Some(if *flag { "true" } else { "false" }), emit),
        Value::Number(number) => leaf(&path.to_lowercase(), Some(&number.to_string()), emit),
        Value::String(text) => leaf(&path.to_lowercase(), Some(text), emit),
        Value::Array(items) => {
            for item in items {
                visit(item, path, emit);
                if let Value::String(text) = item {
                    within(path, text, |path| leaf(&path.to_lowercase(), Some("true"), emit));
                }
            }
        }
        Value::Object(fields) => {
            for (key, field) in fields {
                within(path, key, |path| visit(field, path, emit));
            }
        }
    }
}

/// Runs `inner` with `path.segment`, and takes the segment off again.
fn within(path: &mut String, segment: &str, inner: impl FnOnce(&mut String)) {
    let length = path.len();
    if length > 0 {
        path.push('.');
    }
    path.push_str(segment);
    inner(path);
    path.truncate(length);
}

fn leaf(path: &str, value: Option<&str>, emit: &mut impl Emit) {
    if path.len() <= MAX_LENGTH {
        emit(path, value.filter(|v| v.len() <= MAX_LENGTH));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn facts(entity: &Value) -> Vec<String> {
        let mut facts = Vec::new();
        facts_of_entity(entity, &mut |path: &str, value: Option<&str>| {
            facts.push(format!("{path}={}", value.unwrap_or("-")));
        });
        facts.sort();
        facts
    }

    #[test]
    fn arrays_are_passed_through_and_their_texts_are_paths_too() {
        let entity = json!({
            "kind": "Component",
            "metadata": { "name": "Web", "uid": "u", "etag": "e", "tags": ["Java"], "annotations": { "a.b/C": "D" } },
            "spec": { "ports": [{ "port": 80 }, null], "on": true },
            "relations": [{ "type": "ownedBy", "targetRef": "group:default/a" }],
            "status": { "items": [] },
        });
        assert_eq!(
            facts(&entity),
            [
                "kind=Component",
                "metadata.annotations.a.b/c=D",
                "metadata.name=Web",
                "metadata.namespace=default",
                "metadata.tags.java=true",
                "metadata.tags=Java",
                "metadata.uid=u",
                "relations.ownedby=group:default/a",
                "spec.on=true",
                "spec.ports.port=80",
                "spec.ports=-",
            ]
        );
    }

    #[test]
    fn a_long_value_only_exists_and_a_long_path_does_not() {
        let entity = json!({ "spec": { "definition": "x".repeat(201), ("k".repeat(200)): 1 } });
        assert_eq!(
            facts(&entity),
            ["metadata.name=-", "metadata.namespace=default", "metadata.uid=-", "spec.definition=-"]
        );
    }
}
