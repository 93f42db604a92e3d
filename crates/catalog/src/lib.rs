#![doc = include_str!("../README.md")]

pub mod descriptor;
mod draft;
pub mod engine;
mod history;
pub mod index;
pub mod kinds;
mod preview;
pub mod processing;
pub mod provenance;
mod service;
pub mod source;
pub mod store;
mod stored;
mod utc;

pub use self::{
    preview::{Preview, Previewer},
    service::{Ancestor, AuthorisedCatalog, CatalogError, CatalogParts, Unregistered},
    stored::{Changes, StoredEntity},
};
