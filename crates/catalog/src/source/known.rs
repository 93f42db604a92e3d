use std::{collections::HashMap, sync::Arc};

use uuid::Uuid;

use crate::processing::{BodyHash, LocationTargets};

/// What is stored, without the bodies: what a scan needs to keep the last good version of what it can't read, and the
/// store to write only what differs.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The change counter when the catalog was last written.
    pub revision: i64,
    /// By canonical ref.
    pub entities: HashMap<String, KnownEntity>,
    /// Problems that belong to no entity, as JSON, by source.
    pub unattached: HashMap<String, String>,
}

/// A stored entity without its body. There are as many in memory as entities, so what several have alike is shared.
#[derive(Clone, Debug, PartialEq)]
pub struct KnownEntity {
    /// Stays while the entity is there.
    pub uid: Uuid,
    /// The configured location that it came in through, `type:target`.
    pub source: Arc<str>,
    /// The file that defines it, `type:target`.
    pub location: Arc<str>,
    /// The `Location` that led to it; empty for the one that stands for a source.
    pub parent: Arc<str>,
    /// Of the body.
    pub body_hash: BodyHash,
    /// [`hash_of`](crate::provenance::hash_of) the places of its values.
    pub places_hash: u64,
    /// As JSON.
    pub problems: Box<str>,
    /// Where it leads, if it is a `Location`.
    pub targets: Option<Box<LocationTargets>>,
}

impl Known {
    /// Entities of a source, with their refs.
    pub(super) fn of_source<'a>(&'a self, source: &'a str) -> impl Iterator<Item = (&'a str, &'a KnownEntity)> {
        self.entities
            .iter()
            .map(|(entity_ref, known)| (entity_ref.as_str(), known))
            .filter(move |(_, k)| *k.source == *source)
    }
}
