//! What of the catalog concerns a visitor.

use model::{
    catalog::{CatalogHome, EntityRow, HomeQuery, ListEntities, ListProblems, ListSort, UserFilter},
    entity_ref::EntityRef,
};

use super::Index;

impl Index {
    /// All of it but what changed.
    pub fn home(&self, query: &HomeQuery) -> CatalogHome {
        let list = |user: UserFilter| {
            let (teams, stars) = (query.teams.clone(), query.stars.clone());
            let limit = Some(CatalogHome::MAX_ROWS);
            ListEntities { user, teams, stars, limit, sort: ListSort::Problems, ..ListEntities::default() }
        };
        let rows = |user: UserFilter| self.rows(&list(user)).collect::<Vec<EntityRow>>();
        let snapshot = self.current.load();
        let existing = |entity_ref: &String| {
            let entity_ref = EntityRef::parse_full(entity_ref).ok()?.canonical();
            snapshot.find(&entity_ref).map(|_| snapshot.row_ref(&entity_ref))
        };
        let problems = if query.teams.is_empty() {
            Vec::new()
        } else {
            let owned = ListProblems { owners: query.teams.clone(), ..ListProblems::default() };
            self.owned_problems(&owned)
        };
        CatalogHome {
            teams: query.teams.iter().filter_map(existing).collect(),
            problems_total: problems.len() as u64,
            problems: problems.into_iter().take(CatalogHome::MAX_PROBLEMS).collect(),
            owned: rows(UserFilter::Owned),
            owned_total: self.count_owned(&list(UserFilter::Owned)),
            starred: rows(UserFilter::Starred),
            recent: query.recent.iter().filter_map(existing).collect(),
            kinds: self.kind_counts(),
            changes: Vec::new(),
        }
    }
}
