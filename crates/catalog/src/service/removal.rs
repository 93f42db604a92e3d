//! Taking entities out of the catalog, with a look at what goes.

use access::{Action, Principal};
use model::{
    catalog::{EntityRemoval, Location, RemovalWay},
    entity_ref::EntityRef,
};

use super::{AuthorisedCatalog, CatalogError};
use crate::store::OrphanStrategy;

/// What became of the wish to unregister an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unregistered {
    /// Its location is not registered any more.
    Location,
    /// It is deleted: nothing had led to it.
    Entity,
    /// Nothing was done: something else would have gone than whoever asked had seen.
    Changed,
}

impl AuthorisedCatalog {
    /// How an entity may be taken out of the catalog, and what would go with it; its ref in any case.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`], [`CatalogError::Store`], [`CatalogError::Denied`].
    pub async fn removal(&self, who: &Principal, entity_ref: &EntityRef) -> Result<EntityRemoval, CatalogError> {
        let index = self.reading(who)?;
        let not_found = || CatalogError::NotFound(entity_ref.clone());
        if index.entity(entity_ref).is_none() {
            return Err(not_found());
        }
        let canonical = entity_ref.canonical();
        let origin = self.store.origins(&[&canonical]).await?.remove(&canonical).ok_or_else(not_found)?;
        let registered = self.locations(who).await?;
        let is_its = |location: &&Location| {
            origin.source.split_once(':') == Some((location.location_type.as_str(), location.target.as_str()))
        };
        let (way, key, going) = if index.is_orphan(entity_ref) {
            (RemovalWay::Entity, canonical, index.going_alone(entity_ref))
        } else if let Some(location) = registered.iter().find(is_its) {
            let going = index.going_with(&origin.source, &location.entity_ref);
            (RemovalWay::Location, location.id.clone(), going)
        } else if origin.source.starts_with("backstage:") {
            (RemovalWay::Backstage, String::new(), index.going_alone(entity_ref))
        } else {
            (RemovalWay::Configuration, String::new(), index.going_alone(entity_ref))
        };
        Ok(EntityRemoval {
            entity: index.row_ref(&entity_ref.canonical()),
            way,
            source: origin.source,
            key,
            is_read_only: self.is_read_only && way == RemovalWay::Location,
            keeps_orphans: self.store.orphan_strategy() == OrphanStrategy::Keep && way == RemovalWay::Location,
            goes: going.goes,
            goes_total: going.goes_total,
            dangling: going.dangling,
            dangling_total: going.dangling_total,
        })
    }

    /// Takes an entity out of the catalog: unregisters the location that it came in through, or deletes it where none leads to it any
    /// more. `key` is [`EntityRemoval::key`] of what whoever asks has seen.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`], [`CatalogError::ReadOnly`], [`CatalogError::Store`], [`CatalogError::Stopped`],
    /// [`CatalogError::Denied`].
    pub async fn unregister(
        &self,
        who: &Principal,
        entity_ref: &EntityRef,
        key: &str,
    ) -> Result<Unregistered, CatalogError> {
        let removal = self.removal(who, entity_ref).await?;
        match removal.way {
            _ if removal.key.is_empty() || removal.key != key => Ok(Unregistered::Changed),
            RemovalWay::Location => {
                self.delete_location(who, key).await?;
                Ok(Unregistered::Location)
            }
            _ => {
                self.acting(who, Action::DeleteEntities, entity_ref)?;
                self.engine.delete(key).await??;
                Ok(Unregistered::Entity)
            }
        }
    }
}
