//! What in the catalog somebody should mend, by cause: `/api/v1/catalog/problem-groups`.

use form_urlencoded::Serializer;
use serde::Serialize;

use super::{FacetKey, Problem, ProblemCode, RowRef};
use crate::entity::Level;
use crate::reading::read_object;

/// `GET /api/v1/catalog/problem-groups`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListProblems {
    /// Canonical refs: only of entities that one of these owns; [`FacetKey::NO_OWNER`] for those without an owner that exists.
    pub owners: Vec<String>,
    /// Only of this level.
    pub level: Option<Level>,
    /// Only of this cause.
    pub code: Option<ProblemCode>,
    /// Problems told of each cause; the server's default and maximum apply.
    pub limit: Option<usize>,
}

impl ListProblems {
    /// The query string, without a question mark: `owner` (repeated), `level`, `code`, `limit`.
    pub fn to_query(&self) -> String {
        let mut query = Serializer::new(String::new());
        query.extend_pairs(self.owners.iter().map(|owner| ("owner", owner)));
        if let Some(level) = self.level {
            query.append_pair("level", level.as_str());
        }
        if let Some(code) = self.code {
            query.append_pair("code", code.as_str());
        }
        if let Some(limit) = self.limit {
            query.append_pair("limit", &limit.to_string());
        }
        query.finish()
    }

    /// Reads what [`ListProblems::to_query`] writes. Each pair must be known.
    ///
    /// # Errors
    /// Names the parameter, its value and what was expected.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let mut list = Self::default();
        for (name, value) in pairs {
            let wrong = |expected: &str| format!("query parameter `{name}` must be {expected}, found `{value}`");
            match name {
                "owner" => list.owners.push(value.to_owned()),
                "level" => {
                    let level = Level::from_text(value).ok_or_else(|| wrong("one of error, warning, info"))?;
                    list.level = Some(level);
                }
                "code" => {
                    let code = ProblemCode::from_text(value).ok_or_else(|| wrong("a code of a problem"))?;
                    list.code = Some(code);
                }
                "limit" => list.limit = Some(value.parse().map_err(|_| wrong("a whole number"))?),
                _ => return Err(format!("unknown query parameter `{name}`; expected owner, level, code or limit")),
            }
        }
        Ok(list)
    }

    /// True if an entity without an owner that exists is meant.
    pub fn wants_ownerless(&self) -> bool {
        self.owners.iter().any(|owner| owner == FacetKey::NO_OWNER)
    }
}

/// The answer to [`ListProblems`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemGroups {
    /// One a cause: the worst first, then the most frequent.
    pub groups: Vec<ProblemGroup>,
    /// Problems that match, over all causes.
    pub total: u64,
    /// Problems by level, whatever level was asked for; the worst first.
    pub levels: Vec<LevelCount>,
    /// Owners of what has problems, whatever owner was asked for; the one with the most first.
    pub owners: Vec<OwnerCount>,
}

read_object!(ProblemGroups { groups = "groups", total = "total", levels = "levels", owners = "owners" });

/// Problems of one cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProblemGroup {
    /// The cause.
    pub code: ProblemCode,
    /// The worst level of them.
    pub level: Level,
    /// How many there are.
    pub total: u64,
    /// The first of them: the worst first, then by place.
    pub items: Vec<OwnedProblem>,
}

read_object!(ProblemGroup { code = "code", level = "level", total = "total", items = "items" });

/// A problem and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnedProblem {
    /// The problem.
    pub problem: Problem,
    /// The entity that has it; `None` where no entity could be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity: Option<RowRef>,
    /// First target of the entity's `ownedBy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<RowRef>,
}

read_object!(OwnedProblem { problem = "problem", entity = "entity", owner = "owner" });

/// How many problems have a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LevelCount {
    /// The level.
    pub level: Level,
    /// How many.
    pub count: u64,
}

read_object!(LevelCount { level = "level", count = "count" });

/// How many problems an owner has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnerCount {
    /// `None` for what has no owner that exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<RowRef>,
    /// How many.
    pub count: u64,
}

read_object!(OwnerCount { owner = "owner", count = "count" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_survives_its_query_string() {
        let list = ListProblems {
            owners: vec!["group:default/a".into(), "none".into()],
            level: Some(Level::Error),
            code: Some(ProblemCode::NoOwner),
            limit: Some(7),
        };
        let query = list.to_query();
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
        assert_eq!(ListProblems::from_pairs(pairs.iter().map(|(name, value)| (&**name, &**value))), Ok(list));
    }

    #[test]
    fn what_is_unknown_is_named() {
        for (pair, message) in [
            (("level", "bad"), "query parameter `level` must be one of error, warning, info, found `bad`"),
            (("kind", "x"), "unknown query parameter `kind`; expected owner, level, code or limit"),
        ] {
            assert_eq!(ListProblems::from_pairs([pair]).unwrap_err(), message);
        }
    }
}
