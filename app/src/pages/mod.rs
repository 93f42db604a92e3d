//! The pages, one folder an area.

#[cfg(not(target_family = "wasm"))]
pub mod account;
#[cfg(not(target_family = "wasm"))]
pub mod audit;
pub mod catalog;
pub mod home;
#[cfg(debug_assertions)]
mod kit;
pub mod not_found;
#[cfg(not(target_family = "wasm"))]
pub mod personal;
pub mod settings;
#[cfg(not(target_family = "wasm"))]
pub mod sign_in;
mod together;
