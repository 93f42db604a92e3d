#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

pub mod app;
pub mod audit;
pub mod catalog;
pub mod embed;
pub mod entity;
pub mod entity_ref;
pub mod error;
pub mod events;
pub mod filter;
pub mod identity;
pub mod personal;
pub mod predicate;
pub mod reading;
pub mod validation;
