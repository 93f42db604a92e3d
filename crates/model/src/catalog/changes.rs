//! What changed lately in the whole catalog: `/api/v1/catalog/changes`.

use form_urlencoded::Serializer;
use serde::Serialize;

use super::RowRef;
use crate::reading::{read_object, read_text};

/// `GET /api/v1/catalog/changes`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListChanges {
    /// Change sets in the answer, [`ListChanges::DEFAULT_LIMIT`] where `None`, at most [`ListChanges::MAX_LIMIT`].
    pub limit: Option<usize>,
    /// Only older ones than this version, as an earlier answer names it.
    pub before: Option<i64>,
}

impl ListChanges {
    /// Change sets where the caller names no limit.
    pub const DEFAULT_LIMIT: usize = 20;
    /// Change sets of an answer.
    pub const MAX_LIMIT: usize = 100;

    /// The query string, without a question mark.
    pub fn to_query(self) -> String {
        let mut query = Serializer::new(String::new());
        if let Some(limit) = self.limit {
            query.append_pair("limit", &limit.to_string());
        }
        if let Some(before) = self.before {
            query.append_pair("before", &before.to_string());
        }
        query.finish()
    }

    /// Reads what [`ListChanges::to_query`] writes. Each pair must be known.
    ///
    /// # Errors
    /// Names the parameter, its value and what was expected.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let mut list = Self::default();
        for (name, value) in pairs {
            let wrong = |_| format!("query parameter `{name}` must be a whole number, found `{value}`");
            match name {
                "limit" => list.limit = Some(value.parse().map_err(wrong)?),
                "before" => list.before = Some(value.parse().map_err(wrong)?),
                _ => return Err(format!("unknown query parameter `{name}`; expected limit or before")),
            }
        }
        Ok(list)
    }
}

/// The answer to [`ListChanges`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CatalogChanges {
    /// The newest first. Only the last 10,000 are kept.
    pub items: Vec<ChangeSet>,
    /// What to ask for as `before` to go on; missing where nothing is older.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
}

read_object!(CatalogChanges { items = "items", before = "before" });

/// What one reading of the sources changed, at once: the first one of a large catalog is one set, and not as many changes as it has
/// entities.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangeSet {
    /// Names the set; grows.
    pub version: i64,
    /// When, RFC 3339 in UTC; missing where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<String>,
    /// Entities that were seen for the first time, or came back.
    pub added: u64,
    /// Entities that were there and say something else now.
    pub changed: u64,
    /// Entities that are gone.
    pub removed: u64,
    /// The first of them in the order of their refs, at most [`ChangeSet::MAX_ENTITIES`]; without what later changes have pushed out.
    pub entities: Vec<EntityChange>,
}

read_object!(ChangeSet {
    version = "version", changed_at = "changedAt", added = "added", changed = "changed", removed = "removed",
    entities = "entities",
});

impl ChangeSet {
    /// Entities of a set that are told.
    pub const MAX_ENTITIES: usize = 5;

    /// Leaves what is told of entities that are there, and counts no others: for who may not see all of them, and so may not know how many
    /// more there were.
    pub fn keep_existing(&mut self) {
        self.entities.retain(|change| change.entity.exists);
        let count = |kind| self.entities.iter().filter(|change| change.change == kind).count() as u64;
        (self.added, self.changed, self.removed) =
            (count(ChangeKind::Added), count(ChangeKind::Changed), count(ChangeKind::Removed));
    }

    /// Entities of the set in all.
    pub fn total(&self) -> u64 {
        self.added + self.changed + self.removed
    }
}

/// A change of one entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntityChange {
    /// The entity; it may be gone.
    pub entity: RowRef,
    /// What happened to it.
    pub change: ChangeKind,
    /// The same in words, for example ``changed `spec.owner` from `a` to `b` ``; what stands between backticks is code.
    pub what: String,
    /// The commit that it was read from, where the host or its webhook said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

read_object!(EntityChange { entity = "entity", change = "change", what = "what", commit = "commit" });

/// What happened to an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ChangeKind {
    /// It was seen for the first time, or came back.
    Added,
    /// It says something else.
    Changed,
    /// It is gone.
    Removed,
}

read_text!(ChangeKind { Added = "added", Changed = "changed", Removed = "removed" });
