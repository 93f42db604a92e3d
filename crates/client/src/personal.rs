//! Addresses of what people keep for themselves.

use model::entity_ref::EntityRef;

use crate::segment;

/// All of it: answers [`model::personal::Personal`].
pub fn personal() -> String {
    "/api/v1/personal".to_owned()
}

/// The star of an entity: to put, and to delete.
pub fn star(entity_ref: &EntityRef) -> String {
    of_entity("stars", entity_ref)
}

/// The visit of an entity, to put.
pub fn visit(entity_ref: &EntityRef) -> String {
    of_entity("visits", entity_ref)
}

fn of_entity(what: &str, EntityRef { kind, namespace, name }: &EntityRef) -> String {
    ["/api/v1/personal/", what, "/", &segment(kind), "/", &segment(namespace), "/", &segment(name)].concat()
}
