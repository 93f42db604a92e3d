//! Backstage's catalog API, to the letter. Nothing of ours may appear in its answers.

mod delete_entity_by_uid;
mod get_entities_by_refs;
mod get_entity;
mod get_entity_ancestry;
mod get_entity_by_uid;
mod get_entity_facets;
mod get_entity_facets_by_predicate;
mod list_entities;
mod params;
mod query_entities;
mod query_entities_by_predicate;
mod refresh_entity;
mod validate_entity;

pub(crate) use self::{
    delete_entity_by_uid::*, get_entities_by_refs::*, get_entity::*, get_entity_ancestry::*, get_entity_by_uid::*,
    get_entity_facets::*, get_entity_facets_by_predicate::*, list_entities::*, query_entities::*,
    query_entities_by_predicate::*, refresh_entity::*, validate_entity::*,
};
