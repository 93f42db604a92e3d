#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod address;
mod allow;
mod backstage;
mod body;
mod budget;
mod client;
mod config;
pub mod discovery;
mod error;
mod exchange;
mod github_app;
mod hop;
pub mod integrations;
mod pages;
mod rate_limit;
mod read;
mod request;
mod resolve;
mod transport;
mod tree;
mod url_text;
pub mod webhook;

pub use address::{AddressClass, classify};
pub use allow::AllowedTarget;
pub use backstage::{BackstageCatalog, EntityPages};
pub use budget::HostBudget;
pub use client::Upstream;
pub use config::{Limits, UpstreamConfig};
pub use error::UpstreamError;
pub use integrations::{Integration, Integrations};
pub use request::{Document, Expect, Fetched, Get, Validators};
pub use resolve::{Lookup, SystemLookup};
pub use tree::Tree;
pub use url_text::printable;
