//! The entity envelope of the catalog, as it goes over the wire.
//!
//! Source: Backstage's descriptor format, `docs/features/software-catalog/descriptor-format.md`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::entity_ref::{DEFAULT_NAMESPACE, EntityRef};
use crate::reading::{read_object, read_text};

/// Well-known annotation keys that Callboard itself reads or writes.
pub mod annotations {
    /// Where the entity was read from, `type:target`.
    pub const MANAGED_BY_LOCATION: &str = "backstage.io/managed-by-location";
    /// The registered location that the entity came in through, `type:target`.
    pub const MANAGED_BY_ORIGIN_LOCATION: &str = "backstage.io/managed-by-origin-location";
    /// Set to `true` on an entity whose last parent is gone.
    pub const ORPHAN: &str = "backstage.io/orphan";
    /// Where the source code lives, `url:…`.
    pub const SOURCE_LOCATION: &str = "backstage.io/source-location";
    /// Where a person reads the descriptor.
    pub const VIEW_URL: &str = "backstage.io/view-url";
    /// Where a person edits the descriptor.
    pub const EDIT_URL: &str = "backstage.io/edit-url";
}

/// One entity of the catalog.
///
/// Whoever asks for some `fields` only gets those: what was not asked for is empty here.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Entity {
    /// For example `backstage.io/v1alpha1`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub api_version: String,
    /// For example `Component`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// Name, namespace and what else describes the entity whatever its kind.
    #[serde(default)]
    pub metadata: Metadata,
    /// What the kind defines.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub spec: Map<String, Value>,
    /// Edges to other entities, in both directions. Output only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Relation>,
    /// What went wrong when the entity was last processed. Output only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
}

/// What describes an entity whatever its kind. Descriptors may hold further fields, which the catalog answers and this type leaves out.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Metadata {
    /// Unique by kind and namespace, without regard to case; 1 to 63 characters.
    #[serde(default)]
    pub name: String,
    /// `default` where none is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// A name for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// One line on what the entity is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Short key-value pairs to select by.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Key-value pairs that attach other systems.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<String, String>,
    /// Single words to group by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Pages elsewhere that belong to the entity.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// Made by the catalog; stays while the entity is there. Output only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// Changes when the answer changes. Output only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
}

/// A page elsewhere that belongs to an entity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Link {
    /// Absolute. Not checked to be http: whoever renders it must.
    pub url: String,
    /// What to show instead of the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Name of an icon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// A category, free text.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub link_type: Option<String>,
}

read_object!(Link { url = "url", title = "title", icon = "icon", link_type = "type" });

/// A directed edge from the entity that holds it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Relation {
    /// For example `ownedBy`.
    #[serde(rename = "type")]
    pub relation_type: String,
    /// Canonical ref of the other end, which need not exist.
    pub target_ref: String,
}

/// What went wrong when an entity was last processed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Status {
    /// One item a finding.
    #[serde(default)]
    pub items: Vec<StatusItem>,
}

/// The type of status items that the catalog's own processing writes.
pub const PROCESSING_STATUS_TYPE: &str = "backstage.io/catalog-processing";

/// One finding on an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusItem {
    /// Who found it, for example [`PROCESSING_STATUS_TYPE`].
    #[serde(rename = "type")]
    pub status_type: String,
    /// How bad it is.
    pub level: Level,
    /// What was found.
    pub message: String,
    /// The error behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<StatusError>,
}

/// The error behind a [`StatusItem`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusError {
    /// For example `InputError`.
    pub name: String,
    /// What was found.
    pub message: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Worth knowing.
    Info,
    /// Works, but somebody should look.
    Warning,
    /// Does not work.
    Error,
}

read_text!(Level);

impl Level {
    /// All of them, the worst first.
    pub const ALL: [Self; 3] = [Self::Error, Self::Warning, Self::Info];

    /// As it is written in JSON and in query strings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// Reads [`Level::as_str`].
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == text)
    }
}

impl Entity {
    /// The namespace, [`DEFAULT_NAMESPACE`] where none is written.
    pub fn namespace(&self) -> &str {
        self.metadata.namespace.as_deref().unwrap_or(DEFAULT_NAMESPACE)
    }

    /// The ref in the author's spelling.
    pub fn entity_ref(&self) -> EntityRef {
        EntityRef::new(&self.kind, self.namespace(), &self.metadata.name)
    }

    /// The title, or the name where there is none.
    pub fn display_name(&self) -> &str {
        self.metadata.title.as_deref().filter(|title| !title.trim().is_empty()).unwrap_or(&self.metadata.name)
    }

    /// A text field of `spec`; `None` if it is missing or no text.
    pub fn spec_str(&self, field: &str) -> Option<&str> {
        self.spec.get(field).and_then(Value::as_str)
    }

    /// Targets of the relations of one type, in their order.
    pub fn related<'a>(&'a self, relation_type: &'a str) -> impl Iterator<Item = &'a str> {
        self.relations.iter().filter(move |r| r.relation_type == relation_type).map(|r| r.target_ref.as_str())
    }
}
