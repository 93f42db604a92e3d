#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod authoriser;
mod files;
mod rules;
mod subject;

#[cfg(test)]
mod tests;

pub use authoriser::{GroupDirectory, PolicyAuthoriser};
pub use files::{PolicyError, PolicyFile};
pub use rules::{Policy, Rule, Verdict};
pub use subject::{RoleMapping, Subject, SubjectKind};
