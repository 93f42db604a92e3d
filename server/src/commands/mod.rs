//! The subcommands, one file each.

mod config;
mod openapi;
mod serve;
mod validate;

pub(crate) use self::{config::config, openapi::openapi, serve::serve, validate::validate};
