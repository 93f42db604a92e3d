//! What Backstage's catalog API has no answer for.

mod delete_pushed_source;
mod export_catalog_rows;
mod get_catalog_home;
mod get_entity_overview;
mod get_entity_provenance;
mod get_entity_removal;
mod get_entity_version;
mod get_organization;
mod get_pushed_source;
mod list_catalog_changes;
mod list_catalog_problems;
mod list_catalog_rows;
mod list_catalog_sources;
mod list_entity_versions;
mod list_problem_groups;
mod preview_locations;
mod push_entities;
mod refresh_catalog_source;
mod search_entities;
mod validate_descriptors;

pub(crate) use self::{
    delete_pushed_source::*, export_catalog_rows::*, get_catalog_home::*, get_entity_overview::*,
    get_entity_provenance::*, get_entity_removal::*, get_entity_version::*, get_organization::*, get_pushed_source::*,
    list_catalog_changes::*, list_catalog_problems::*, list_catalog_rows::*, list_catalog_sources::*,
    list_entity_versions::*, list_problem_groups::*, preview_locations::*, push_entities::*, refresh_catalog_source::*,
    search_entities::*, validate_descriptors::*,
};
