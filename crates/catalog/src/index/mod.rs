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
mod grouped;
mod home;
mod list;
mod order;
mod organization;
mod overview;
mod parallel;
mod posting;
mod predicate;
mod problem_groups;
mod query;
mod removal;
mod search;
mod sections;
mod seen;
mod segment;
mod snapshot;
mod stitch;
mod update;
mod veil;

#[cfg(test)]
mod pages_tests;
#[cfg(test)]
mod seen_tests;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use model::catalog::{Problem, RowRef};
use roaring::RoaringBitmap;
use serde_json::Value;
use tokio::sync::watch;

use self::{
    builder::Builder,
    seen::SeenBy,
    segment::{Document, Segment},
    snapshot::Snapshot,
    stitch::{Relations, stitch},
    update::Update,
};
use crate::{
    kinds::KindRegistry,
    stored::{Changes, StoredEntity},
};

pub use self::{
    list::Rows,
    query::{QueryError, RawPage},
};

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
    seen: SeenBy,
}

impl Index {
    /// An empty index.
    pub fn new(kinds: Arc<KindRegistry>) -> Self {
        let empty = || Arc::new(Segment::build(Vec::new()));
        let snapshot = Snapshot::new(empty(), empty(), RoaringBitmap::new(), Arc::default(), 0);
        Self {
            kinds,
            current: ArcSwap::from_pointee(snapshot),
            writer: Mutex::default(),
            revision: watch::Sender::new(0),
            seen: SeenBy::default(),
        }
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

    /// What a page needs to name an entity, by its canonical ref.
    pub(crate) fn row_ref(&self, entity_ref: &str) -> RowRef {
        self.current.load().row_ref(entity_ref)
    }

    /// Replaces everything. Takes some 30 µs an entity.
    pub fn load(&self, entities: Vec<StoredEntity>, unattached: Vec<Problem>, revision: i64) {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        self.replace(entities, Arc::new(unattached), revision);
    }

    fn replace(&self, entities: Vec<StoredEntity>, unattached: Arc<Vec<Problem>>, revision: i64) {
        let base = Arc::new(Builder::stitch_all(entities, &self.kinds));
        let delta = Arc::new(Segment::build(Vec::new()));
        self.publish(Snapshot::new(base, delta, RoaringBitmap::new(), unattached, revision));
    }

    /// Puts changes over what is there. Takes milliseconds; seconds now and then at 100,000 entities, when base and delta are
    /// merged, but only after the changes can be seen.
    pub fn apply(&self, mut changes: Changes) {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        if self.is_empty() {
            let known = || Arc::clone(&self.current.load().unattached);
            let unattached = changes.unattached_problems.map_or_else(known, Arc::new);
            return self.replace(changes.upserted, unattached, changes.revision);
        }
        changes.upserted.retain(|stored| parse(stored).is_some());
        let snapshot = Update::new(&self.current.load(), &self.kinds).apply(changes);
        let is_large = u64::from(snapshot.delta.len()) + snapshot.hidden.len()
            > MIN_DELTA.max(u64::from(snapshot.base.len()) / DELTA_SHARE);
        self.publish(snapshot);
        if is_large {
            self.current.store(Arc::new(merge(&self.current.load())));
            self.seen.outdate();
        }
    }

    fn publish(&self, snapshot: Snapshot) {
        let revision = snapshot.revision;
        self.current.store(Arc::new(snapshot));
        self.seen.outdate();
        self.revision.send_replace(revision);
    }
}

/// Reads the body of a stored entity. What is none is left out, and logged: somebody else wrote into the database.
fn parse(stored: &StoredEntity) -> Option<Value> {
    let entity = serde_json::from_str::<Value>(&stored.body).unwrap_or_default();
    let is_entity = entity["apiVersion"].is_string() && entity["kind"].is_string() && entity["metadata"].is_object();
    if !is_entity {
        tracing::error!(entity_ref = stored.entity_ref, "the database holds no readable entity under this ref");
    }
    is_entity.then_some(entity)
}

/// Stitches what [`parse`] has read.
fn document(stored: StoredEntity, relations: &Relations) -> Document {
    let StoredEntity { entity_ref, uid, body, problems } = stored;
    let json = stitch(&body, &uid, relations, &problems).expect("the body has been parsed as an entity");
    Document { entity_ref, json, problems }
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
