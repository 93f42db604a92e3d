//! The catalog: the list of entities, and the page of one.

pub mod address;
mod columns;
mod entity;
mod facets;
mod head;
mod import;
mod keys;
mod list;
mod problems;
mod raw;
mod relations;
mod sources;
mod table;

pub use self::{
    entity::EntityPage, import::ImportPage, list::CatalogPage, problems::ProblemsPage, raw::RawPage,
    sources::SourcesPage,
};
