//! Sources whose entities are pushed: `/api/v1/catalog/sources/{name}`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{PreviewEntity, Problem};
use crate::reading::read_object;

/// The body of `PUT /api/v1/catalog/sources/{name}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PushEntities {
    /// Whether the entities are all of the source, or those that changed.
    #[serde(default)]
    pub mode: PushMode,
    /// Entities as descriptor files have them. What a catalog adds (uid, etag, relations, status) is left out.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub entities: Vec<Value>,
    /// With a delta: refs of entities that are no longer of the source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub delete: Vec<String>,
    /// The commit that they are of; it is told with the versions of each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// What the entities of a push are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum PushMode {
    /// All of the source: what is not among them goes.
    #[default]
    Full,
    /// Those that are new or changed: the others stay.
    Delta,
}

/// What a push did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PushOutcome {
    /// `push:` and the name.
    pub source: String,
    /// True if nothing was written.
    pub is_dry_run: bool,
    /// Entities that the source has now.
    pub total: u64,
    /// Those that are new.
    pub added: u64,
    /// Those that say something else than before.
    pub changed: u64,
    /// Those that say the same.
    pub unchanged: u64,
    /// Those that another source has, and keeps.
    pub conflicts: u64,
    /// Those that the source had and has no longer.
    pub removed: u64,
    /// What became of each, conflicts first and what is unchanged last, at most [`PushOutcome::MAX_ITEMS`].
    pub items: Vec<PreviewEntity>,
    /// Refs of those that were removed, at most [`PushOutcome::MAX_ITEMS`].
    pub removed_refs: Vec<String>,
    /// What should be mended all the same.
    pub warnings: Vec<Problem>,
}

read_object!(PushOutcome {
    source = "source", is_dry_run = "isDryRun", total = "total", added = "added", changed = "changed",
    unchanged = "unchanged", conflicts = "conflicts", removed = "removed", items = "items",
    removed_refs = "removedRefs", warnings = "warnings",
});

impl PushOutcome {
    /// Entities told at most.
    pub const MAX_ITEMS: usize = 200;
}

/// The answer to `GET /api/v1/catalog/sources/{name}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PushedEntities {
    /// `push:` and the name.
    pub source: String,
    /// Who pushed it first, and may push it again.
    pub owner: String,
    /// When it was last pushed, RFC 3339 in UTC.
    pub updated_at: String,
    /// The commit that the last push named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// As they were pushed.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub entities: Vec<Value>,
}
