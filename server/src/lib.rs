#![doc = include_str!("../README.md")]

mod api;
pub mod app;
mod assets;
pub mod audit_text;
mod auth;
pub mod authorisation;
pub mod config;
pub mod csv;
mod embed;
mod form;
pub mod listener;
mod middleware;
mod ops;
mod own_api;
mod personal;
mod preferences;
mod request;
mod router;
pub mod serve;
mod shutdown;
mod ssr;
pub mod telemetry;
mod trail;

pub use self::{
    api::openapi::document as openapi_document,
    auth::tokens::told as told_token,
    ops::metrics::{install as install_metrics, upkeep as upkeep_metrics},
    router::{metrics_router, router},
    shutdown::Shutdown,
};
