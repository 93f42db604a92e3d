//! What changed lately, and what of the catalog concerns a visitor.

use access::Principal;
use model::catalog::{CatalogChanges, CatalogHome, ChangeSet, EntityChange, HomeQuery, ListChanges, ListEntities};

use super::{AuthorisedCatalog, CatalogError};
use crate::{
    history::{changed_at, entity_change},
    index::Rows,
    store::StoredChangeSet,
};

impl AuthorisedCatalog {
    /// See [`Index::rows`](crate::index::Index::rows).
    ///
    /// # Errors
    /// [`CatalogError::Denied`].
    pub fn rows(&self, who: &Principal, list: &ListEntities) -> Result<Rows, CatalogError> {
        Ok(self.reading(who)?.rows(list))
    }

    /// What changed lately, a set a write, the newest first.
    ///
    /// # Errors
    /// [`CatalogError::Store`], [`CatalogError::Denied`].
    pub async fn list_changes(&self, who: &Principal, list: &ListChanges) -> Result<CatalogChanges, CatalogError> {
        let index = self.reading(who)?;
        let limit = list.limit.unwrap_or(ListChanges::DEFAULT_LIMIT).min(ListChanges::MAX_LIMIT);
        // One more tells whether there is more.
        let mut sets = self.store.change_sets(list.before.unwrap_or(i64::MAX), limit + 1).await?;
        let more = sets.len() > limit;
        sets.truncate(limit);
        let before = sets.last().filter(|_| more).map(|set| set.version);
        let mut items = Vec::with_capacity(sets.len());
        for set in sets {
            let changes = self.store.changes_of(set.version, ChangeSet::MAX_ENTITIES).await?;
            let told = changes.into_iter().map(|change| {
                let entity = index.row_ref(&change.entity_ref);
                entity_change(change, entity)
            });
            let mut set = change_set(&set, told.collect());
            if !self.is_whole(&index) {
                set.keep_existing();
            }
            if set.total() > 0 {
                items.push(set);
            }
        }
        Ok(CatalogChanges { before, items })
    }

    /// What of the catalog concerns a visitor.
    ///
    /// # Errors
    /// [`CatalogError::Store`], [`CatalogError::Denied`].
    pub async fn home(&self, who: &Principal, query: &HomeQuery) -> Result<CatalogHome, CatalogError> {
        let mut home = self.reading(who)?.home(query);
        for problem in &mut home.problems {
            self.locate(std::slice::from_mut(&mut problem.problem)).await?;
        }
        let lately = ListChanges { limit: Some(CatalogHome::MAX_CHANGES), before: None };
        home.changes = self.list_changes(who, &lately).await?.items;
        Ok(home)
    }
}

fn change_set(set: &StoredChangeSet, entities: Vec<EntityChange>) -> ChangeSet {
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    ChangeSet {
        version: set.version,
        changed_at: changed_at(set.changed_at),
        added: count(set.added),
        changed: count(set.changed),
        removed: count(set.removed),
        entities,
    }
}
