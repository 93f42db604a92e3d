//! Tokens for scripts: `/api/v1/identity/tokens`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::reading::read_object;

/// A token, less its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessToken {
    /// Names it; can't be used in its place.
    pub id: String,
    /// For people to tell it by; unique among its owner's.
    pub name: String,
    /// As whom it acts.
    pub owner: String,
    /// What it is good for.
    pub scopes: Vec<String>,
    /// RFC 3339.
    pub created_at: String,
    /// RFC 3339.
    pub expires_at: String,
    /// True if that is over.
    pub is_expired: bool,
    /// To within a minute, RFC 3339; not there if never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<String>,
}

read_object!(AccessToken {
    id = "id", name = "name", owner = "owner", scopes = "scopes", created_at = "createdAt", expires_at = "expiresAt",
    is_expired = "isExpired", last_used_at = "lastUsedAt",
});

/// What a token may be good for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenScope {
    /// In requests, for example `catalog:write`.
    pub name: String,
    /// For people who choose.
    pub description: String,
}

read_object!(TokenScope { name = "name", description = "description" });

/// Tokens of who asks, the latest made first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenList {
    /// All of them: nobody has many.
    pub tokens: Vec<AccessToken>,
}

read_object!(TokenList { tokens = "tokens" });

/// A token to be made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateToken {
    /// 1 to 63 letters, digits, `-`, `_` and `.`.
    #[cfg_attr(feature = "openapi", schema(example = "ci"))]
    pub name: String,
    /// At least one of `catalog:read`, `catalog:write`, `environments:write`, `personal:write`, `tokens:write`.
    #[cfg_attr(feature = "openapi", schema(example = json!(["environments:write"])))]
    pub scopes: Vec<String>,
    /// How long it lives, in seconds; `auth.tokens.defaultTtl` (90 days) without, at most `auth.tokens.maxTtl`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl_seconds: Option<u64>,
}

/// A token that was made, with its secret, which is told this once.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenCreated {
    /// The token.
    pub token: AccessToken,
    /// What goes after `Authorization: Bearer`.
    pub secret: String,
}

read_object!(TokenCreated { token = "token", secret = "secret" });

/// Without the secret, wherever it may be printed.
impl fmt::Debug for TokenCreated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenCreated").field("token", &self.token).finish_non_exhaustive()
    }
}

/// Who asks, in whatever way they came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrincipalInfo {
    /// As the log and errors name them: the User entity, the person at the issuer, or the program.
    #[cfg_attr(feature = "openapi", schema(example = "user:default/alice"))]
    pub principal: String,
    /// `person`, `program` or `guest`.
    pub kind: String,
    /// For people to read.
    pub name: String,
    /// The token they came with; not there for a session and for a token of the configuration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<AccessToken>,
}

read_object!(PrincipalInfo { principal = "principal", kind = "kind", name = "name", token = "token" });
