//! What changed from one version of an entity to the next.

use std::time::{Duration, UNIX_EPOCH};

use model::catalog::{ChangeKind, EntityChange, EntityVersion, RecentChange, RowRef, VersionChange};
use serde_json::Value;

use crate::{
    store::{StoredChange, StoredVersion},
    utc::in_utc,
};

/// Changes of one version that are told.
const MAX_CHANGES: usize = 100;
/// Bytes of a value that is told in a sentence.
const MAX_WORDS: usize = 40;
/// Characters of a value that are told.
const MAX_VALUE: usize = 200;

/// Versions as they are told, the newest first, each with what it changed of the one before.
pub(crate) fn told(versions: &[StoredVersion]) -> Vec<EntityVersion> {
    let parsed: Vec<Option<Value>> =
        versions.iter().map(|version| serde_json::from_str(version.body.as_deref()?).ok()).collect();
    let version = |(at, version): (usize, &StoredVersion)| {
        let mut changes = Vec::new();
        if let (Some(after), Some(Some(before))) = (&parsed[at], parsed.get(at + 1)) {
            compare(before, after, "", &mut changes);
        }
        EntityVersion {
            version: version.version,
            changed_at: changed_at(version.changed_at),
            location: Some(version.location.clone()).filter(|location| !location.is_empty()),
            commit: Some(version.commit.clone()).filter(|commit| !commit.is_empty()),
            is_removal: version.body.is_none(),
            changes,
        }
    };
    versions.iter().enumerate().map(version).collect()
}

/// A change of an entity as it is told.
pub(crate) fn entity_change(stored: StoredChange, entity: RowRef) -> EntityChange {
    let StoredChange { after, before, .. } = stored;
    let parsed = |body: &Option<String>| serde_json::from_str::<Value>(body.as_deref()?).ok();
    let (change, what) = match (parsed(&before), parsed(&after.body)) {
        (_, None) => (ChangeKind::Removed, "removed".to_owned()),
        (None, Some(_)) => (ChangeKind::Added, "added".to_owned()),
        (Some(before), Some(after)) => {
            let mut changes = Vec::new();
            compare(&before, &after, "", &mut changes);
            (ChangeKind::Changed, what_changed(&changes, "changed"))
        }
    };
    EntityChange { entity, change, what, commit: Some(after.commit).filter(|commit| !commit.is_empty()) }
}

/// The last versions in words, at most `limit`; one more tells what the oldest of them changed.
pub(crate) fn in_words(versions: &[StoredVersion], limit: usize) -> Vec<RecentChange> {
    let last = versions.len().saturating_sub(1);
    let words = |(at, version): (usize, EntityVersion)| RecentChange {
        what: if version.is_removal {
            "removed".to_owned()
        } else {
            what_changed(&version.changes, if at == last { "first version that is kept" } else { "added again" })
        },
        changed_at: version.changed_at,
        commit: version.commit,
    };
    told(versions).into_iter().enumerate().take(limit).map(words).collect()
}

/// Names at most two fields, and the value of one that is short.
fn what_changed(changes: &[VersionChange], nothing: &str) -> String {
    let short = |value: &Option<String>| value.clone().filter(|value| value.len() <= MAX_WORDS && !value.contains('`'));
    match changes {
        [] => nothing.to_owned(),
        [VersionChange { path, before, after: None }] if before.is_some() => format!("took out `{path}`"),
        [VersionChange { path, before, after }] => match (before, short(before), short(after)) {
            (None, _, Some(after)) => format!("added `{path}`: `{after}`"),
            (None, _, None) => format!("added `{path}`"),
            (_, Some(before), Some(after)) => format!("changed `{path}` from `{before}` to `{after}`"),
            _ => format!("changed `{path}`"),
        },
        [one, other] => format!("changed `{}` and `{}`", one.path, other.path),
        [one, other, more @ ..] => format!("changed `{}`, `{}` and {} more", one.path, other.path, more.len()),
    }
}

/// `None` where the time is not known.
pub(crate) fn changed_at(microseconds: i64) -> Option<String> {
    let since_epoch = u64::try_from(microseconds).ok().filter(|microseconds| *microseconds > 0)?;
    in_utc(UNIX_EPOCH + Duration::from_micros(since_epoch))
}

fn compare(before: &Value, after: &Value, path: &str, changes: &mut Vec<VersionChange>) {
    if before == after || changes.len() >= MAX_CHANGES {
        return;
    }
    if let (Value::Object(old), Value::Object(new)) = (before, after) {
        let inner = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        for (key, old) in old {
            compare(old, new.get(key).unwrap_or(&Value::Null), &inner(key), changes);
        }
        for (key, new) in new.iter().filter(|(key, _)| !old.contains_key(*key)) {
            compare(&Value::Null, new, &inner(key), changes);
        }
        return;
    }
    changes.push(VersionChange { path: path.to_owned(), before: shown(before), after: shown(after) });
}

/// A value in short; `None` where there is none.
fn shown(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(MAX_VALUE) {
        Some((end, _)) => Some(format!("{}…", &text[..end])),
        None => Some(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn version(version: i64, body: Option<Value>) -> StoredVersion {
        let location = "file:/a.yaml".to_owned();
        let commit = if version == 7 { "b81e0c4".to_owned() } else { String::new() };
        StoredVersion {
            version,
            changed_at: 1_700_000_000_000_000,
            location,
            commit,
            body: body.map(|body| body.to_string()),
        }
    }

    #[test]
    fn tells_what_each_version_changed() {
        let told = told(&[
            version(9, None),
            version(7, Some(json!({ "kind": "API", "spec": { "owner": "b", "tags": ["x", "y"] } }))),
            version(3, Some(json!({ "kind": "API", "spec": { "owner": "a", "tags": ["x"], "type": "grpc" } }))),
        ]);
        let changes: Vec<_> =
            told[1].changes.iter().map(|c| (c.path.as_str(), c.before.as_deref(), c.after.as_deref())).collect();
        assert_eq!(
            changes,
            [
                ("spec.owner", Some("a"), Some("b")),
                ("spec.tags", Some(r#"["x"]"#), Some(r#"["x","y"]"#)),
                ("spec.type", Some("grpc"), None)
            ]
        );
        assert_eq!((told[1].commit.as_deref(), &told[2].commit), (Some("b81e0c4"), &None));
        assert!(told[0].is_removal && told[0].changes.is_empty() && told[2].changes.is_empty());
        assert_eq!(told[2].changed_at.as_deref(), Some("2023-11-14T22:13:20Z"));
    }

    #[test]
    fn the_last_ones_are_told_in_words() {
        let owner = |owner: &str| json!({ "kind": "API", "spec": { "owner": owner } });
        let versions = [
            version(9, Some(json!({ "kind": "API", "spec": { "owner": "c", "type": "grpc", "system": "s" } }))),
            version(8, Some(json!({ "kind": "API", "spec": { "owner": "b", "type": "grpc" } }))),
            version(7, Some(owner("b"))),
            version(6, Some(owner("a"))),
            version(5, None),
            version(4, Some(owner(&"x".repeat(99)))),
            version(3, Some(owner("z"))),
        ];
        let words: Vec<_> = in_words(&versions, 7).into_iter().map(|change| change.what).collect();
        let expected = [
            "changed `spec.owner` and `spec.system`",
            "added `spec.type`: `grpc`",
            "changed `spec.owner` from `a` to `b`",
            "added again",
            "removed",
            "changed `spec.owner`",
            "first version that is kept",
        ];
        assert_eq!(words, expected);
        assert_eq!(in_words(&versions, 2).len(), 2);
        assert!(in_words(&[], 4).is_empty());
    }

    #[test]
    fn what_is_long_is_cut() {
        let long = "ä".repeat(MAX_VALUE + 1);
        let wide: Vec<_> = (0..500).map(|n| (format!("k{n}"), json!(1))).collect();
        let told = told(&[
            version(2, Some(json!({ "a": long, "wide": Value::Object(wide.into_iter().collect()) }))),
            version(1, Some(json!({ "a": "b", "wide": {} }))),
        ]);
        assert_eq!(told[0].changes.len(), MAX_CHANGES);
        assert_eq!(told[0].changes[0].after.as_ref().map(|text| text.chars().count()), Some(MAX_VALUE + 1));
    }
}
