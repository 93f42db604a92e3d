//! Sources: where descriptors come from. Each configured location is one, with everything that it leads to.
//!
//! A scan walks all of them and says what it found; [`crate::store`] compares that with what is stored. What can't be read
//! keeps what is stored of it: only a file that is known to be gone takes its entities along.

mod cache;
mod folder;
mod known;
mod pattern;
mod scan;
mod source_scan;
mod walk;
mod watch;

pub use self::{
    folder::Folder,
    known::{Known, KnownEntity},
    scan::{Claim, Content, Reading, Scan, Scanner},
    watch::{Interest, Watcher},
};
use crate::processing::Rule;

/// An item of `catalog.locations`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfiguredLocation {
    /// `file`; other types are reported as not readable.
    pub location_type: String,
    /// An absolute path, or a pattern of paths with `*`, `**`, `?`, `[…]` and `{a,b}`.
    pub target: String,
    /// What is allowed from there besides `catalog.rules`.
    pub rules: Vec<Rule>,
}

impl ConfiguredLocation {
    /// `type:target`, the name of the source.
    pub fn origin(&self) -> String {
        format!("{}:{}", self.location_type, self.target)
    }
}
