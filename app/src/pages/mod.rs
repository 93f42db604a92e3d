//! The pages, one folder an area.

pub mod catalog;
pub mod home;
pub mod not_found;
pub mod settings;
mod together;
