//! What is wrong with a text: `/api/v1/catalog/validate`.

use serde::Serialize;

use super::{Position, Problem};

/// The answer to `POST /api/v1/catalog/validate`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct TextValidation {
    /// The entities that it describes without an error, in its order; at most [`TextValidation::MAX_ENTITIES`].
    pub entities: Vec<ValidEntity>,
    /// How many there are.
    pub total: u64,
    /// All that is wrong, in the order of its lines.
    pub problems: Vec<Problem>,
}

impl TextValidation {
    /// Entities told at most.
    pub const MAX_ENTITIES: usize = 200;
}

/// An entity that a text describes without an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ValidEntity {
    /// Its canonical ref.
    pub entity_ref: String,
    /// Where it begins.
    pub position: Position,
}
