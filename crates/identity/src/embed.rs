//! Tokens with which the backend of a page around a frame signs its user in: each once, for one entity.

use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use storage::{Database, StorageError};

use crate::{
    SignedIn,
    digest::sha256,
    sessions::now,
    token_text::{generate, hash_of_new},
};

/// Where a session of a frame keeps its [`EmbeddedSession`]; never where others keep their [`SignedIn`], so that neither can be used in
/// the place of the other.
pub const EMBEDDED_KEY: &str = "embedded";

/// What a session of a frame knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbeddedSession {
    /// Who it is, and since when.
    pub signed_in: SignedIn,
    /// Canonical refs of the entities that it reaches, with what hangs below them.
    pub entities: Vec<String>,
    /// The origin of the page around it.
    pub parent: String,
}

/// For whom a token is, and for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbedGrant {
    /// Canonical ref of the user.
    pub subject: String,
    /// Canonical ref of the entity.
    pub entity_ref: String,
    /// The program that had it made.
    pub minted_by: String,
}

/// Why no token could be made or used.
#[derive(Debug, thiserror::Error)]
pub enum EmbedTokenError {
    /// The system has no randomness.
    #[error("the system gives no random numbers")]
    Random,
    /// The database.
    #[error(transparent)]
    Store(#[from] StorageError),
}

/// The table `identity_embed_tokens`. Cheap to clone.
#[derive(Clone)]
pub struct EmbedTokens {
    database: Database,
    lifetime: Duration,
}

impl EmbedTokens {
    /// Tokens live for `lifetime`.
    pub fn new(database: Database, lifetime: Duration) -> Self {
        Self { database, lifetime }
    }

    /// Makes a token; tells it, and when it ends, in seconds since 1970.
    ///
    /// # Errors
    /// [`EmbedTokenError`].
    pub async fn mint(&self, grant: &EmbedGrant) -> Result<(SecretString, i64), EmbedTokenError> {
        let secret = generate().ok_or(EmbedTokenError::Random)?;
        let now = now();
        let expires = now.saturating_add(i64::try_from(self.lifetime.as_secs()).unwrap_or(i64::MAX));
        let mut transaction = self.database.begin_write().await?;
        // They live so short that whoever makes one can take out those that have ended.
        sqlx::query("DELETE FROM identity_embed_tokens WHERE expires <= $1")
            .bind(now)
            .execute(transaction.connection())
            .await
            .map_err(|cause| self.database.failed(cause))?;
        sqlx::query(
            "INSERT INTO identity_embed_tokens (hash, subject, entity_ref, minted_by, expires) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(hash_of_new(&secret))
        .bind(&*grant.subject)
        .bind(&*grant.entity_ref)
        .bind(&*grant.minted_by)
        .bind(expires)
        .execute(transaction.connection())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        transaction.commit().await?;
        Ok((secret, expires))
    }

    /// Uses a token up: of several at once, also in several processes, one gets what it is for.
    ///
    /// # Errors
    /// [`StorageError`].
    pub async fn redeem(&self, token: &str) -> Result<Option<EmbedGrant>, StorageError> {
        let mut transaction = self.database.begin_write().await?;
        let row: Option<(String, String, String)> = sqlx::query_as(
            "DELETE FROM identity_embed_tokens WHERE hash = $1 AND expires > $2 RETURNING subject, entity_ref, minted_by",
        )
        .bind(sha256(token))
        .bind(now())
        .fetch_optional(transaction.connection())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        transaction.commit().await?;
        Ok(row.map(|(subject, entity_ref, minted_by)| EmbedGrant { subject, entity_ref, minted_by }))
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;
    use storage::test_support::TestDatabase;

    use super::*;

    #[tokio::test]
    async fn a_token_is_used_once_and_not_after_its_end() {
        for database in [TestDatabase::sqlite().await, TestDatabase::postgres().await] {
            let tokens = EmbedTokens::new(database.clone(), Duration::from_mins(1));
            let grant = EmbedGrant {
                subject: "user:default/alice".to_owned(),
                entity_ref: "component:default/web".to_owned(),
                minted_by: "wiki".to_owned(),
            };
            let (token, _) = tokens.mint(&grant).await.unwrap();
            let token = token.expose_secret();
            let redeemed = tokio::join!(tokens.redeem(token), tokens.redeem(token), tokens.redeem(token));
            let redeemed: Vec<_> =
                [redeemed.0, redeemed.1, redeemed.2].into_iter().filter_map(Result::unwrap).collect();
            assert_eq!(redeemed, std::slice::from_ref(&grant));
            assert_eq!(tokens.redeem("cb_0000").await.unwrap(), None);

            let ended = EmbedTokens::new(database.clone(), Duration::ZERO);
            let (token, _) = ended.mint(&grant).await.unwrap();
            assert_eq!(ended.redeem(token.expose_secret()).await.unwrap(), None);
        }
    }
}
