//! Where entities came from, as far as it is stored.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;
use storage::placeholder_rows;

use super::{CatalogStore, StoreError, statements::ROWS};

/// Where an entity came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOrigin {
    /// The configured or registered location, `type:target`.
    pub source: String,
    /// The file, `type:target`.
    pub location: String,
    /// The entity, as [`StoredEntity::body`](crate::StoredEntity::body).
    pub body: String,
    /// Where its values stand in the file, in the form of [`crate::provenance`].
    pub places: String,
}

impl CatalogStore {
    /// Where entities came from, by their canonical refs; those that are not there are left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn origins(&self, refs: &[&str]) -> Result<HashMap<String, StoredOrigin>, StoreError> {
        let mut origins = HashMap::with_capacity(refs.len());
        for refs in refs.chunks(ROWS) {
            let text = format!(
                "SELECT entity_ref, source, location, body, places FROM catalog_entities WHERE entity_ref IN {}",
                placeholder_rows(1, refs.len())
            );
            let mut query = sqlx::query_as(AssertSqlSafe(text));
            for entity_ref in refs {
                query = query.bind(*entity_ref);
            }
            let rows: Vec<(String, String, String, String, String)> =
                query.fetch_all(self.database.reader()).await.map_err(|cause| self.database.failed(cause))?;
            let origin = |(entity_ref, source, location, body, places)| {
                (entity_ref, StoredOrigin { source, location, body, places })
            };
            origins.extend(rows.into_iter().map(origin));
        }
        Ok(origins)
    }
}
