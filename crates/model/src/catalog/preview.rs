//! What URLs would bring if they were registered: `/api/v1/catalog/preview`.

use serde::{Deserialize, Serialize};

use super::Problem;
use crate::reading::{read_object, read_text};

/// The answer to `GET /api/v1/catalog/preview`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LocationPreviews {
    /// One a URL, in the order of the question.
    pub items: Vec<LocationPreview>,
}

read_object!(LocationPreviews { items = "items" });

impl LocationPreviews {
    /// URLs of a question at most.
    pub const MAX_TARGETS: usize = 20;
}

/// What a URL would bring.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct LocationPreview {
    /// The URL.
    pub target: String,
    /// True if it is registered already.
    pub is_registered: bool,
    /// Why nothing of it can be registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The entities, at most [`LocationPreview::MAX_ENTITIES`]; without the location's own.
    pub entities: Vec<PreviewEntity>,
    /// How many there are.
    pub total: u64,
    /// What is refused, or should be mended, and why.
    pub problems: Vec<Problem>,
    /// Where nothing of it can be registered: the URL of the file that was probably meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
    /// Where there is no file yet: one to begin with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<DescriptorDraft>,
}

/// A descriptor file to begin with, after what is known of its repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DescriptorDraft {
    /// As YAML.
    pub text: String,
    /// The URL that the file would have, where that can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

read_object!(DescriptorDraft { text = "text", url = "url" });

read_object!(LocationPreview {
    target = "target", is_registered = "isRegistered", error = "error", entities = "entities", total = "total",
    problems = "problems", instead = "instead", draft = "draft",
});

impl LocationPreview {
    /// Entities told at most.
    pub const MAX_ENTITIES: usize = 200;
}

/// An entity that a URL would bring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PreviewEntity {
    /// Its canonical ref.
    pub entity_ref: String,
    /// What would become of it.
    pub change: PreviewChange,
    /// With a conflict: the source that has it, `type:target`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_by: Option<String>,
}

read_object!(PreviewEntity { entity_ref = "entityRef", change = "change", held_by = "heldBy" });

/// What would become of an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum PreviewChange {
    /// Another source has it, and keeps it.
    Conflict,
    /// It is new.
    Added,
    /// The URL is registered, and now says something else of it.
    Changed,
    /// The URL is registered, and says the same.
    Unchanged,
}

read_text!(PreviewChange { Conflict = "conflict", Added = "added", Changed = "changed", Unchanged = "unchanged" });
