//! Signing users in within frames: `/api/v1/embed`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// `POST /api/v1/embed/tokens`: for whom, and for which entity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateEmbedToken {
    /// The user, as an entity ref; there need not be such an entity.
    #[cfg_attr(feature = "openapi", schema(example = "user:default/alice"))]
    pub sub: String,
    /// The entity that the user sees, with what hangs below it.
    #[cfg_attr(feature = "openapi", schema(example = "component:default/checkout-api"))]
    pub entity: String,
}

/// A token that was made; it is told this once.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmbedTokenCreated {
    /// What the page posts to `/embed/session`.
    pub token: String,
    /// When it ends, whether or not it was used. RFC 3339.
    pub expires_at: String,
}

/// Without the token, wherever it may be printed.
impl fmt::Debug for EmbedTokenCreated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmbedTokenCreated").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}
