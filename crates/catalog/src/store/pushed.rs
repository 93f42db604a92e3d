//! Sources whose entities are pushed.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::{CatalogStore, StoreError};
use crate::processing::hex;

/// A source whose entities are pushed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PushedSource {
    /// Names it among pushed sources.
    pub name: String,
    /// A key of who pushed it first.
    pub owner: String,
    /// The same for people to read.
    pub owner_name: String,
    /// The entities, each as JSON on a line, as YAML documents.
    pub content: String,
    /// Of the content, in hex.
    pub content_hash: String,
    /// The commit that the push named; empty without one.
    pub commit: String,
    /// When it was last pushed, in seconds since 1970.
    pub updated: i64,
}

impl PushedSource {
    /// A source of this server's own, pushed at a time in seconds since 1970.
    pub fn own(name: &str, content: String, updated: i64) -> Self {
        Self {
            name: name.to_owned(),
            owner: name.to_owned(),
            owner_name: name.to_owned(),
            content_hash: hex(&Sha256::digest(&content)),
            content,
            commit: String::new(),
            updated,
        }
    }
}

type Row = (String, String, String, String, String, String, i64);

impl CatalogStore {
    /// The hash of the content of each pushed source, by its name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pushed_hashes(&self) -> Result<HashMap<String, String>, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as("SELECT name, content_hash FROM catalog_pushed_sources")
            .fetch_all(self.database.reader())
            .await
            .map_err(|cause| self.database.failed(cause))?;
        Ok(rows.into_iter().collect())
    }

    /// A pushed source by its name.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn pushed_source(&self, name: &str) -> Result<Option<PushedSource>, StoreError> {
        let text = "SELECT name, owner, owner_name, content, content_hash, commit_id, updated FROM catalog_pushed_sources WHERE name = $1";
        let row: Option<Row> = sqlx::query_as(text)
            .bind(name)
            .fetch_optional(self.database.reader())
            .await
            .map_err(|cause| self.database.failed(cause))?;
        Ok(row.map(|(name, owner, owner_name, content, content_hash, commit, updated)| PushedSource {
            name,
            owner,
            owner_name,
            content,
            content_hash,
            commit,
            updated,
        }))
    }

    /// Writes a pushed source whose content was `earlier` (a hash; `None` where there was none); false, with nothing written, if it is
    /// no longer. Other processes are told by the change counter.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was written.
    pub async fn put_pushed_source(&self, source: &PushedSource, earlier: Option<&str>) -> Result<bool, StoreError> {
        let text = if earlier.is_some() {
            "UPDATE catalog_pushed_sources SET owner = $2, owner_name = $3, content = $4, content_hash = $5, commit_id = $6, updated = $7 WHERE name = $1 AND content_hash = $8"
        } else {
            "INSERT INTO catalog_pushed_sources (name, owner, owner_name, content, content_hash, commit_id, updated) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING"
        };
        let mut transaction = self.database.begin_write().await?;
        transaction.next_revision().await?;
        let mut query = sqlx::query(text);
        for value in
            [&source.name, &source.owner, &source.owner_name, &source.content, &source.content_hash, &source.commit]
        {
            query = query.bind(value);
        }
        query = query.bind(source.updated);
        if let Some(earlier) = earlier {
            query = query.bind(earlier);
        }
        let done = query.execute(&mut *transaction.connection()).await.map_err(|cause| self.database.failed(cause))?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        transaction.commit().await?;
        Ok(true)
    }

    /// Removes a pushed source; false where there is none of this name.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing was written.
    pub async fn remove_pushed_source(&self, name: &str) -> Result<bool, StoreError> {
        Ok(self.change_location("DELETE FROM catalog_pushed_sources WHERE name = $1", &[name], None).await? > 0)
    }
}
