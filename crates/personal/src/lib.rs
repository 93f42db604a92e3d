#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod error;
mod service;
mod store;
mod view;
mod visits;

pub use error::PersonalError;
pub use service::{AuthorisedPersonal, EntityDirectory, InBrowser, PersonalLimits};
pub use store::PersonalStore;
