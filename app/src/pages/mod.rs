//! The pages, one folder an area.

pub mod account;
pub mod catalog;
pub mod not_found;
pub mod settings;
pub mod sign_in;
mod together;
