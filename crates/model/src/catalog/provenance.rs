//! Where the parts of an entity come from: `/api/v1/catalog/entities/{kind}/{namespace}/{name}/provenance`.

use serde::{Deserialize, Serialize};

use super::Position;
use crate::reading::{read_object, read_text};

/// An entity as YAML, and where each part of it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntityProvenance {
    /// The configured or registered location that it came in through, `type:target`.
    pub source: String,
    /// Who named that location.
    pub provider: SourceProvider,
    /// The file that defines it, `type:target`.
    pub location: String,
    /// Canonical refs of the `Location`s that led to it, the nearest first.
    pub ancestors: Vec<String>,
    /// The entity as it is answered, as YAML.
    pub yaml: String,
    /// The values of the entity in the order of the YAML; what they hold comes from where they come from, unless it is listed itself.
    pub parts: Vec<PartProvenance>,
}

read_object!(EntityProvenance {
    source = "source", provider = "provider", location = "location", ancestors = "ancestors", yaml = "yaml",
    parts = "parts",
});

/// Who names a location that entities come in through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SourceProvider {
    /// `catalog.locations` or `catalog.providers` of the configuration.
    Configuration,
    /// Somebody who registered it while the server ran.
    Registration,
    /// Another Backstage answered it; what its files say of places is not known here.
    Backstage,
}

read_text!(SourceProvider { Configuration = "configuration", Registration = "registration", Backstage = "backstage" });

/// A value of an entity, and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PartProvenance {
    /// JSON pointer (RFC 6901).
    pub pointer: String,
    /// Line of the YAML in which it begins, from 1.
    pub line: u32,
    /// Where it comes from.
    pub origin: PartOrigin,
    /// The file, `type:target`; missing where no file holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Where in the file that defines the entity; of an included part, where it is included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// The entity that gives it, of a relation that another entity names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_ref: Option<String>,
}

read_object!(PartProvenance {
    pointer = "pointer", line = "line", origin = "origin", location = "location", position = "position",
    entity_ref = "entityRef",
});

/// Where a part of an entity comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PartOrigin {
    /// The file says so.
    File,
    /// Another file says so, which the file includes by `$text`, `$json` or `$yaml`.
    Inclusion,
    /// Processing filled in the default namespace.
    DefaultNamespace,
    /// Processing noted where the entity was read, edited and viewed.
    LocationAnnotations,
    /// The store named it.
    Identity,
    /// It follows from what entities name in their fields.
    Relations,
    /// It tells what processing found.
    Status,
    /// It was handed over without saying where it stood.
    Unknown,
}

read_text!(PartOrigin {
    File = "file",
    Inclusion = "inclusion",
    DefaultNamespace = "default-namespace",
    LocationAnnotations = "location-annotations",
    Identity = "identity",
    Relations = "relations",
    Status = "status",
    Unknown = "unknown",
});
