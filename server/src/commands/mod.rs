//! The subcommands, one file each.

mod backup;
mod config;
mod openapi;
mod serve;
mod validate;

pub(crate) use self::{
    backup::{backup, restore},
    config::config,
    openapi::openapi,
    serve::serve,
    validate::validate,
};
