//! Backstage's catalog API, to the letter. Nothing of ours may appear in its answers.

mod get_entities_by_refs;
mod get_entity;
mod get_entity_facets;
mod list_entities;
mod params;
mod query_entities;

pub(crate) use self::{
    get_entities_by_refs::*, get_entity::*, get_entity_facets::*, list_entities::*, query_entities::*,
};
