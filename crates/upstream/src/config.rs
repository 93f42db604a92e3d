//! What the operator sets. Plain structs: the server's configuration fills them.

use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use crate::allow::AllowedTarget;
use crate::integrations::Integrations;

/// How the outside may be reached. [`Default`]: nothing but the integrations, within the default limits.
#[derive(Clone, Debug)]
pub struct UpstreamConfig {
    /// `backend.reading.allow`: what may be read besides the hosts of integrations.
    pub allow: Vec<AllowedTarget>,
    /// `integrations`: Git hosts; see [`Integrations::with_public_hosts`].
    pub integrations: Integrations,
    /// `backend.reading.ca`: a PEM file of certificates of CAs that are trusted besides those of the machine.
    pub ca: Option<PathBuf>,
    /// `backend.reading.limits`.
    pub limits: Limits,
    /// The `User-Agent`; GitHub refuses requests without one.
    pub user_agent: String,
    /// `backend.reading.proxy`: an HTTP proxy for all requests. None: no proxy, whatever the environment says. Behind a proxy it is the proxy that
    /// resolves names, so it must keep internal addresses out; addresses written in URLs are still checked here.
    pub proxy: Option<Url>,
    /// `backend.reading.proxyCredentials`: `user:password` for the proxy, not to be written in its URL.
    pub proxy_credentials: Option<SecretString>,
}

impl Default for UpstreamConfig {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            integrations: Integrations::default(),
            ca: None,
            limits: Limits::default(),
            user_agent: format!("Callboard/{}", env!("CARGO_PKG_VERSION")),
            proxy: None,
            proxy_credentials: None,
        }
    }
}

/// What one answer, and one host, may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of an answer after decompression. Default 10,000,000.
    pub body_bytes: usize,
    /// Bytes of a listing that an API answers with (trees, repositories), a page. Default 50,000,000.
    pub listing_bytes: usize,
    /// Until a connection stands, name lookup and TLS included. Default 5 s.
    pub connect_timeout: Duration,
    /// From the first byte sent to the last byte received, redirects included; not the time in the queue. Default 30 s.
    pub total_timeout: Duration,
    /// Redirects that are followed. Default 5; 0 follows none.
    pub redirects: usize,
    /// Requests at once to one host; further ones wait. Default 8, at least 1.
    pub concurrent_per_host: usize,
    /// Percent of a host's budget that only urgent requests ([`crate::Get::urgent`]) may spend. Default 10.
    pub reserve_percent: u8,
    /// How long a host is left alone that says "too many requests" but not until when. Default 60 s (GitHub's advice).
    pub rate_limit_pause: Duration,
    /// The longest that a host is left alone, whatever it says. Default 2 h.
    pub rate_limit_longest: Duration,
    /// Paths of one tree. Default 200,000.
    pub tree_paths: usize,
    /// Pages of one listing. Default 200.
    pub listing_pages: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 10_000_000,
            listing_bytes: 50_000_000,
            connect_timeout: Duration::from_secs(5),
            total_timeout: Duration::from_secs(30),
            redirects: 5,
            concurrent_per_host: 8,
            reserve_percent: 10,
            rate_limit_pause: Duration::from_mins(1),
            rate_limit_longest: Duration::from_hours(2),
            tree_paths: 200_000,
            listing_pages: 200,
        }
    }
}
