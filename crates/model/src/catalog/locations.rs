//! Registered locations, as Backstage's API has them: `/api/catalog/locations`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::PageInfo;
use crate::{entity::Entity, reading::read_object};

/// A registered location.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// Made when it was registered.
    pub id: String,
    /// `url`.
    #[serde(rename = "type")]
    pub location_type: String,
    /// A URL, or a pattern of URLs.
    pub target: String,
    /// The `Location` entity that stands for it.
    pub entity_ref: String,
}

read_object!(Location { id = "id", location_type = "type", target = "target", entity_ref = "entityRef" });

/// An item of `GET /api/catalog/locations`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LocationItem {
    /// The location.
    pub data: Location,
}

read_object!(LocationItem { data = "data" });

/// What to register.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LocationRequest {
    /// `url`.
    #[serde(rename = "type", default)]
    pub location_type: String,
    /// A URL, or a pattern of URLs.
    #[serde(default)]
    pub target: String,
}

/// The answer to the registering of a location.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LocationCreated {
    /// True if it was registered already; only in the answer to a dry run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exists: Option<bool>,
    /// The location.
    pub location: Location,
    /// What it would bring; empty without a dry run.
    pub entities: Vec<Entity>,
}

/// `POST /api/catalog/locations/by-query`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct LocationsQuery {
    /// A predicate over `id`, `type` and `target`.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub query: Option<Value>,
    /// Items in the page.
    pub limit: Option<usize>,
    /// Goes on where an earlier answer ended.
    pub cursor: Option<String>,
}

/// `POST /api/catalog/analyze-location`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct AnalyzeRequest {
    /// A repository, or a file.
    pub location: LocationRequest,
    /// Name of the files to look for, `catalog-info.yaml` by default.
    #[serde(default)]
    pub catalog_file_name: Option<String>,
}

/// What there is at a location: files that define entities, or else an entity to begin with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LocationAnalysis {
    /// Entities that files there define.
    pub existing_entity_files: Vec<ExistingEntity>,
    /// Entities that could be written, where there are no such files.
    pub generate_entities: Vec<GeneratedEntity>,
}

/// An entity that a file defines.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ExistingEntity {
    /// The file.
    pub location: LocationRequest,
    /// True if the file is a registered location.
    pub is_registered: bool,
    /// The entity.
    pub entity: Entity,
}

/// An entity to begin with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GeneratedEntity {
    /// The entity.
    pub entity: Entity,
    /// Fields that a person has to look at.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Object>))]
    pub fields: Vec<Value>,
}

/// The answer to [`LocationsQuery`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LocationsPage {
    /// The oldest first.
    pub items: Vec<Location>,
    /// Locations that match on all pages.
    pub total_items: u64,
    /// Where to go on.
    pub page_info: PageInfo,
}
