//! What the store hands to the index: the seam between writing and reading.

use model::catalog::Problem;

/// A processed entity as the database keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEntity {
    /// Canonical ref.
    pub entity_ref: String,
    /// Made when the entity was first stored; stays while it is there.
    pub uid: String,
    /// The entity as JSON, with the annotations of its location and its namespace filled in, without `status`, `metadata.uid` and
    /// `metadata.etag`: these the index adds, and the relations. `relations` are only those that can't be derived from `spec`.
    pub body: String,
    /// What processing found about it.
    pub problems: Vec<Problem>,
}

/// What one write changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// The change counter after the write.
    pub revision: i64,
    /// Entities that are new or differ.
    pub upserted: Vec<StoredEntity>,
    /// Canonical refs of entities that are gone.
    pub removed: Vec<String>,
    /// Problems that belong to no entity, all of them, if any changed.
    pub unattached_problems: Option<Vec<Problem>>,
}
