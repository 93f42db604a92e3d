//! The catalog: the list of entities, and the page of one.

pub mod address;
mod entity;
mod facets;
mod head;
mod keys;
mod list;
mod raw;
mod relations;
mod table;

pub use self::{entity::EntityPage, list::CatalogPage, raw::RawPage};
