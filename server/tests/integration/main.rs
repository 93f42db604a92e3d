//! Behaviour of the server through its real router, laid out like its addresses.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod api;
mod assets;
mod backstage;
mod commands;
mod config;
mod connections;
mod crash;
mod discovery;
mod form;
mod gitlab;
mod ops;
mod pages;
mod support;
mod tls;
