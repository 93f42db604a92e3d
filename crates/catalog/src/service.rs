//! The catalog behind its gate.

use std::sync::Arc;

use access::{Action, Authoriser, Denied, Principal};
use bytes::Bytes;
use model::{
    catalog::{
        EntitiesQuery, EntityList, EntityOverview, Facets, FacetsQuery, ListEntities, NearEntities, OrderField,
        Problem, ProblemList, ProblemsQuery,
    },
    entity_ref::{EntityRef, ParseRefError},
    filter::EntityFilter,
};
use tokio::sync::watch;

use crate::{
    engine::ChangeSink,
    index::{Index, QueryError, RawPage},
    stored::{Changes, StoredEntity},
};

/// Why the catalog does not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CatalogError {
    /// There is no such entity.
    #[error("No entity named '{}' found, with kind '{}' in namespace '{}'", .0.name, .0.kind, .0.namespace)]
    NotFound(EntityRef),
    /// What was asked is no question.
    #[error(transparent)]
    InvalidQuery(#[from] QueryError),
    /// A ref is none.
    #[error(transparent)]
    InvalidRef(#[from] ParseRefError),
    /// Whoever asks may not.
    #[error(transparent)]
    Denied(#[from] Denied),
}

/// The index behind its authoriser: each call names who asks and is decided before it is answered. Cheap to clone.
#[derive(Clone)]
pub struct AuthorisedCatalog {
    index: Arc<Index>,
    authoriser: Arc<dyn Authoriser>,
}

impl AuthorisedCatalog {
    /// Puts the gate before the index.
    pub fn new(index: Arc<Index>, authoriser: Arc<dyn Authoriser>) -> Self {
        Self { index, authoriser }
    }

    /// The gate of everything that reads.
    fn reading(&self, who: &Principal) -> Result<&Index, CatalogError> {
        self.authoriser.check(who, Action::ReadEntities)?;
        Ok(&self.index)
    }

    /// One entity as JSON, by its ref in any case.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`], [`CatalogError::Denied`].
    pub fn entity(&self, who: &Principal, entity_ref: &EntityRef) -> Result<Bytes, CatalogError> {
        self.reading(who)?.entity(entity_ref).ok_or_else(|| CatalogError::NotFound(entity_ref.clone()))
    }

    /// See [`Index::by_refs`].
    ///
    /// # Errors
    /// [`CatalogError::Denied`].
    pub fn by_refs(
        &self,
        who: &Principal,
        refs: &[String],
        filter: &EntityFilter,
        fields: &[String],
    ) -> Result<Vec<Option<Bytes>>, CatalogError> {
        Ok(self.reading(who)?.by_refs(refs, filter, fields))
    }

    /// See [`Index::query`].
    ///
    /// # Errors
    /// [`CatalogError::InvalidQuery`], [`CatalogError::Denied`].
    pub fn query(&self, who: &Principal, query: &EntitiesQuery) -> Result<RawPage, CatalogError> {
        Ok(self.reading(who)?.query(query)?)
    }

    /// See [`Index::entities`].
    ///
    /// # Errors
    /// [`CatalogError::Denied`].
    pub fn entities(
        &self,
        who: &Principal,
        filter: &EntityFilter,
        fields: &[String],
        order: &[OrderField],
        offset: usize,
        limit: Option<usize>,
    ) -> Result<(Vec<Bytes>, bool), CatalogError> {
        Ok(self.reading(who)?.entities(filter, fields, order, offset, limit))
    }

    /// See [`Index::facets`].
    ///
    /// # Errors
    /// [`CatalogError::Denied`].
    pub fn facets(&self, who: &Principal, query: &FacetsQuery) -> Result<Facets, CatalogError> {
        Ok(self.reading(who)?.facets(query))
    }

    /// See [`Index::list`].
    ///
    /// # Errors
    /// [`CatalogError::Denied`].
    pub fn list(&self, who: &Principal, list: &ListEntities) -> Result<EntityList, CatalogError> {
        Ok(self.reading(who)?.list(list))
    }

    /// See [`Index::overview`].
    ///
    /// # Errors
    /// [`CatalogError::NotFound`], [`CatalogError::Denied`].
    pub fn overview(&self, who: &Principal, entity_ref: &EntityRef) -> Result<EntityOverview, CatalogError> {
        self.reading(who)?.overview(entity_ref).ok_or_else(|| CatalogError::NotFound(entity_ref.clone()))
    }

    /// See [`Index::near`].
    ///
    /// # Errors
    /// [`CatalogError::Denied`].
    pub fn near(&self, who: &Principal, entity_ref: &EntityRef) -> Result<NearEntities, CatalogError> {
        Ok(self.reading(who)?.near(entity_ref))
    }

    /// See [`Index::problems`].
    ///
    /// # Errors
    /// [`CatalogError::InvalidRef`], [`CatalogError::Denied`].
    pub fn problems(&self, who: &Principal, query: &ProblemsQuery) -> Result<ProblemList, CatalogError> {
        Ok(self.reading(who)?.problems(query)?)
    }

    /// The revision of the database that is shown.
    pub fn revision(&self) -> i64 {
        self.index.revision()
    }

    /// Tells each new revision.
    pub fn changes(&self) -> watch::Receiver<i64> {
        self.index.changes()
    }
}

impl ChangeSink for Index {
    fn load(&self, entities: Vec<StoredEntity>, unattached: Vec<Problem>, revision: i64) {
        Self::load(self, entities, unattached, revision);
    }

    fn apply(&self, changes: Changes) {
        Self::apply(self, changes);
    }
}
