//! The catalog behind its gate.

mod changes;
mod locations;
mod previews;
mod provenance;
mod pushed;
mod pushes;
mod removal;
mod validation;

pub use self::removal::Unregistered;

use std::{sync::Arc, time::Duration};

use access::{Action, Authoriser, Denied, Principal, Readable, Resource};
use bytes::Bytes;
use model::{
    catalog::{
        CatalogSource, CatalogSources, EntitiesQuery, EntityList, EntityMatches, EntityOverview, EntityVersions,
        FacetValue, Facets, FacetsQuery, GetOrganization, ListEntities, ListProblems, NearEntities, OrderField,
        Organization, Problem, ProblemGroups, ProblemList, ProblemsQuery, RecentChange,
    },
    entity::annotations::ORPHAN,
    entity_ref::{EntityRef, ParseRefError},
    filter::EntityFilter,
};
use serde_json::Value;
use tokio::sync::{Semaphore, watch};

use crate::{
    engine::{ChangeSink, EngineHandle, EngineStopped},
    history::{in_words, told},
    index::{Index, QueryError, RawPage},
    preview::Previewer,
    processing::validate_entity,
    store::{CatalogStore, StoreError},
    stored::{Changes, StoredEntity},
};

/// How long an overview waits for what changed: all else comes from memory, and is there without a database.
const CHANGES_TIMEOUT: Duration = Duration::from_millis(500);

/// An entity in the line of those that led to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Ancestor {
    /// As JSON.
    pub entity: Bytes,
    /// Canonical ref of the `Location` that led to it.
    pub parent: Option<String>,
}

/// Why the catalog does not answer.
#[derive(Debug, thiserror::Error)]
pub enum CatalogError {
    /// There is no such entity.
    #[error("No entity named '{}' found, with kind '{}' in namespace '{}'", .0.name, .0.kind, .0.namespace)]
    NotFound(EntityRef),
    /// There is no such registered location.
    #[error("Found no location {0}")]
    NoLocation(String),
    /// It is registered already.
    #[error("Location {0} already exists")]
    LocationExists(String),
    /// It can't be registered, and why.
    #[error("{0}")]
    InvalidLocation(String),
    /// Entities can't be pushed, and why: one text a fault.
    #[error("nothing was pushed: {}", .0.join("; "))]
    InvalidPush(Vec<String>),
    /// There is no such pushed source.
    #[error("no source `{0}` was pushed")]
    NoSource(String),
    /// Somebody else pushed the source first.
    #[error("the source `{source_name}` belongs to `{owner}`; push under another name, or ask them")]
    NotOwner {
        /// Its name.
        source_name: String,
        /// Who pushed it first.
        owner: String,
    },
    /// The source is not as the push expected it.
    #[error("the source `{0}` has changed meanwhile; read it again, then push")]
    SourceChanged(String),
    /// `catalog.readonly` is set.
    #[error("locations are not registered here, because `catalog.readonly` is set")]
    ReadOnly,
    /// What was asked is no question.
    #[error(transparent)]
    InvalidQuery(#[from] QueryError),
    /// A ref is none.
    #[error(transparent)]
    InvalidRef(#[from] ParseRefError),
    /// Whoever asks may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The server is stopping.
    #[error(transparent)]
    Stopped(#[from] EngineStopped),
}

/// What the catalog consists of.
pub struct CatalogParts {
    /// What is read.
    pub index: Arc<Index>,
    /// What is too rare to be in the index.
    pub store: CatalogStore,
    /// What reads the sources.
    pub engine: EngineHandle,
    /// Reads what is not in the catalog.
    pub previewer: Previewer,
    /// `catalog.readonly`: locations are not registered by API.
    pub is_read_only: bool,
}

/// The catalog behind its authoriser: each call names who asks and is decided before it is answered. Cheap to clone.
#[derive(Clone)]
pub struct AuthorisedCatalog {
    index: Arc<Index>,
    store: CatalogStore,
    engine: EngineHandle,
    previewer: Previewer,
    is_read_only: bool,
    authoriser: Arc<dyn Authoriser>,
    /// Bounds how many texts are validated at one time.
    validations: Arc<Semaphore>,
}

impl AuthorisedCatalog {
    /// Puts the gate before what is read and what is asked of the engine.
    pub fn new(parts: CatalogParts, authoriser: Arc<dyn Authoriser>) -> Self {
        let CatalogParts { index, store, engine, previewer, is_read_only } = parts;
        Self { index, store, engine, previewer, is_read_only, authoriser, validations: validation::turns() }
    }

    /// Canonical refs of the users with a value at a path, without a gate: it is asked to find out who somebody is, and never told to them.
    pub fn users_with(&self, path: &str, value: &str) -> Vec<String> {
        self.index.refs_with(&[("kind", "user"), (path, value)])
    }

    /// Those of some canonical refs that they may see, in their order; none where they may see nothing.
    pub fn visible(&self, who: &Principal, refs: &[String]) -> Vec<String> {
        self.reading(who).map_or_else(|_| Vec::new(), |index| index.existing(refs))
    }

    /// The gate of everything that reads: the index of what they may see.
    fn reading(&self, who: &Principal) -> Result<Arc<Index>, CatalogError> {
        self.authoriser.check(who, Action::ReadEntities, Resource::Catalog)?;
        Ok(match self.authoriser.readable(who) {
            Readable::All => Arc::clone(&self.index),
            Readable::Only(rule) => self.index.seen_by(&*rule),
        })
    }

    /// True if an index is that of everything.
    fn is_whole(&self, index: &Arc<Index>) -> bool {
        Arc::ptr_eq(index, &self.index)
    }

    /// The gate of what acts on an entity. What one may not see is not there, rather than denied.
    fn acting(&self, who: &Principal, action: Action, entity_ref: &EntityRef) -> Result<Arc<Index>, CatalogError> {
        let index = self.reading(who)?;
        let facts = index.facts(entity_ref).ok_or_else(|| CatalogError::NotFound(entity_ref.clone()))?;
        self.authoriser.check(who, action, Resource::Entity(&facts))?;
        Ok(index)
    }

    /// The gate of what is about no single entity.
    fn check(&self, who: &Principal, action: Action) -> Result<(), CatalogError> {
        Ok(self.authoriser.check(who, action, Resource::Catalog)?)
    }

    /// One entity as JSON, by its ref in any case.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`], [`CatalogError::Denied`].
    pub fn entity(&self, who: &Principal, entity_ref: &EntityRef) -> Result<Bytes, CatalogError> {
        self.reading(who)?.entity(entity_ref).ok_or_else(|| CatalogError::NotFound(entity_ref.clone()))
    }

    /// One entity as JSON, by its uid; `None` where there is none.
    ///
    /// # Errors
    /// [`CatalogError::Denied`].
    pub fn entity_by_uid(&self, who: &Principal, uid: &str) -> Result<Option<Bytes>, CatalogError> {
        let index = self.reading(who)?;
        let entity_ref = index.ref_of_uid(uid).and_then(|entity_ref| EntityRef::parse_full(&entity_ref).ok());
        Ok(entity_ref.and_then(|entity_ref| index.entity(&entity_ref)))
    }

    /// The ref of an entity, by its uid.
    ///
    /// # Errors
    /// [`CatalogError::Denied`].
    pub fn ref_of_uid(&self, who: &Principal, uid: &str) -> Result<Option<String>, CatalogError> {
        Ok(self.reading(who)?.ref_of_uid(uid))
    }

    /// Takes an entity out of the catalog, by its uid; nothing happens where there is none. It comes back when the source that defines
    /// it is next read.
    ///
    /// # Errors
    /// [`CatalogError::Store`], [`CatalogError::Stopped`], [`CatalogError::Denied`].
    pub async fn delete_by_uid(&self, who: &Principal, uid: &str) -> Result<(), CatalogError> {
        if let Some(entity_ref) = self.reading(who)?.ref_of_uid(uid) {
            self.acting(who, Action::DeleteEntities, &EntityRef::parse_full(&entity_ref)?)?;
            self.engine.delete(&entity_ref).await??;
        }
        Ok(())
    }

    /// Has the source of an entity read again, soon.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`], [`CatalogError::Stopped`], [`CatalogError::Denied`].
    pub async fn refresh(&self, who: &Principal, entity_ref: &EntityRef) -> Result<(), CatalogError> {
        let index = self.acting(who, Action::RefreshEntities, entity_ref)?;
        let location = index.location(entity_ref).ok_or_else(|| CatalogError::NotFound(entity_ref.clone()))?;
        Ok(self.engine.refresh(vec![location.into()]).await?)
    }

    /// The entity and the `Location`s that led to it as JSON, the nearest first, each with the ref of its own parent.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`], [`CatalogError::Store`], [`CatalogError::Denied`].
    pub async fn ancestry(&self, who: &Principal, entity_ref: &EntityRef) -> Result<Vec<Ancestor>, CatalogError> {
        let entity = self.entity(who, entity_ref)?;
        let mut line = vec![entity_ref.canonical()];
        line.extend(self.store.ancestors(&line[0]).await?);
        let parent = |at: usize| line.get(at + 1).cloned();
        let mut ancestry = vec![Ancestor { entity, parent: parent(0) }];
        for (at, ancestor) in line.iter().enumerate().skip(1) {
            // One that has just gone ends the line.
            let Ok(entity) = self.entity(who, &EntityRef::parse_full(ancestor)?) else { break };
            ancestry.push(Ancestor { entity, parent: parent(at) });
        }
        Ok(ancestry)
    }

    /// Everything that is wrong with an entity, as JSON.
    ///
    /// # Errors
    /// [`CatalogError::Denied`].
    pub fn validate(&self, who: &Principal, entity: &Value) -> Result<Vec<Problem>, CatalogError> {
        self.check(who, Action::ValidateEntities)?;
        Ok(validate_entity(&self.previewer.kinds, &self.previewer.limits, entity))
    }

    /// Where entities come from, and how that goes.
    ///
    /// # Errors
    /// [`CatalogError::Denied`].
    pub fn sources(&self, who: &Principal) -> Result<CatalogSources, CatalogError> {
        self.check(who, Action::ReadLocations)?;
        let states = self.engine.sources();
        let is_read_here = states.is_some();
        let counted = || {
            let source =
                |FacetValue { value, count }| CatalogSource { source: value, entities: count, ..Default::default() };
            self.index.sources().into_iter().map(source).collect()
        };
        let mut items = states.unwrap_or_else(counted);
        if let Some(index) = self.reading(who).ok().filter(|index| !self.is_whole(index)) {
            let seen = index.sources();
            for item in &mut items {
                let of_source = seen.iter().find(|value| value.value == item.source);
                item.entities = of_source.map_or(0, |value| value.count);
            }
        }
        Ok(CatalogSources { is_read_here, items, hosts: self.previewer.hosts.states() })
    }

    /// Has a source read again, soon, as [`AuthorisedCatalog::sources`] names it; all of them where none is named. A dry run only says
    /// whether it can be.
    ///
    /// # Errors
    /// [`CatalogError::NoLocation`] if there is no such source, [`CatalogError::Stopped`], [`CatalogError::Denied`].
    pub async fn refresh_source(
        &self,
        who: &Principal,
        source: Option<&str>,
        is_dry_run: bool,
    ) -> Result<(), CatalogError> {
        self.check(who, Action::RefreshEntities)?;
        let mut sources: Vec<String> = self.sources(who)?.items.into_iter().map(|known| known.source).collect();
        if let Some(source) = source {
            sources.retain(|known| known == source);
            if sources.is_empty() {
                return Err(CatalogError::NoLocation(format!("`{source}` among the sources of the catalog")));
            }
        }
        if is_dry_run {
            return Ok(());
        }
        Ok(self.engine.refresh(sources.into_iter().map(Into::into).collect()).await?)
    }

    /// The last versions of an entity, by its ref in any case; also of one that is gone.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`] if there never was one, [`CatalogError::Store`], [`CatalogError::Denied`].
    pub async fn versions(&self, who: &Principal, entity_ref: &EntityRef) -> Result<EntityVersions, CatalogError> {
        self.check_versions(who, entity_ref)?;
        let versions = self.store.versions(&entity_ref.canonical()).await?;
        if versions.is_empty() {
            return Err(CatalogError::NotFound(entity_ref.clone()));
        }
        Ok(EntityVersions { items: told(&versions) })
    }

    /// An entity as JSON, as it was in one of its versions; `None` where it is not kept.
    ///
    /// # Errors
    /// [`CatalogError::Store`], [`CatalogError::Denied`].
    pub async fn version(
        &self,
        who: &Principal,
        entity_ref: &EntityRef,
        version: i64,
    ) -> Result<Option<String>, CatalogError> {
        self.check_versions(who, entity_ref)?;
        let versions = self.store.versions(&entity_ref.canonical()).await?;
        Ok(versions.into_iter().find(|known| known.version == version).and_then(|known| known.body))
    }

    /// Of what is gone nobody knows whether they might have seen it; only who sees everything is told.
    fn check_versions(&self, who: &Principal, entity_ref: &EntityRef) -> Result<(), CatalogError> {
        let index = self.reading(who)?;
        if !self.is_whole(&index) && index.entity(entity_ref).is_none() {
            return Err(CatalogError::NotFound(entity_ref.clone()));
        }
        Ok(())
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
    /// [`CatalogError::InvalidQuery`], [`CatalogError::Denied`].
    pub fn facets(&self, who: &Principal, query: &FacetsQuery) -> Result<Facets, CatalogError> {
        Ok(self.reading(who)?.facets(query)?)
    }

    /// See [`Index::list`].
    ///
    /// # Errors
    /// [`CatalogError::Denied`].
    pub fn list(&self, who: &Principal, list: &ListEntities) -> Result<EntityList, CatalogError> {
        Ok(self.reading(who)?.list(list))
    }

    /// See [`Index::organization`].
    ///
    /// # Errors
    /// [`CatalogError::Denied`].
    pub fn organization(&self, who: &Principal, query: &GetOrganization) -> Result<Organization, CatalogError> {
        Ok(self.reading(who)?.organization(query))
    }

    /// See [`Index::overview`]; its problems say where they stand, and what changed is told where the database says so in time.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`], [`CatalogError::Store`], [`CatalogError::Denied`].
    pub async fn overview(&self, who: &Principal, entity_ref: &EntityRef) -> Result<EntityOverview, CatalogError> {
        let index = self.reading(who)?;
        let found = index.overview(entity_ref);
        let mut overview = found.ok_or_else(|| CatalogError::NotFound(entity_ref.clone()))?;
        self.tell_what_can_be_done(who, &index, entity_ref, &mut overview);
        self.locate(&mut overview.problems).await?;
        overview.changes = self.changes_of(entity_ref).await;
        Ok(overview)
    }

    fn tell_what_can_be_done(
        &self,
        who: &Principal,
        index: &Index,
        entity_ref: &EntityRef,
        overview: &mut EntityOverview,
    ) {
        let Some(facts) = index.facts(entity_ref) else { return };
        let entity = Resource::Entity(&facts);
        // Nothing leads to an orphan, so it is deleted; others go with their location.
        let is_orphan = overview.annotations.get(ORPHAN).is_some_and(|value| value == "true");
        let (delete, on) =
            if is_orphan { (Action::DeleteEntities, entity) } else { (Action::DeleteLocations, Resource::Catalog) };
        for (name, action, resource) in
            [(EntityOverview::REFRESH, Action::RefreshEntities, entity), (EntityOverview::DELETE, delete, on)]
        {
            match self.authoriser.check(who, action, resource) {
                Ok(()) => overview.can.push(name.to_owned()),
                Err(denied) => _ = overview.why_not.insert(name.to_owned(), denied.reason),
            }
        }
    }

    /// What changed last; nothing where the database does not say so.
    async fn changes_of(&self, entity_ref: &EntityRef) -> Vec<RecentChange> {
        let canonical = entity_ref.canonical();
        // One more, for what the oldest of them changed.
        let versions = self.store.recent_versions(&canonical, EntityOverview::MAX_CHANGES + 1);
        match tokio::time::timeout(CHANGES_TIMEOUT, versions).await {
            Ok(Ok(versions)) => in_words(&versions, EntityOverview::MAX_CHANGES),
            Ok(Err(error)) => {
                tracing::warn!(%error, entity_ref = canonical, "an overview does without what changed");
                Vec::new()
            }
            Err(_) => {
                tracing::warn!(entity_ref = canonical, "an overview does without what changed: the database is slow");
                Vec::new()
            }
        }
    }

    /// See [`Index::near`].
    ///
    /// # Errors
    /// [`CatalogError::Denied`].
    pub fn near(&self, who: &Principal, entity_ref: &EntityRef) -> Result<NearEntities, CatalogError> {
        Ok(self.reading(who)?.near(entity_ref))
    }

    /// See [`Index::problems`]; each says where it stands.
    ///
    /// # Errors
    /// [`CatalogError::InvalidRef`], [`CatalogError::Store`], [`CatalogError::Denied`].
    pub async fn problems(&self, who: &Principal, query: &ProblemsQuery) -> Result<ProblemList, CatalogError> {
        let mut problems = self.reading(who)?.problems(query)?;
        self.locate(&mut problems.items).await?;
        Ok(problems)
    }

    /// See [`Index::problem_groups`].
    ///
    /// # Errors
    /// [`CatalogError::Denied`].
    pub fn problem_groups(&self, who: &Principal, list: &ListProblems) -> Result<ProblemGroups, CatalogError> {
        Ok(self.reading(who)?.problem_groups(list))
    }

    /// See [`Index::search`].
    ///
    /// # Errors
    /// [`CatalogError::Denied`].
    pub fn search(&self, who: &Principal, query: &str, limit: usize) -> Result<EntityMatches, CatalogError> {
        Ok(self.reading(who)?.search(query, limit))
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
