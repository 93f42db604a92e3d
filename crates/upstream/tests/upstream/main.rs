//! The client against an upstream that misbehaves, and against the APIs of Git hosts.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod answers;
mod budget;
mod discovery;
mod guard;
mod read_file;
mod standin;
mod tree;
