//! The catalog: the list of entities, and the page of one.

pub mod address;
mod entity;
mod facets;
mod keys;
mod list;
mod problems;
mod relations;
mod sources;
mod table;

pub use self::{entity::EntityPage, list::CatalogPage, problems::ProblemsPage, sources::SourcesPage};
