//! What in the catalog somebody should mend: `/api/v1/catalog/problems`.

use serde::{Deserialize, Serialize};

use crate::entity::Level;
use crate::reading::{read_object, read_text};

/// `GET /api/v1/catalog/problems`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProblemsQuery {
    /// Only those of this entity; a ref in any case.
    pub entity_ref: Option<String>,
    /// At most so many; all without it.
    pub limit: Option<usize>,
}

impl ProblemsQuery {
    /// Reads the pairs of a query string, of which each must be known: `entityRef`, `limit`.
    ///
    /// # Errors
    /// Names the parameter, its value and what was expected.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let mut query = Self::default();
        for (name, value) in pairs {
            let wrong = || format!("query parameter `limit` must be a whole number, found `{value}`");
            match name {
                "entityRef" => query.entity_ref = Some(value.to_owned()),
                "limit" => query.limit = Some(value.parse().map_err(|_| wrong())?),
                _ => return Err(format!("unknown query parameter `{name}`; expected entityRef or limit")),
            }
        }
        Ok(query)
    }
}

/// The answer to [`ProblemsQuery`]: the worst first, then by place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProblemList {
    /// Problems that match, the worst of them if there are more than were asked for.
    pub items: Vec<Problem>,
    /// How many match.
    pub total_items: usize,
}

read_object!(ProblemList { items = "items", total_items = "totalItems" });

/// Something in the catalog that somebody should mend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// What kind of problem it is.
    pub code: ProblemCode,
    /// How bad it is.
    pub level: Level,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The entity that has it; `None` where no entity could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_ref: Option<String>,
    /// The location that it came from, `type:target`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Where in the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Position>,
    /// The entity that a field names and that does not exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_ref: Option<String>,
}

read_object!(Problem {
    code = "code", level = "level", message = "message", hint = "hint", entity_ref = "entityRef", location = "location",
    position = "position", target_ref = "targetRef",
});

/// A place in a text file; both count from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

read_object!(Position { line = "line", column = "column" });

/// What kind of problem it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ProblemCode {
    /// A location's file or folder can't be read, or its pattern matches nothing.
    UnreadableLocation,
    /// The file is no YAML.
    InvalidYaml,
    /// The document breaks a rule of its kind.
    InvalidEntity,
    /// No kind of this name and API version is declared.
    UnknownKind,
    /// `catalog.rules` does not allow the kind from there.
    NotAllowed,
    /// Another location defines the same entity and has it.
    Conflict,
    /// No location leads to it any more.
    Orphan,
    /// A field names an entity that does not exist.
    DanglingReference,
    /// The kind wants an owner and none is named, or the named one does not exist.
    NoOwner,
}

read_text!(ProblemCode);

impl ProblemCode {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::UnreadableLocation,
        Self::InvalidYaml,
        Self::InvalidEntity,
        Self::UnknownKind,
        Self::NotAllowed,
        Self::Conflict,
        Self::Orphan,
        Self::DanglingReference,
        Self::NoOwner,
    ];

    /// As it is written in JSON and in query strings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnreadableLocation => "unreadable-location",
            Self::InvalidYaml => "invalid-yaml",
            Self::InvalidEntity => "invalid-entity",
            Self::UnknownKind => "unknown-kind",
            Self::NotAllowed => "not-allowed",
            Self::Conflict => "conflict",
            Self::Orphan => "orphan",
            Self::DanglingReference => "dangling-reference",
            Self::NoOwner => "no-owner",
        }
    }

    /// Reads [`ProblemCode::as_str`].
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }

    /// Two or three words for a row.
    pub fn label(self) -> &'static str {
        match self {
            Self::UnreadableLocation => "Not readable",
            Self::InvalidYaml => "Broken file",
            Self::InvalidEntity => "Invalid",
            Self::UnknownKind => "Unknown kind",
            Self::NotAllowed => "Not allowed",
            Self::Conflict => "Defined twice",
            Self::Orphan => "Orphan",
            Self::DanglingReference => "Missing target",
            Self::NoOwner => "No owner",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_written_in_queries_as_in_json() {
        for code in ProblemCode::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
            assert_eq!(ProblemCode::from_text(code.as_str()), Some(code));
        }
    }
}
