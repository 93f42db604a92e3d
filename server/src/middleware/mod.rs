//! What happens around handlers, one job a file.

pub(crate) mod access_log;
pub(crate) mod audit;
mod audit_actions;
pub(crate) mod compression;
pub(crate) mod conditional;
pub(crate) mod context;
pub(crate) mod cors;
pub(crate) mod dry_run;
pub(crate) mod error_page;
pub(crate) mod host;
pub(crate) mod idempotency;
pub(crate) mod rate_limit;
pub(crate) mod security_headers;
pub(crate) mod timeout;
