//! Addresses of the catalog's operations.

use model::{catalog::ListEntities, entity_ref::EntityRef};

use crate::segment;

/// One kind of the catalog as rows, with counts to narrow it down by: answers [`model::catalog::EntityList`].
pub fn list_entities(list: &ListEntities) -> String {
    format!("/api/v1/catalog/entities?{}", list.to_query())
}

/// An entity as YAML, and where each part of it comes from: answers [`model::catalog::EntityProvenance`].
pub fn entity_provenance(entity_ref: &EntityRef) -> String {
    format!("{}/provenance", entity_overview(entity_ref))
}

/// The last versions of an entity: answers [`model::catalog::EntityVersions`].
pub fn entity_versions(entity_ref: &EntityRef) -> String {
    format!("{}/versions", entity_overview(entity_ref))
}

/// One entity with what is around it, by its ref in any case: answers [`model::catalog::EntityOverview`], or 404 with
/// [`model::catalog::NearEntities`].
pub fn entity_overview(entity_ref: &EntityRef) -> String {
    let EntityRef { kind, namespace, name } = entity_ref;
    format!("/api/v1/catalog/entities/{}/{}/{}", segment(kind), segment(namespace), segment(name))
}
