//! Where entities come from: `/api/v1/catalog/sources`.

use crate::reading::read_object;
use serde::{Deserialize, Serialize};

/// All sources, and the hosts that they lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CatalogSources {
    /// False if another process reads the sources: then what only that one knows is missing here.
    pub is_read_here: bool,
    /// The configured ones in the order of the configuration, then the registered ones, the oldest first.
    pub items: Vec<CatalogSource>,
    /// Hosts that were asked, by name.
    pub hosts: Vec<SourceHost>,
}

read_object!(CatalogSources { is_read_here = "isReadHere", items = "items", hosts = "hosts" });

/// One source with everything that it leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CatalogSource {
    /// `type:target`.
    pub source: String,
    /// True if it was registered while the server ran, false if the configuration names it.
    pub is_registered: bool,
    /// Entities that came from it, without those that another source has.
    pub entities: u64,
    /// Problems of these entities and of its files, of level `error`.
    pub errors: u64,
    /// The same, of level `warning`.
    pub warnings: u64,
    /// Why the source itself can't be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// When it was last read or looked at, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<String>,
    /// When it is looked at next at the latest, RFC 3339 in UTC; files that change are read at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_read_at: Option<String>,
}

read_object!(CatalogSource {
    source = "source", is_registered = "isRegistered", entities = "entities", errors = "errors", warnings = "warnings",
    error = "error", read_at = "readAt", next_read_at = "nextReadAt",
});

/// A host that was asked, and what it still grants.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SourceHost {
    /// Its name, with its port if that is not the scheme's own.
    pub host: String,
    /// Requests that it grants a period, if it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// Requests that are left of them, as of its last answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remaining: Option<u64>,
    /// When the period ends, RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resets_at: Option<String>,
    /// Until when nothing is asked of it, because it said "too many requests".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_until: Option<String>,
    /// What went wrong last; missing after a request that went well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_error: Option<String>,
    /// Requests that wait for their turn.
    pub waiting: u64,
}

read_object!(SourceHost {
    host = "host", limit = "limit", remaining = "remaining", resets_at = "resetsAt", blocked_until = "blockedUntil",
    last_error = "lastError", waiting = "waiting",
});

/// `POST /api/v1/catalog/sources/refresh`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RefreshSource {
    /// The source, `type:target`, as `/api/v1/catalog/sources` names it; without one, all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}
