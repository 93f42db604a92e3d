//! The catalog: the list of entities, and the page of one.

pub mod address;
mod columns;
mod entity;
mod facets;
mod head;
mod import;
mod keys;
mod list;
mod menu;
mod organization;
mod problems;
mod raw;
mod relations;
mod sections;
mod sources;
mod table;
mod unregister;
#[cfg(not(target_family = "wasm"))]
mod validation;
mod views;

#[cfg(not(target_family = "wasm"))]
pub(crate) use self::validation::ValidationPage;
pub use self::{
    entity::EntityPage, import::ImportPage, list::CatalogPage, organization::OrganizationPage, problems::ProblemsPage,
    raw::RawPage, sources::SourcesPage, unregister::UnregisterPage,
};
