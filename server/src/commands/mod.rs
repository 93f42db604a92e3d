//! The subcommands, one file each.

mod backup;
mod config;
mod openapi;
mod policy;
mod serve;
mod validate;

pub(crate) use self::{
    backup::{backup, restore},
    config::config,
    openapi::openapi,
    policy::{explain, test},
    serve::serve,
    validate::validate,
};
