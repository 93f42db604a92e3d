//! The client against an upstream that misbehaves.

#![expect(clippy::unwrap_used, reason = "tests")]

mod answers;
mod budget;
mod guard;
mod standin;
