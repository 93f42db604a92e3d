//! What can go wrong on the way out, each with the way out of it.

use std::time::SystemTime;

/// Why an upstream gave no answer. URLs in it are [`crate::printable`]: without credentials or query secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UpstreamError {
    /// Neither the allow list nor an integration names the target.
    #[error(
        "`{url}` may not be read: {reason}; list its host under `backend.reading.allow` or configure an integration"
    )]
    NotAllowed {
        /// What was asked for.
        url: String,
        /// Which rule it broke.
        reason: String,
    },
    /// The host's address is not a public one, and the allow list does not name the host itself.
    #[error(
        "`{host}` has the address {address}, which is not public; if it is meant, write the host without wildcard under `backend.reading.allow`"
    )]
    PrivateAddress {
        /// The host that was asked for.
        host: String,
        /// The address it has.
        address: String,
    },
    /// The URL cannot be asked for by anyone.
    #[error("`{url}` is no URL that can be read: {reason}")]
    InvalidUrl {
        /// What was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The answer, decompressed, is longer than allowed.
    #[error("`{url}` is longer than {limit} bytes; raise `backend.reading.limits.bodyBytes` if that is meant")]
    TooLarge {
        /// What was asked for.
        url: String,
        /// The bound in bytes.
        limit: usize,
    },
    /// The answer was not complete in time.
    #[error(
        "`{url}` did not answer within {seconds} s; see whether the host is up, or raise `backend.reading.limits.totalTimeout`"
    )]
    Timeout {
        /// What was asked for.
        url: String,
        /// The bound in seconds.
        seconds: u64,
    },
    /// The host says there is no such thing (404, 410). Git hosts say so too for what the credentials may not see.
    #[error("`{url}` does not exist, or the integration's credentials may not see it")]
    NotFound {
        /// What was asked for.
        url: String,
    },
    /// The host wants other credentials (401, 403, or a sign-in page).
    #[error("`{url}` refused the credentials; set or renew the token of its host under `integrations`")]
    Unauthorized {
        /// What was asked for.
        url: String,
    },
    /// The host's budget is spent: nothing is asked of it until the time given.
    #[error("`{host}` takes no more requests until {}; credentials under `integrations` raise the limit", httpdate::fmt_http_date(*.until))]
    RateLimited {
        /// The host.
        host: String,
        /// When it may be asked again.
        until: SystemTime,
    },
    /// Any other status that is no success.
    #[error("`{url}` answered with status {status}; try again later or ask its operator")]
    Status {
        /// What was asked for.
        url: String,
        /// The HTTP status.
        status: u16,
    },
    /// One redirect led to the next.
    #[error(
        "`{url}` redirects more than {limit} times; write the address it ends at, or raise `backend.reading.limits.redirects`"
    )]
    TooManyRedirects {
        /// What was asked for.
        url: String,
        /// The bound.
        limit: usize,
    },
    /// No connection, or it ended before the answer did.
    #[error("could not read from `{host}`: {reason}")]
    Connection {
        /// The host.
        host: String,
        /// What the network said, and what to do.
        reason: String,
    },
    /// An answer, but not of the kind that was asked for.
    #[error("`{url}` answered with something else than what was asked for: {reason}")]
    UnexpectedContent {
        /// What was asked for.
        url: String,
        /// What came, and what to do.
        reason: String,
    },
    /// A listing has more entries or pages than allowed.
    #[error("`{url}` lists more than {limit} {what}; narrow the target, or raise `backend.reading.limits`")]
    TooMany {
        /// What was listed.
        url: String,
        /// What is counted.
        what: &'static str,
        /// The bound.
        limit: usize,
    },
    /// The client itself cannot be set up as configured.
    #[error("the upstream client cannot be set up: {0}")]
    Setup(String),
}
