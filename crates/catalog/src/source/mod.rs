//! Sources: where descriptors come from. Each configured location is one, with everything that it leads to.
//!
//! A scan walks all of them and says what it found; [`crate::store`] compares that with what is stored. What can't be read
//! keeps what is stored of it: only a file that is known to be gone takes its entities along.

mod backstage;
mod cache;
mod discovery;
mod folder;
mod hosts;
mod known;
mod listing;
mod organisation;
mod pattern;
pub(crate) mod pushed;
mod remote;
mod remote_scan;
mod retention;
mod scan;
mod source_scan;
mod turn;
mod upstream_hosts;
mod walk;
mod watch;

pub use self::{
    folder::Folder,
    hosts::{Hosts, KnownRepository, NoHosts},
    known::{Known, KnownEntity},
    listing::StoredHashes,
    pushed::Pushed,
    remote::{Question, RemoteFiles, Request, Response},
    scan::{Claim, Content, Reading, Scan, Scanner},
    turn::Schedule,
    upstream_hosts::UpstreamHosts,
    watch::{Interest, Watcher},
};
pub(crate) use self::{
    folder::{normalised, read_file},
    scan::generated_name,
};
use crate::processing::Rule;

/// An item of `catalog.locations`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfiguredLocation {
    /// `file` or `url`, `github-org` or `gitlab-org` for the people and teams of an organisation, or `backstage` for the catalog of a
    /// Backstage; other types are reported as not readable.
    pub location_type: String,
    /// An absolute path, or a pattern of paths with `*`, `**`, `?`, `[…]` and `{a,b}`; or a URL, or a pattern of URLs with `*` and `**`.
    pub target: String,
    /// What is allowed from there besides `catalog.rules`.
    pub rules: Vec<Rule>,
    /// When a host is asked for it.
    pub schedule: Schedule,
}

impl ConfiguredLocation {
    /// `type:target`, the name of the source.
    pub fn origin(&self) -> String {
        format!("{}:{}", self.location_type, self.target)
    }
}
