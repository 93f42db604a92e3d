//! Behaviour of the server through its real router, laid out like its addresses.

mod api;
mod assets;
mod commands;
mod config;
mod connections;
mod form;
mod ops;
mod pages;
mod support;
