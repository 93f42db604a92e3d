//! The subcommands, one file each.

mod backup;
mod completion;
mod config;
mod openapi;
mod policy;
pub(crate) mod remote;
mod serve;
mod validate;

pub(crate) use self::{
    backup::{backup, restore},
    completion::completion,
    config::config,
    openapi::openapi,
    policy::{explain, test},
    serve::serve,
    validate::validate,
};
