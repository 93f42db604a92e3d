//! Earlier versions of entities.

use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::{AnyConnection, AssertSqlSafe};
use storage::placeholder_rows;

use super::{CatalogStore, StoreError, statements::ROWS};

/// Versions that are kept of an entity, the present one among them.
pub const KEPT_VERSIONS: usize = 50;

/// A version of an entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredVersion {
    /// Number of the change with which the entity became so; grows.
    pub version: i64,
    /// When, in microseconds since 1970; 0 where it is not known.
    pub changed_at: i64,
    /// The file that defined it, `type:target`.
    pub location: String,
    /// The commit that it was read from; empty where that is not known.
    pub commit: String,
    /// JSON; `None` where the entity was removed.
    pub body: Option<String>,
}

impl CatalogStore {
    /// The versions of an entity by its canonical ref, the newest first; also of one that is gone.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn versions(&self, entity_ref: &str) -> Result<Vec<StoredVersion>, StoreError> {
        self.recent_versions(entity_ref, KEPT_VERSIONS).await
    }

    /// The last few of them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn recent_versions(&self, entity_ref: &str, limit: usize) -> Result<Vec<StoredVersion>, StoreError> {
        let rows: Vec<(i64, i64, String, String, String)> = sqlx::query_as(
            "SELECT version, changed_at, location, commit_id, body FROM catalog_entities WHERE entity_ref = $1 \
             UNION ALL SELECT version, changed_at, location, commit_id, body FROM catalog_versions WHERE entity_ref = $2 \
             ORDER BY version DESC LIMIT $3",
        )
        .bind(entity_ref)
        .bind(entity_ref)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(self.database.reader())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        let version = |(version, changed_at, location, commit, body): (i64, i64, String, String, String)| {
            StoredVersion { version, changed_at, location, commit, body: Some(body).filter(|body| !body.is_empty()) }
        };
        Ok(rows.into_iter().map(version).collect())
    }
}

/// Microseconds since 1970.
pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

/// Keeps the bodies that are about to be replaced or removed.
pub(super) async fn archive(connection: &mut AnyConnection, refs: &[&str]) -> Result<(), sqlx::Error> {
    for refs in refs.chunks(ROWS) {
        let those = placeholder_rows(1, refs.len());
        run(
            connection,
            format!(
                "INSERT INTO catalog_versions (entity_ref, version, changed_at, location, commit_id, body) \
                 SELECT entity_ref, version, changed_at, location, commit_id, body FROM catalog_entities WHERE entity_ref IN {those} \
                 ON CONFLICT DO NOTHING"
            ),
            refs,
        )
        .await?;
    }
    Ok(())
}

/// Notes that entities are gone.
pub(super) async fn bury(connection: &mut AnyConnection, refs: &[&str], revision: i64) -> Result<(), sqlx::Error> {
    for refs in refs.chunks(ROWS) {
        let text = format!(
            "INSERT INTO catalog_versions (entity_ref, version, changed_at, location, body) VALUES {} ON CONFLICT DO NOTHING",
            placeholder_rows(refs.len(), 5)
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for entity_ref in refs {
            query = query.bind(*entity_ref).bind(revision).bind(now()).bind("").bind("");
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// Forgets the oldest versions where there are too many.
pub(super) async fn prune(connection: &mut AnyConnection, refs: &[&str]) -> Result<(), sqlx::Error> {
    let kept = KEPT_VERSIONS - 1;
    for refs in refs.chunks(ROWS) {
        let those = placeholder_rows(1, refs.len());
        run(
            connection,
            format!(
                "DELETE FROM catalog_versions WHERE (entity_ref, version) IN (SELECT entity_ref, version FROM \
                 (SELECT entity_ref, version, row_number() OVER (PARTITION BY entity_ref ORDER BY version DESC) AS place \
                 FROM catalog_versions WHERE entity_ref IN {those}) AS placed WHERE place > {kept})"
            ),
            refs,
        )
        .await?;
    }
    Ok(())
}

async fn run(connection: &mut AnyConnection, text: String, refs: &[&str]) -> Result<(), sqlx::Error> {
    let mut query = sqlx::query(AssertSqlSafe(text));
    for entity_ref in refs {
        query = query.bind(*entity_ref);
    }
    query.execute(connection).await.map(drop)
}
