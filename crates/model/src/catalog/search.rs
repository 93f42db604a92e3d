//! Entities by parts of their names: `/api/v1/catalog/search`.

use serde::Serialize;

use super::RowRef;
use crate::reading::read_object;

/// The answer to `GET /api/v1/catalog/search`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntityMatches {
    /// The best first: the name itself, what begins with it, words that do, what holds it, then what is one or two slips away.
    pub items: Vec<EntityMatch>,
}

read_object!(EntityMatches { items = "items" });

impl EntityMatches {
    /// Items where the caller names no limit.
    pub const DEFAULT_ITEMS: usize = 10;
    /// Items at most.
    pub const MAX_ITEMS: usize = 50;
}

/// An entity that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntityMatch {
    /// The entity.
    pub entity: RowRef,
    /// For example `Component`.
    pub kind: String,
    /// `spec.type`.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub entity_type: Option<String>,
    /// First target of `ownedBy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<RowRef>,
}

read_object!(EntityMatch { entity = "entity", kind = "kind", entity_type = "type", owner = "owner" });
