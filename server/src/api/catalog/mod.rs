//! Backstage's catalog API, to the letter. Nothing of ours may appear in its answers.

mod analyze_location;
mod create_location;
mod delete_entity_by_uid;
mod delete_location;
mod get_entities_by_refs;
mod get_entity;
mod get_entity_ancestry;
mod get_entity_by_uid;
mod get_entity_facets;
mod get_entity_facets_by_predicate;
mod get_location;
mod get_location_by_entity;
mod get_permissions_metadata;
mod list_entities;
mod list_locations;
mod params;
mod query_entities;
mod query_entities_by_predicate;
mod query_locations;
mod refresh_entity;
mod update_location;
mod validate_entity;

pub(crate) use self::{
    analyze_location::*, create_location::*, delete_entity_by_uid::*, delete_location::*, get_entities_by_refs::*,
    get_entity::*, get_entity_ancestry::*, get_entity_by_uid::*, get_entity_facets::*,
    get_entity_facets_by_predicate::*, get_location::*, get_location_by_entity::*, get_permissions_metadata::*,
    list_entities::*, list_locations::*, query_entities::*, query_entities_by_predicate::*, query_locations::*,
    refresh_entity::*, update_location::*, validate_entity::*,
};
