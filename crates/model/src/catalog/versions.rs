//! The versions of an entity: `/api/v1/catalog/entities/{kind}/{namespace}/{name}/versions`.

use crate::reading::read_object;
use serde::Serialize;

/// The last versions of an entity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntityVersions {
    /// The newest first, which is the present one unless it is a removal; at most 50.
    pub items: Vec<EntityVersion>,
}

read_object!(EntityVersions { items = "items" });

/// A version of an entity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntityVersion {
    /// Names the version; grows.
    pub version: i64,
    /// When the entity became so, RFC 3339 in UTC; missing where it is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<String>,
    /// The file that defined it, `type:target`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The commit that it was read from, where the host or its webhook said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// True if the entity was removed.
    pub is_removal: bool,
    /// What is different from the version before, in the order of the entity; at most 100, none of the oldest.
    pub changes: Vec<VersionChange>,
}

read_object!(EntityVersion {
    version = "version", changed_at = "changedAt", location = "location", commit = "commit", is_removal = "isRemoval",
    changes = "changes",
});

/// A field that changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionChange {
    /// Path in dots.
    pub path: String,
    /// The value before, JSON unless it is a text, cut at 200 characters; missing where there was none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The value since; missing where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

read_object!(VersionChange { path = "path", before = "before", after = "after" });
