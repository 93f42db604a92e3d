//! Makes the next snapshot out of the current one and what changed.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use model::entity::Relation;
use roaring::RoaringBitmap;
use serde_json::Value;

use super::{
    document,
    segment::{Document, Segment},
    snapshot::{Hit, Part, Snapshot},
    stitch::{Relations, unstitch},
};
use crate::{
    kinds::{Edge, KindRegistry},
    stored::{Changes, StoredEntity},
};

/// One pass over a set of changes.
///
/// Each relation is emitted by the entity at one of its ends, and always in both directions. So when an entity changes, only it and
/// the entities at the other end of relations that it gained or lost have to be stitched again.
pub(super) struct Update<'a> {
    snapshot: &'a Snapshot,
    kinds: &'a KindRegistry,
    /// Entities as they will be; `None` for those that go.
    next: HashMap<String, Option<Next>>,
}

struct Next {
    stored: StoredEntity,
    relations: Relations,
    /// Only its relations change.
    is_current: bool,
}

impl<'a> Update<'a> {
    pub(super) fn new(snapshot: &'a Snapshot, kinds: &'a KindRegistry) -> Self {
        Self { snapshot, kinds, next: HashMap::new() }
    }

    pub(super) fn apply(mut self, changes: Changes) -> Snapshot {
        let Changes { revision, upserted, removed, unattached_problems } = changes;
        let mut lost: HashSet<Edge> = HashSet::new();
        let mut gained: HashSet<Edge> = HashSet::new();
        for entity_ref in &removed {
            lost.extend(self.current_edges(entity_ref));
        }
        for stored in &upserted {
            lost.extend(self.current_edges(&stored.entity_ref));
            gained.extend(self.edges(stored.body.as_bytes()));
        }
        for entity_ref in removed {
            self.next.insert(entity_ref, None);
        }
        for stored in upserted {
            let entity_ref = stored.entity_ref.clone();
            let relations = match self.current(&entity_ref) {
                Some(current) => current.relations,
                None => self.relations_given_by_others(&entity_ref),
            };
            self.next.insert(entity_ref, Some(Next { stored, relations, is_current: false }));
        }
        for edge in lost.difference(&gained) {
            // The entity at the other end may say the same.
            if !self.still_emits(&edge.source_ref, edge) && !self.still_emits(&edge.target_ref, edge) {
                self.change_relations(&edge.source_ref, |relations| {
                    relations.remove(&relation(edge));
                });
            }
        }
        for edge in gained {
            self.change_relations(&edge.source_ref, |relations| {
                relations.insert(relation(&edge));
            });
        }
        let unattached = unattached_problems.map_or_else(|| Arc::clone(&self.snapshot.unattached), Arc::new);
        self.publish(revision, unattached)
    }

    fn publish(self, revision: i64, unattached: Arc<Vec<model::catalog::Problem>>) -> Snapshot {
        let Self { snapshot, next, .. } = self;
        let mut hidden: RoaringBitmap = (*snapshot.hidden).clone();
        let mut documents: Vec<Document> = (0..snapshot.delta.len())
            .filter(|doc| !next.contains_key(snapshot.delta.entity_ref(*doc)))
            .map(|doc| snapshot.delta.document(doc))
            .collect();
        for (entity_ref, next) in next {
            if let Some(doc) = snapshot.base.find(&entity_ref) {
                hidden.insert(doc);
            }
            documents.extend(next.map(|Next { stored, relations, .. }| document(stored, &relations)));
        }
        let delta = Arc::new(Segment::build(documents));
        Snapshot::new(Arc::clone(&snapshot.base), delta, hidden, unattached, revision)
    }

    /// The entity as it is now, taken apart.
    fn current(&self, entity_ref: &str) -> Option<Next> {
        let hit = self.snapshot.find(entity_ref)?;
        let document = self.snapshot.document(hit);
        let parts = unstitch(&document.json).expect("a stitched entity comes apart");
        let stored = StoredEntity {
            entity_ref: document.entity_ref,
            uid: parts.uid,
            body: parts.body,
            problems: document.problems,
        };
        Some(Next { stored, relations: parts.relations, is_current: true })
    }

    fn current_edges(&self, entity_ref: &str) -> Vec<Edge> {
        self.snapshot.find(entity_ref).map_or_else(Vec::new, |hit| self.edges(&self.snapshot.json(hit)))
    }

    fn edges(&self, json: &[u8]) -> Vec<Edge> {
        serde_json::from_slice::<Value>(json).map_or_else(|_| Vec::new(), |entity| self.kinds.relations(&entity))
    }

    /// True if the entity, as it will be, emits the edge itself.
    fn still_emits(&self, entity_ref: &str, edge: &Edge) -> bool {
        match self.next.get(entity_ref) {
            Some(None) => false,
            Some(Some(next)) if !next.is_current => self.edges(next.stored.body.as_bytes()).contains(edge),
            _ => self.current_edges(entity_ref).contains(edge),
        }
    }

    /// Changes the relations of an entity, if there is or will be one.
    fn change_relations(&mut self, entity_ref: &str, change: impl FnOnce(&mut Relations)) {
        if !self.next.contains_key(entity_ref) {
            let Some(current) = self.current(entity_ref) else { return };
            self.next.insert(entity_ref.to_owned(), Some(current));
        }
        if let Some(Some(next)) = self.next.get_mut(entity_ref) {
            change(&mut next.relations);
        }
    }

    /// Relations of an entity that is new, emitted by those that referred to it before it was there.
    fn relations_given_by_others(&self, entity_ref: &str) -> Relations {
        let mut relations = Relations::new();
        let value = [entity_ref.to_owned()];
        for part in [Part::Base, Part::Delta] {
            let segment = self.snapshot.segment(part);
            for key in segment.facts.keys.iter().filter(|key| key.name.starts_with("relations.")) {
                for doc in segment.having_any(&key.name, &value).iter() {
                    let hit = Hit { part, doc };
                    if part == Part::Base && self.snapshot.hidden.contains(doc) {
                        continue;
                    }
                    // What changes with it emits its edges anew.
                    if self.next.contains_key(segment.entity_ref(doc)) {
                        continue;
                    }
                    let edges = self.edges(&self.snapshot.json(hit));
                    relations.extend(edges.iter().filter(|edge| edge.source_ref == entity_ref).map(relation));
                }
            }
        }
        relations
    }
}

fn relation(edge: &Edge) -> Relation {
    Relation { relation_type: edge.relation_type.clone(), target_ref: edge.target_ref.clone() }
}
