//! Behaviour of the server through its real router, laid out like its addresses.

#![expect(clippy::unwrap_used, reason = "a test may panic")]
#![expect(clippy::print_stderr, reason = "seeds, figures and logs are for whoever reads what a test says")]

mod api;
mod assets;
mod audit;
mod auth;
mod backstage;
mod command_line;
mod commands;
mod config;
mod connections;
mod crash;
mod discovery;
mod embedded;
mod form;
mod gitea;
mod github_sign_in;
mod gitlab;
mod hostile;
mod idempotency;
mod import;
mod ops;
mod outage;
mod own_api;
mod pages;
mod personal;
mod policy;
mod pushed;
mod rate_limit;
mod sessions;
mod support;
mod tls;
mod tokens;
