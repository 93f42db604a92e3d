//! Keeps only some paths of an entity.
//!
//! Source: Backstage, `plugins/catalog-backend/src/service/request/parseEntityTransformParams.ts`.

use bytes::Bytes;
use serde_json::{Map, Value};

/// The parts of `json`, a JSON object, at `fields`, each with all below it; all of it if there are no fields.
///
/// Keys may hold dots: `metadata.annotations.backstage.io/techdocs-ref` finds the annotation. What is not there is left out.
pub(super) fn project(json: &Bytes, fields: &[String]) -> Bytes {
    if fields.is_empty() {
        return json.clone();
    }
    let entity: Value = serde_json::from_slice(json).expect("a stitched entity is JSON");
    let mut kept = Map::new();
    for field in fields {
        if let Some((path, value)) = find(&entity, field) {
            insert(&mut kept, &path, value);
        }
    }
    Bytes::from(serde_json::to_vec(&kept).expect("JSON can be written"))
}

/// Walks down `path`, each time by the longest key that fits, because keys may hold dots.
fn find<'a>(entity: &'a Value, path: &'a str) -> Option<(Vec<&'a str>, &'a Value)> {
    let mut keys = Vec::new();
    let mut value = entity;
    let mut rest = path;
    while !rest.is_empty() {
        let object = value.as_object()?;
        let mut ends = std::iter::once(rest.len()).chain(rest.rmatch_indices('.').map(|(at, _)| at));
        let end = ends.find(|end| object.contains_key(&rest[..*end]))?;
        keys.push(&rest[..end]);
        value = &object[&rest[..end]];
        rest = rest[end..].strip_prefix('.').unwrap_or_default();
    }
    Some((keys, value))
}

fn insert(object: &mut Map<String, Value>, path: &[&str], value: &Value) {
    match path {
        [] => {}
        [key] => {
            object.insert((*key).to_owned(), value.clone());
        }
        [key, rest @ ..] => {
            let inner = object.entry((*key).to_owned()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keeps_subtrees_and_finds_keys_with_dots() {
        let entity = json!({
            "kind": "Component",
            "metadata": { "name": "a", "tags": ["x"], "annotations": { "b.io/c.d": "1", "b": "2" } },
        });
        let json = Bytes::from(entity.to_string());
        let table = [
            (vec![], entity.clone()),
            (vec!["kind", "metadata.name"], json!({ "kind": "Component", "metadata": { "name": "a" } })),
            (vec!["metadata.annotations.b.io/c.d"], json!({ "metadata": { "annotations": { "b.io/c.d": "1" } } })),
            (vec!["metadata.annotations.b"], json!({ "metadata": { "annotations": { "b": "2" } } })),
            (vec!["metadata.tags.x", "spec", "kind.x"], json!({})),
        ];
        for (fields, expected) in table {
            let fields: Vec<String> = fields.into_iter().map(str::to_owned).collect();
            let kept: Value = serde_json::from_slice(&project(&json, &fields)).unwrap();
            assert_eq!(kept, expected, "{fields:?}");
        }
    }
}
