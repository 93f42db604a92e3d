//! What Backstage's catalog API has no answer for.

mod get_entity_overview;
mod list_catalog_problems;
mod list_catalog_rows;

pub(crate) use self::{get_entity_overview::*, list_catalog_problems::*, list_catalog_rows::*};
