//! Requests and responses of Backstage's API, `/api/catalog`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::reading::read_object;
use crate::{entity::Entity, filter::EntityFilter};

/// Items of a `by-query` page where the caller names no limit, as recorded from Backstage; its documentation says 20.
pub const DEFAULT_QUERY_LIMIT: usize = 200;

/// `GET /api/catalog/entities/by-query`: a page of the catalog.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EntitiesQuery {
    /// Which entities.
    pub filter: EntityFilter,
    /// Which of these: a [`Predicate`](crate::predicate::Predicate) in its JSON form, which cursors carry along.
    pub predicate: Option<Value>,
    /// Paths to keep in each answer; all where empty.
    pub fields: Vec<String>,
    /// Items in the page, [`DEFAULT_QUERY_LIMIT`] where `None`.
    pub limit: Option<usize>,
    /// Items to pass over.
    pub offset: usize,
    /// By what to sort. Entities that lack the first field are left out, as in Backstage.
    pub order: Vec<OrderField>,
    /// Text to find.
    pub full_text: Option<FullTextFilter>,
    /// Continue where an earlier answer ended; filter, order and text are then taken from it.
    pub cursor: Option<String>,
    /// Leave `totalItems` at zero.
    pub exclude_total: bool,
}

/// A field to sort by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrderField {
    /// Path in dots.
    pub field: String,
    /// Which end comes first.
    pub order: Order,
}

/// Which end comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// Smallest first.
    #[default]
    Asc,
    /// Largest first.
    Desc,
}

/// Text to find, as a part of a value, without regard to case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FullTextFilter {
    /// The text.
    pub term: String,
    /// Paths to look in; only the first order field where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// The answer to [`EntitiesQuery`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntitiesPage {
    /// The entities of this page.
    pub items: Vec<Entity>,
    /// Entities that match on all pages.
    pub total_items: u64,
    /// Where to go on.
    pub page_info: PageInfo,
}

/// Cursors to the pages before and after.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    /// The next page; absent on the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// The page before; absent on the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prev_cursor: Option<String>,
}

/// `POST /api/catalog/entities/by-refs`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntitiesByRefsRequest {
    /// Canonical refs.
    pub entity_refs: Vec<String>,
    /// Paths to keep in each answer; all where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
}

/// The answer to [`EntitiesByRefsRequest`]: as many items, in the same order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EntitiesByRefsResponse {
    /// `None` where there is no such entity.
    pub items: Vec<Option<Entity>>,
}

/// The answer to `GET /api/catalog/entities/by-name/…/ancestry`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntityAncestry {
    /// The entity that was asked for.
    pub root_entity_ref: String,
    /// That entity, then the locations that led to it, the nearest first.
    pub items: Vec<AncestryItem>,
}

/// An entity and what led to it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AncestryItem {
    /// The entity.
    pub entity: Entity,
    /// Canonical refs of the locations that led to it; none of what the configuration itself names.
    pub parent_entity_refs: Vec<String>,
}

/// `GET /api/catalog/entity-facets`: how often each value of some paths occurs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FacetsQuery {
    /// Paths, at least one.
    pub facets: Vec<String>,
    /// Which entities.
    pub filter: EntityFilter,
    /// Which of these: a [`Predicate`](crate::predicate::Predicate) in its JSON form.
    pub predicate: Option<Value>,
}

/// The answer to [`FacetsQuery`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Facets {
    /// Values by path.
    pub facets: BTreeMap<String, Vec<FacetValue>>,
}

/// A value of a path and how many entities have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FacetValue {
    /// In its author's spelling.
    pub value: String,
    /// Entities that have it.
    pub count: u64,
}

read_object!(FacetValue { value = "value", count = "count" });
