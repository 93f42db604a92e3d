//! The catalog in the database: what is stored, what differs from what the sources say, and the writing of it.

mod changes;
mod locations;
mod orphans;
mod plan;
mod provenance;
mod pushed;
mod statements;
mod versions;

use std::{collections::HashSet, sync::Arc};

use futures::TryStreamExt as _;
use model::catalog::Problem;
use serde_json::Value;
use storage::{Database, StorageError, WriteTransaction};
use uuid::Uuid;

pub use self::{
    changes::{StoredChange, StoredChangeSet},
    locations::RegisteredLocation,
    orphans::OrphanStrategy,
    provenance::StoredOrigin,
    pushed::PushedSource,
    versions::{KEPT_VERSIONS, StoredVersion},
};
use self::{
    plan::{Plan, Upsert, plan},
    statements::{stored_bodies, write_deletions, write_entities, write_unattached, written_revision},
    versions::{archive, prune},
};
use crate::{
    processing::{self, Body, BodyHash},
    provenance::hash_of,
    source::{Known, KnownEntity, Reading},
    stored::{Changes, StoredEntity},
};

/// The tables `catalog_*`.
#[derive(Clone)]
pub struct CatalogStore {
    database: Database,
    orphans: OrphanStrategy,
}

/// Why the store did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database failed.
    #[error("{0}")]
    Database(String),
    /// A row holds what this version of Callboard can't read.
    #[error("table `{table}` holds a row of `{key}` that can not be read: {cause}")]
    Unreadable {
        /// Which table.
        table: &'static str,
        /// Its primary key.
        key: String,
        /// Why.
        cause: String,
    },
}

impl From<StorageError> for StoreError {
    fn from(error: StorageError) -> Self {
        Self::Database(error.to_string())
    }
}

/// All that is stored.
#[derive(Debug, Default)]
pub struct Loaded {
    /// Entities in the order of their refs.
    pub entities: Vec<StoredEntity>,
    /// Problems that belong to no entity.
    pub unattached: Vec<Problem>,
    /// The change counter before all this was read: what others wrote meanwhile may be among it, and is told again by
    /// [`CatalogStore::changes_since`].
    pub revision: i64,
    /// The same without bodies.
    pub known: Known,
}

/// What became of an attempt to store what the sources say.
#[derive(Debug)]
pub enum Synced {
    /// It is stored; here is what changed, if anything did.
    Done(Changes),
    /// Somebody else has written since; what is known has been read again, and the sources have to be compared with it.
    Stale,
    /// Nothing was written: files at these locations must be read again, because entities in them have come into force
    /// without having changed.
    NeedsBodies(Vec<String>),
}

type Row = (String, String, String, String, String, String, String, String, String);

impl CatalogStore {
    /// The store in a database with all tables; orphans are removed.
    pub fn new(database: Database) -> Self {
        Self { database, orphans: OrphanStrategy::default() }
    }

    /// The database itself.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Reads everything.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn load(&self) -> Result<Loaded, StoreError> {
        self.load_since(0).await
    }

    /// Entities that were written after a revision, all unattached problems, and the revision of it all.
    async fn load_since(&self, revision: i64) -> Result<Loaded, StoreError> {
        let failed = |cause| StoreError::from(self.database.failed(cause));
        // The counters first: what others write meanwhile is then read twice, not missed.
        let now = self.database.revision().await?;
        let mut connection = self.database.reader().acquire().await.map_err(failed)?;
        let written = written_revision(&mut connection).await.map_err(failed)?;
        let mut rows = sqlx::query_as::<_, Row>(
            "SELECT entity_ref, uid, source, location, parent, body_hash, body, places, problems FROM catalog_entities \
             WHERE revision > $1 ORDER BY entity_ref",
        )
        .bind(revision)
        .fetch(&mut *connection);
        let mut loaded = Loaded { revision: now, ..Loaded::default() };
        loaded.known.revision = written;
        let mut shared = HashSet::new();
        // One after the other, so that the database reads the next while this one is looked at.
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            let (entity_ref, uid, source, location, parent, body_hash, body, places, problems) = row;
            let [source, location, parent] = [source, location, parent].map(|text| share(&mut shared, text));
            let body_hash: BodyHash =
                body_hash.parse().map_err(|error| unreadable("catalog_entities", &entity_ref, &error))?;
            let targets = location_targets(&entity_ref, &body)?;
            let parsed = parse_problems("catalog_entities", &entity_ref, &problems)?;
            let places_hash = hash_of(&places);
            let known = KnownEntity {
                uid: uid.parse().map_err(|error| unreadable("catalog_entities", &entity_ref, &error))?,
                source,
                location,
                parent,
                body_hash,
                places_hash,
                problems: problems.into(),
                targets,
            };
            loaded.known.entities.insert(entity_ref.clone(), known);
            loaded.entities.push(StoredEntity { entity_ref, uid, body, problems: parsed });
        }
        drop(rows);
        let unattached: Vec<(String, String)> =
            sqlx::query_as("SELECT source, problems FROM catalog_unattached_problems ORDER BY source")
                .fetch_all(&mut *connection)
                .await
                .map_err(failed)?;
        for (source, problems) in unattached {
            loaded.unattached.extend(parse_problems("catalog_unattached_problems", &source, &problems)?);
            loaded.known.unattached.insert(source, problems);
        }
        Ok(loaded)
    }

    /// What other processes have written after a revision. Removals are the later ones where a ref is in both lists.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn changes_since(&self, revision: i64) -> Result<Changes, StoreError> {
        let failed = |cause| StoreError::from(self.database.failed(cause));
        let loaded = self.load_since(revision).await?;
        let removed: Vec<String> =
            sqlx::query_scalar("SELECT entity_ref FROM catalog_deletions WHERE revision > $1 ORDER BY entity_ref")
                .bind(revision)
                .fetch_all(self.database.reader())
                .await
                .map_err(failed)?;
        let problems_changed: i64 =
            sqlx::query_scalar("SELECT count(*) FROM catalog_unattached_problems WHERE revision > $1")
                .bind(revision)
                .fetch_one(self.database.reader())
                .await
                .map_err(failed)?;
        Ok(Changes {
            revision: loaded.revision,
            upserted: loaded.entities,
            removed,
            unattached_problems: (problems_changed > 0).then_some(loaded.unattached),
        })
    }

    /// The `Location`s that led to an entity, the nearest first; none where there is no such entity.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn ancestors(&self, entity_ref: &str) -> Result<Vec<String>, StoreError> {
        let failed = |cause| StoreError::from(self.database.failed(cause));
        let mut ancestors: Vec<String> = Vec::new();
        loop {
            let child = ancestors.last().map_or(entity_ref, String::as_str);
            let parent: Option<String> =
                sqlx::query_scalar("SELECT parent FROM catalog_entities WHERE entity_ref = $1")
                    .bind(child)
                    .fetch_optional(self.database.reader())
                    .await
                    .map_err(failed)?;
            // Each was read before what it leads to, so none is its own ancestor; but others may write into the database.
            match parent.filter(|parent| !parent.is_empty() && !ancestors.contains(parent)) {
                Some(parent) => ancestors.push(parent),
                None => return Ok(ancestors),
            }
        }
    }

    /// Stores what all sources say, writing only what differs, in one transaction. Sources that are not among the
    /// readings are gone; what nobody leads to any more is an orphan, see [`OrphanStrategy`].
    ///
    /// An entity that two files define belongs to the one that has it already; among new ones to the first in the order
    /// of the sources, then of the paths. The other definition becomes a problem of the entity, and of the `Location` that led to it.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was written.
    pub async fn sync(&self, known: &mut Known, readings: Vec<Reading>) -> Result<Synced, StoreError> {
        let failed = |cause| StoreError::from(self.database.failed(cause));
        let mut plan = match plan(known, readings) {
            Ok(plan) => plan,
            Err(locations) => return Ok(Synced::NeedsBodies(locations)),
        };
        self.keep_orphans(known, &mut plan).await?;
        if plan.is_empty() {
            return Ok(Synced::Done(Changes { revision: known.revision, ..Changes::default() }));
        }
        let mut transaction = self.database.begin_write().await?;
        let revision = transaction.next_revision().await?;
        if written_revision(transaction.connection()).await.map_err(failed)? != known.revision {
            drop(transaction);
            *known = self.load().await?.known;
            return Ok(Synced::Stale);
        }
        let changes = self.write(&mut transaction, &plan, known, revision).await?;
        transaction.commit().await?;
        remember(known, plan, &changes);
        Ok(Synced::Done(changes))
    }

    /// Takes an entity out, until a source says again that it is there.
    ///
    /// # Errors
    /// [`StoreError`]; then it is still there.
    pub async fn remove(&self, known: &mut Known, entity_ref: &str) -> Result<Changes, StoreError> {
        let failed = |cause| StoreError::from(self.database.failed(cause));
        let removed = vec![entity_ref.to_owned()];
        let mut transaction = self.database.begin_write().await?;
        let revision = transaction.next_revision().await?;
        let is_current = written_revision(transaction.connection()).await.map_err(failed)? == known.revision;
        write_deletions(transaction.connection(), &removed, revision).await.map_err(failed)?;
        changes::note(transaction.connection(), revision, 0, 0, removed.len()).await.map_err(failed)?;
        transaction.commit().await?;
        known.entities.remove(entity_ref);
        if is_current {
            // Otherwise the next sync finds that somebody else has written.
            known.revision = revision;
        }
        Ok(Changes { revision, removed, ..Changes::default() })
    }

    async fn write(
        &self,
        transaction: &mut WriteTransaction,
        plan: &Plan,
        known: &Known,
        revision: i64,
    ) -> Result<Changes, StoreError> {
        let failed = |cause| StoreError::from(self.database.failed(cause));
        let connection = transaction.connection();
        let mut bodies = stored_bodies(connection, plan).await.map_err(failed)?;
        let row = |upsert: &Upsert| {
            let body = upsert.body.as_deref().cloned().or_else(|| bodies.remove(&upsert.entity_ref));
            let Body { json, places, commit } = body.unwrap_or_default();
            let uid = known.entities.get(&upsert.entity_ref).map(|known| known.uid);
            let stored = StoredEntity {
                entity_ref: upsert.entity_ref.clone(),
                uid: uid.unwrap_or_else(Uuid::now_v7).to_string(),
                body: json,
                problems: upsert.problems.clone(),
            };
            (stored, (places, commit))
        };
        let (upserted, origins): (Vec<_>, Vec<_>) = plan.upserts.iter().map(row).unzip();
        let replaced: Vec<&str> = plan
            .upserts
            .iter()
            .filter(|upsert| known.entities.get(&upsert.entity_ref).is_some_and(|k| k.body_hash != upsert.body_hash))
            .map(|upsert| upsert.entity_ref.as_str())
            .collect();
        archive(connection, &replaced).await.map_err(failed)?;
        prune(connection, &replaced).await.map_err(failed)?;
        write_entities(connection, &plan.upserts, &upserted, &origins, revision).await.map_err(failed)?;
        write_deletions(connection, &plan.removed, revision).await.map_err(failed)?;
        write_unattached(connection, &plan.unattached, revision).await.map_err(failed)?;
        let added = plan.upserts.iter().filter(|upsert| !known.entities.contains_key(&upsert.entity_ref)).count();
        changes::note(connection, revision, added, replaced.len(), plan.removed.len()).await.map_err(failed)?;
        let unattached_problems = if plan.unattached.is_empty() {
            None
        } else {
            let mut by_source: Vec<_> =
                known.unattached.iter().map(|(source, p)| (source.as_str(), p.as_str())).collect();
            by_source.retain(|(source, _)| !plan.unattached.contains_key(*source));
            by_source.extend(plan.unattached.iter().map(|(source, p)| (source.as_str(), p.as_str())));
            by_source.sort_unstable();
            let parsed = by_source.into_iter().map(|(s, p)| parse_problems("catalog_unattached_problems", s, p));
            Some(parsed.collect::<Result<Vec<_>, _>>()?.concat())
        };
        Ok(Changes { revision, upserted, removed: plan.removed.clone(), unattached_problems })
    }
}

/// Brings what is known in line with what has just been written.
fn remember(known: &mut Known, plan: Plan, changes: &Changes) {
    known.revision = changes.revision;
    for (upsert, stored) in plan.upserts.into_iter().zip(&changes.upserted) {
        let entity = KnownEntity {
            uid: stored.uid.parse().expect("it was made when the row was"),
            source: upsert.source,
            location: upsert.location,
            parent: upsert.parent,
            body_hash: upsert.body_hash,
            places_hash: upsert.places_hash,
            problems: upsert.problems_json.into(),
            targets: location_targets(&stored.entity_ref, &stored.body).unwrap_or_default(),
        };
        known.entities.insert(upsert.entity_ref, entity);
    }
    for entity_ref in &plan.removed {
        known.entities.remove(entity_ref);
    }
    known.unattached.extend(plan.unattached);
}

fn location_targets(entity_ref: &str, body: &str) -> Result<Option<Box<processing::LocationTargets>>, StoreError> {
    if !entity_ref.starts_with("location:") {
        return Ok(None);
    }
    let entity: Value =
        serde_json::from_str(body).map_err(|error| unreadable("catalog_entities", entity_ref, &error))?;
    Ok(processing::targets(&entity))
}

fn parse_problems(table: &'static str, key: &str, text: &str) -> Result<Vec<Problem>, StoreError> {
    serde_json::from_str(text).map_err(|error| unreadable(table, key, &error))
}

/// The text, once for all that have it.
fn share(shared: &mut HashSet<Arc<str>>, text: String) -> Arc<str> {
    if let Some(known) = shared.get(text.as_str()) {
        return Arc::clone(known);
    }
    let new: Arc<str> = text.into();
    shared.insert(Arc::clone(&new));
    new
}

fn unreadable(table: &'static str, key: &str, error: &dyn std::error::Error) -> StoreError {
    StoreError::Unreadable { table, key: key.to_owned(), cause: error.to_string() }
}

#[cfg(test)]
mod tests;
