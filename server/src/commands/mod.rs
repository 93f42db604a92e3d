//! The subcommands, one file each.

mod audit;
mod backup;
mod completion;
mod config;
mod openapi;
mod policy;
pub(crate) mod remote;
mod serve;
mod validate;

pub(crate) use self::{
    audit::{AuditCommand, audit},
    backup::{backup, restore},
    completion::completion,
    config::config,
    openapi::openapi,
    policy::{explain, test},
    serve::serve,
    validate::validate,
};
