//! The pages, one folder an area.

pub mod catalog;
#[cfg(debug_assertions)]
mod kit;
pub mod not_found;
pub mod settings;
mod together;
