//! What a visitor sees first: `/api/v1/catalog/home`.

use form_urlencoded::Serializer;
use serde::Serialize;

use super::{ChangeSet, EntityRow, KindCount, OwnedProblem, RowRef};
use crate::reading::read_object;

/// `GET /api/v1/catalog/home`: what of the catalog concerns a visitor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HomeQuery {
    /// Canonical refs of the groups that are the visitor's.
    pub teams: Vec<String>,
    /// Refs that the visitor starred.
    pub stars: Vec<String>,
    /// Refs that the visitor saw, the last one first.
    pub recent: Vec<String>,
}

impl HomeQuery {
    /// The query string, without a question mark: `team`, `star` and `recent`, each as often as there is one.
    pub fn to_query(&self) -> String {
        let mut query = Serializer::new(String::new());
        for (name, refs) in [("team", &self.teams), ("star", &self.stars), ("recent", &self.recent)] {
            query.extend_pairs(refs.iter().map(|entity_ref| (name, entity_ref)));
        }
        query.finish()
    }

    /// Reads what [`HomeQuery::to_query`] writes. Each pair must be known.
    ///
    /// # Errors
    /// Names the parameter.
    pub fn from_pairs(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, String> {
        let mut query = Self::default();
        for (name, value) in pairs {
            match &*name {
                "team" => query.teams.push(value),
                "star" => query.stars.push(value),
                "recent" => query.recent.push(value),
                _ => return Err(format!("unknown query parameter `{name}`; expected team, star or recent")),
            }
        }
        Ok(query)
    }
}

/// The answer to [`HomeQuery`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CatalogHome {
    /// The teams of the visitor.
    pub teams: Vec<RowRef>,
    /// The worst problems of what these own, at most [`CatalogHome::MAX_PROBLEMS`].
    pub problems: Vec<OwnedProblem>,
    /// How many there are of these.
    pub problems_total: u64,
    /// What the teams own, the troubled first, at most [`CatalogHome::MAX_ROWS`].
    pub owned: Vec<EntityRow>,
    /// How many they own.
    pub owned_total: u64,
    /// What the visitor starred, the troubled first; without what is gone.
    pub starred: Vec<EntityRow>,
    /// What the visitor saw, the last one first; without what is gone.
    pub recent: Vec<RowRef>,
    /// Entities a kind, of all kinds that there are.
    pub kinds: Vec<KindCount>,
    /// What changed lately, the newest first, at most [`CatalogHome::MAX_CHANGES`].
    pub changes: Vec<ChangeSet>,
}

read_object!(CatalogHome {
    teams = "teams", problems = "problems", problems_total = "problemsTotal", owned = "owned", owned_total = "ownedTotal",
    starred = "starred", recent = "recent", kinds = "kinds", changes = "changes",
});

impl CatalogHome {
    /// Problems that are told.
    pub const MAX_PROBLEMS: usize = 5;
    /// Rows of what the teams own, and of what is starred.
    pub const MAX_ROWS: usize = 8;
    /// Change sets that are told.
    pub const MAX_CHANGES: usize = 6;
}
