//! `auth.tokens`: what tokens for scripts may be.

use std::time::Duration;

use identity::TokenLimits;
use serde::{Deserialize, Serialize};

use super::duration;

/// `auth.tokens`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TokensSection {
    /// How long a token lives that nobody said it of.
    #[serde(with = "duration")]
    pub default_ttl: Duration,
    /// The longest that one may live.
    #[serde(with = "duration")]
    pub max_ttl: Duration,
    /// Tokens of one owner.
    pub max_per_owner: u32,
}

impl Default for TokensSection {
    fn default() -> Self {
        Self { default_ttl: Duration::from_hours(90 * 24), max_ttl: Duration::from_hours(365 * 24), max_per_owner: 50 }
    }
}

impl TokensSection {
    /// As `identity` wants them.
    pub fn limits(&self) -> TokenLimits {
        let Self { default_ttl, max_ttl, max_per_owner } = *self;
        TokenLimits { default_ttl, max_ttl, max_per_owner }
    }
}
