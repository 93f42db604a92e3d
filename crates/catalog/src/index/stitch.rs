//! Joins what the store keeps of an entity with the relations that other entities give it: the entity as it is answered.

use std::{collections::BTreeSet, fmt::Write as _, ops::Range, sync::LazyLock};

use bytes::Bytes;
use memchr::memmem::{Finder, FinderRev};
use model::{
    catalog::Problem,
    entity::{Level, PROCESSING_STATUS_TYPE, Relation, Status, StatusError, StatusItem},
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use sha2::{Digest, Sha256};

/// The relations of one entity, in the order in which they are answered.
pub(super) type Relations = BTreeSet<Relation>;

/// The parts of a stored body.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    #[serde(borrow)]
    api_version: &'a RawValue,
    #[serde(borrow)]
    kind: &'a RawValue,
    #[serde(borrow)]
    metadata: &'a RawValue,
    #[serde(borrow, default)]
    spec: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Stitched<'a> {
    /// There even if there are none, as in Backstage.
    relations: &'a Relations,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
}

/// The entity as JSON: `body` with uid, etag, relations and, if processing found errors, a status.
///
/// The etag is a hash of all the rest, so that it changes when the answer changes and is the same in each process.
///
/// # Errors
/// If `body` is no JSON object with `apiVersion`, `kind` and an object `metadata`.
pub(super) fn stitch(body: &str, uid: &str, relations: &Relations, problems: &[Problem]) -> serde_json::Result<Bytes> {
    let parts: Body<'_> = serde_json::from_str(body)?;
    let output = serde_json::to_string(&Stitched { relations, status: status(problems) })?;
    let uid = serde_json::to_string(uid)?;

    let mut hash = Sha256::new();
    // Not of the body as it stands: what is taken apart and joined again may have its parts in another order.
    let spec = parts.spec.map_or("", RawValue::get);
    for part in [parts.api_version.get(), parts.kind.get(), parts.metadata.get(), spec, &uid, &output] {
        hash.update(part.as_bytes());
    }
    let etag = hex(&hash.finalize()[..20]);

    let metadata = parts.metadata.get();
    let (inner, separator) = match metadata.strip_prefix('{').and_then(|m| m.strip_suffix('}')) {
        Some(inner) if inner.trim().is_empty() => ("", ""),
        Some(inner) => (inner, ","),
        None => return Err(serde::de::Error::custom("`metadata` is no object")),
    };
    let mut json = String::with_capacity(body.len() + output.len() + 128);
    json.push_str("{\"apiVersion\":");
    json.push_str(parts.api_version.get());
    json.push_str(",\"kind\":");
    json.push_str(parts.kind.get());
    json.push_str(",\"metadata\":{");
    json.push_str(inner);
    json.push_str(separator);
    write!(json, "\"uid\":{uid},\"etag\":\"{etag}\"}}").expect("a string can be written to");
    if let Some(spec) = parts.spec {
        json.push_str(",\"spec\":");
        json.push_str(spec.get());
    }
    // `output` is an object that is not empty: what it holds goes on in ours.
    json.push(',');
    json.push_str(&output[1..]);
    Ok(Bytes::from(json))
}

/// As [`stitch`] leads the relations in. No text within holds it: the quotes would be escaped.
const RELATIONS: &str = ",\"relations\":[";

/// As it names the other end of a relation, the last of its fields.
const TARGET: &str = "\"targetRef\":\"";

static RELATIONS_FINDER: LazyLock<FinderRev<'static>> = LazyLock::new(|| FinderRev::new(RELATIONS));
static TARGET_FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(TARGET));

/// The relations of a stitched entity, in their order: where each stands, and the canonical ref of its other end.
///
/// They are looked for, not parsed: this is done for each entity of each list of which some is hidden.
pub(super) fn targets(json: &[u8]) -> impl Iterator<Item = (Range<usize>, &str)> {
    // A spec may have a list of this name too; only a status comes after ours.
    let begin = RELATIONS_FINDER.rfind(json).map_or(json.len(), |at| at + RELATIONS.len());
    let mut from = begin;
    TARGET_FINDER.find_iter(&json[begin..]).map_while(move |at| {
        let at = begin + at + TARGET.len();
        let end = at + memchr::memchr(b'"', &json[at..])?;
        let relation = from..end + "\"}".len();
        from = relation.end + ",".len();
        Some((relation, std::str::from_utf8(&json[at..end]).unwrap_or_default()))
    })
}

/// A stitched entity without some of its relations, by their place among them and the canonical ref of their other end.
pub(super) fn without_relations(json: Bytes, is_left_out: impl Fn(usize, &str) -> bool) -> Bytes {
    let left_out: Vec<Range<usize>> = targets(&json)
        .enumerate()
        .filter(|(at, (_, target))| is_left_out(*at, target))
        .map(|(_, (relation, _))| relation)
        .collect();
    if left_out.is_empty() {
        return json;
    }
    let mut cut = Vec::with_capacity(json.len());
    let mut from = 0;
    for relation in left_out {
        // With the comma behind it, or else with the one before it.
        cut.extend_from_slice(&json[from..relation.start]);
        from = relation.end;
        if json[from] == b',' {
            from += 1;
        } else if cut.last() == Some(&b',') {
            cut.pop();
        }
    }
    cut.extend_from_slice(&json[from..]);
    Bytes::from(cut)
}

/// Takes a stitched entity apart again.
pub(super) struct Unstitched {
    pub(super) body: String,
    pub(super) uid: String,
    pub(super) relations: Relations,
}

/// The reverse of [`stitch`].
pub(super) fn unstitch(json: &[u8]) -> serde_json::Result<Unstitched> {
    let mut entity: Value = serde_json::from_slice(json)?;
    let mut uid = String::new();
    if let Some(metadata) = entity["metadata"].as_object_mut() {
        metadata.shift_remove("etag");
        if let Some(Value::String(text)) = metadata.shift_remove("uid") {
            uid = text;
        }
    }
    let mut relations = Relations::new();
    if let Some(entity) = entity.as_object_mut() {
        entity.shift_remove("status");
        if let Some(value) = entity.shift_remove("relations") {
            relations = serde_json::from_value(value)?;
        }
    }
    Ok(Unstitched { body: serde_json::to_string(&entity)?, uid, relations })
}

fn status(problems: &[Problem]) -> Option<Status> {
    let items: Vec<_> = problems
        .iter()
        .filter(|problem| problem.level == Level::Error)
        .map(|problem| StatusItem {
            status_type: PROCESSING_STATUS_TYPE.to_owned(),
            level: problem.level,
            message: problem.message.clone(),
            error: Some(StatusError { name: "InputError".to_owned(), message: problem.message.clone() }),
        })
        .collect();
    (!items.is_empty()).then_some(Status { items })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string can be written to");
        text
    })
}

#[cfg(test)]
mod tests {
    use model::catalog::ProblemCode;
    use serde_json::json;

    use super::*;

    const BODY: &str = r#"{"apiVersion":"v1","kind":"Component","metadata":{"name":"a"},"spec":{"x":1}}"#;

    #[test]
    fn an_entity_comes_apart_as_it_was_joined() {
        let relations = Relations::from([Relation {
            relation_type: "ownedBy".to_owned(),
            target_ref: "group:default/b".to_owned(),
        }]);
        let json = stitch(BODY, "u1", &relations, &[]).unwrap();
        let entity: Value = serde_json::from_slice(&json).unwrap();
        assert_eq!(entity["metadata"]["uid"], "u1");
        assert_eq!(entity["metadata"]["etag"].as_str().map(str::len), Some(40));
        assert_eq!(entity["relations"], json!([{ "type": "ownedBy", "targetRef": "group:default/b" }]));
        assert!(entity.get("status").is_none());
        let parts = unstitch(&json).unwrap();
        assert_eq!((parts.body.as_str(), parts.uid.as_str(), parts.relations), (BODY, "u1", relations));
    }

    #[test]
    fn relations_are_cut_out() {
        // What looks like relations and is none: in the entity's own words, and in a message after them.
        let body = r#"{"apiVersion":"v1","kind":"Component","metadata":{"name":"a","title":",\"relations\":["},
            "spec":{"x":1,"relations":[{"type":"ownedBy","targetRef":"group:default/a"}]}}"#;
        let problem = Problem {
            code: ProblemCode::InvalidYaml,
            level: Level::Error,
            message: r#",\"relations\":[{"type":"x","targetRef":"group:default/a"}]"#.to_owned(),
            hint: None,
            entity_ref: None,
            location: None,
            position: None,
            target_ref: None,
        };
        let types = ["ownedBy", r#"strange"},{"type":"#, "},{"];
        let targets = ["group:default/a", "group:default/b", "c:d/e"];
        let all: Vec<Relation> = types
            .iter()
            .zip(targets)
            .map(|(relation_type, target_ref)| Relation {
                relation_type: (*relation_type).to_owned(),
                target_ref: target_ref.to_owned(),
            })
            .collect();
        // Each set of relations, and each set of those that are left out.
        for (there, gone) in (0..8).flat_map(|there| (0..8).map(move |gone| (there, gone))) {
            let of = |set: usize| (0..3).filter(move |at| set & (1 << at) != 0);
            let relations: Relations = of(there).map(|at| all[at].clone()).collect();
            let stays: Relations = of(there & !gone).map(|at| all[at].clone()).collect();
            for problems in [&[][..], std::slice::from_ref(&problem)] {
                let json = stitch(body, "u", &relations, problems).unwrap();
                let cut = without_relations(json.clone(), |_, target| of(gone).any(|at| targets[at] == target));
                let mut expected: Value = serde_json::from_slice(&json).unwrap();
                expected["relations"] = serde_json::to_value(stays.clone()).unwrap();
                assert_eq!(cut, serde_json::to_vec(&expected).unwrap(), "{there} without {gone}");
            }
        }
    }

    #[test]
    fn errors_become_a_status_and_change_the_etag() {
        let problem = Problem {
            code: ProblemCode::InvalidYaml,
            level: Level::Error,
            message: "tab".to_owned(),
            hint: None,
            entity_ref: None,
            location: None,
            position: None,
            target_ref: None,
        };
        let without: Value = serde_json::from_slice(&stitch(BODY, "u", &Relations::new(), &[]).unwrap()).unwrap();
        let with: Value = serde_json::from_slice(&stitch(BODY, "u", &Relations::new(), &[problem]).unwrap()).unwrap();
        assert_eq!(with["status"]["items"][0]["message"], "tab");
        assert_ne!(with["metadata"]["etag"], without["metadata"]["etag"]);
    }
}
