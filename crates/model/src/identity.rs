//! Who asks, as the API and the pages tell it.

use crate::reading::read_object;
use serde::{Deserialize, Serialize};

/// Who asks, and their open sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// For people to read.
    pub name: String,
    /// As the provider knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Title of the provider that vouches.
    pub provider: String,
    /// Of the provider; with `subject` the key of the person.
    pub issuer: String,
    /// Names the person at the issuer.
    pub subject: String,
    /// Canonical ref of the User entity that the person is, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_ref: Option<String>,
    /// Groups that the provider tells of.
    pub groups: Vec<String>,
    /// The latest used first.
    pub sessions: Vec<AccountSession>,
    /// The latest made first.
    pub tokens: Vec<AccessToken>,
    /// What a token may be good for.
    pub scopes: Vec<TokenScope>,
    /// The longest that a token may live, in days.
    pub max_token_days: u64,
    /// True if the person may read the audit log.
    pub reads_audit: bool,
}

read_object!(Account {
    name = "name", email = "email", provider = "provider", issuer = "issuer", subject = "subject", entity_ref = "entityRef",
    groups = "groups", sessions = "sessions", tokens = "tokens", scopes = "scopes", max_token_days = "maxTokenDays",
    reads_audit = "readsAudit",
});

/// An open session of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountSession {
    /// Names it; can't be used in its place.
    pub handle: String,
    /// When it began, RFC 3339.
    pub since: String,
    /// When it was last used, to within a few minutes, RFC 3339.
    pub seen: String,
    /// True for the session that asks.
    pub is_own: bool,
}

read_object!(AccountSession { handle = "handle", since = "since", seen = "seen", is_own = "isOwn" });

/// Ends sessions of who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndSessions {
    /// Only this one; all of them without it.
    #[serde(default)]
    pub handle: Option<String>,
}

mod tokens;

pub use tokens::{AccessToken, CreateToken, PrincipalInfo, TokenCreated, TokenList, TokenScope};
