use std::{path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};
use upstream::{AllowedTarget, Limits};

use super::duration;

/// `backend.reading`: what may be read from other hosts.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReadingSection {
    /// Hosts besides those of `integrations`.
    pub allow: Vec<AllowedHost>,
    pub limits: ReadingLimits,
    /// A PEM file of certificates of CAs that are trusted besides those of the machine; relative to the working folder.
    pub ca: Option<PathBuf>,
}

/// A host that may be read.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct AllowedHost {
    /// A name, `*.` and a domain, or an IP address; with `:port` for another port than the scheme's own.
    pub host: String,
    /// Prefixes of the path; every path where there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<String>,
}

/// `backend.reading.limits`: what one answer may cost.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ReadingLimits {
    /// Bytes of an answer after decompression.
    pub body_bytes: usize,
    /// Until a connection stands.
    #[serde(with = "duration")]
    pub connect_timeout: Duration,
    /// Until the whole answer is there.
    #[serde(with = "duration")]
    pub total_timeout: Duration,
    /// Redirects that are followed.
    pub redirects: usize,
    /// Requests to one host at one time.
    pub concurrent_per_host: usize,
    /// Pages of one listing.
    pub listing_pages: usize,
    /// Bytes of a page of a listing, after decompression.
    pub listing_bytes: usize,
}

impl Default for ReadingLimits {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            body_bytes: limits.body_bytes,
            connect_timeout: limits.connect_timeout,
            total_timeout: limits.total_timeout,
            redirects: limits.redirects,
            concurrent_per_host: limits.concurrent_per_host,
            listing_pages: limits.listing_pages,
            listing_bytes: limits.listing_bytes,
        }
    }
}

impl ReadingSection {
    /// As the client wants it.
    pub fn allow(&self) -> Vec<AllowedTarget> {
        let target =
            |AllowedHost { host, paths }: &AllowedHost| AllowedTarget { host: host.clone(), paths: paths.clone() };
        self.allow.iter().map(target).collect()
    }

    /// As the client wants them.
    pub fn limits(&self) -> Limits {
        let limits = &self.limits;
        Limits {
            body_bytes: limits.body_bytes,
            connect_timeout: limits.connect_timeout,
            total_timeout: limits.total_timeout,
            redirects: limits.redirects,
            concurrent_per_host: limits.concurrent_per_host,
            listing_pages: limits.listing_pages,
            listing_bytes: limits.listing_bytes,
            ..Limits::default()
        }
    }
}
