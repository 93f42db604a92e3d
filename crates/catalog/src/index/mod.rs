//! The catalog in memory, from which everything is read.
//!
//! A [`snapshot::Snapshot`] is an immutable base, a small delta over it and the set of documents that the delta hides. Readers
//! load the current one without a lock; the one writer publishes a new delta a change, and makes a new base of both when the
//! delta has grown.

mod builder;
mod cursor;
mod facts;
mod fields;
mod findings;
mod list;
mod order;
mod posting;
mod query;
mod segment;
mod snapshot;
mod stitch;
mod update;

#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwap;
use model::{catalog::Problem, entity::Relation};
use roaring::RoaringBitmap;
use serde_json::Value;
use tokio::sync::watch;

use self::{
    segment::{Document, Segment},
    snapshot::Snapshot,
    stitch::{Relations, stitch},
    update::Update,
};
use crate::{
    kinds::KindRegistry,
    stored::{Changes, StoredEntity},
};

pub use self::query::{QueryError, RawPage};

/// Documents that the delta may have whatever the size of the base.
const MIN_DELTA: u64 = 1_000;

/// Part of the base's size that the delta may have.
const DELTA_SHARE: u64 = 20;

/// The catalog in memory.
pub struct Index {
    kinds: Arc<KindRegistry>,
    current: ArcSwap<Snapshot>,
    writer: Mutex<()>,
    revision: watch::Sender<i64>,
}

impl Index {
    /// An empty index.
    pub fn new(kinds: Arc<KindRegistry>) -> Self {
        let empty = || Arc::new(Segment::build(Vec::new()));
        let snapshot = Snapshot::new(empty(), empty(), RoaringBitmap::new(), Arc::default(), 0);
        Self { kinds, current: ArcSwap::from_pointee(snapshot), writer: Mutex::default(), revision: watch::Sender::new(0) }
    }

    /// The revision of the database that it shows.
    pub fn revision(&self) -> i64 {
        *self.revision.borrow()
    }

    /// Tells each new revision.
    pub fn changes(&self) -> watch::Receiver<i64> {
        self.revision.subscribe()
    }

    /// Entities in the index.
    pub fn len(&self) -> u64 {
        self.current.load().len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Replaces everything. Takes some 30 µs an entity.
    pub fn load(&self, entities: Vec<StoredEntity>, unattached: Vec<Problem>, revision: i64) {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut relations = self.relations_of_all(&entities);
        let documents = entities.into_iter().filter_map(|stored| {
            let relations = relations.remove(&stored.entity_ref).unwrap_or_default();
            document(stored, &relations)
        });
        let base = Arc::new(Segment::build(documents.collect()));
        let delta = Arc::new(Segment::build(Vec::new()));
        self.publish(Snapshot::new(base, delta, RoaringBitmap::new(), Arc::new(unattached), revision));
    }

    /// Puts changes over what is there. Takes milliseconds; seconds now and then at 100,000 entities, when base and delta are
    /// merged, but only after the changes can be seen.
    pub fn apply(&self, changes: Changes) {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = Update::new(&self.current.load(), &self.kinds).apply(changes);
        let is_large = u64::from(snapshot.delta.len()) + snapshot.hidden.len()
            > MIN_DELTA.max(u64::from(snapshot.base.len()) / DELTA_SHARE);
        self.publish(snapshot);
        if is_large {
            self.current.store(Arc::new(merge(&self.current.load())));
        }
    }

    fn publish(&self, snapshot: Snapshot) {
        let revision = snapshot.revision;
        self.current.store(Arc::new(snapshot));
        self.revision.send_replace(revision);
    }

    fn relations_of_all(&self, entities: &[StoredEntity]) -> HashMap<String, Relations> {
        let mut relations: HashMap<String, Relations> = HashMap::with_capacity(entities.len());
        for stored in entities {
            let Ok(entity) = serde_json::from_str::<Value>(&stored.body) else { continue };
            for edge in self.kinds.relations(&entity) {
                let relation = Relation { relation_type: edge.relation_type, target_ref: edge.target_ref };
                relations.entry(edge.source_ref).or_default().insert(relation);
            }
        }
        relations
    }
}

/// Stitches what the store keeps. What is no entity is left out, and logged: the store never holds such a thing.
fn document(stored: StoredEntity, relations: &Relations) -> Option<Document> {
    let StoredEntity { entity_ref, uid, body, problems } = stored;
    match stitch(&body, &uid, relations, &problems) {
        Ok(json) => Some(Document { entity_ref, json, problems }),
        Err(error) => {
            tracing::error!(entity_ref, %error, "the stored entity can't be read");
            None
        }
    }
}

/// The same state with all documents in the base.
fn merge(snapshot: &Snapshot) -> Snapshot {
    let all = snapshot.all();
    let documents = [snapshot::Part::Base, snapshot::Part::Delta]
        .into_iter()
        .flat_map(|part| all.of(part).iter().map(move |doc| snapshot.segment(part).document(doc)))
        .collect();
    let base = Arc::new(Segment::build(documents));
    let delta = Arc::new(Segment::build(Vec::new()));
    Snapshot::new(base, delta, RoaringBitmap::new(), Arc::clone(&snapshot.unattached), snapshot.revision)
}
