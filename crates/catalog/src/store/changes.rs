//! What changed lately, one set a write.

use sqlx::AnyConnection;

use super::{CatalogStore, StoreError, StoredVersion, versions::now};

/// Change sets that are kept: as many numbers of the change counter.
const KEPT_SETS: i64 = 10_000;

/// What one write changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoredChangeSet {
    /// Number of the change; grows.
    pub version: i64,
    /// When, in microseconds since 1970.
    pub changed_at: i64,
    /// Entities that came.
    pub added: i64,
    /// Entities that became others.
    pub changed: i64,
    /// Entities that went.
    pub removed: i64,
}

/// An entity of a change set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredChange {
    /// Canonical.
    pub entity_ref: String,
    /// As it became.
    pub after: StoredVersion,
    /// JSON of the version before; `None` where there was none.
    pub before: Option<String>,
}

impl CatalogStore {
    /// At most `limit` change sets before a version, the newest first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn change_sets(&self, before: i64, limit: usize) -> Result<Vec<StoredChangeSet>, StoreError> {
        let rows: Vec<(i64, i64, i64, i64, i64)> = sqlx::query_as(
            "SELECT version, changed_at, added, changed, removed FROM catalog_change_sets WHERE version < $1 \
             ORDER BY version DESC LIMIT $2",
        )
        .bind(before)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(self.database.reader())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        let set = |(version, changed_at, added, changed, removed)| StoredChangeSet {
            version,
            changed_at,
            added,
            changed,
            removed,
        };
        Ok(rows.into_iter().map(set).collect())
    }

    /// The first entities of a change set in the order of their refs, each with the version before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn changes_of(&self, version: i64, limit: usize) -> Result<Vec<StoredChange>, StoreError> {
        // Which entities first: a body is large, and a set may have as many as the catalog.
        let rows: Vec<(String, i64, String, String, String, String)> = sqlx::query_as(
            "SELECT entity_ref, changed_at, location, commit_id, body, coalesce((SELECT o.body FROM catalog_versions o \
             WHERE o.entity_ref = named.entity_ref AND o.version < $1 ORDER BY o.version DESC LIMIT 1), '') \
             FROM (SELECT * FROM (SELECT entity_ref, changed_at, location, commit_id, body FROM catalog_entities WHERE version = $2 \
             ORDER BY entity_ref LIMIT $3) AS present UNION ALL \
             SELECT * FROM (SELECT entity_ref, changed_at, location, commit_id, body FROM catalog_versions WHERE version = $4 \
             ORDER BY entity_ref LIMIT $5) AS past) AS named ORDER BY entity_ref",
        )
        .bind(version)
        .bind(version)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .bind(version)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(self.database.reader())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        let some = |text: String| Some(text).filter(|text| !text.is_empty());
        let change = |(entity_ref, changed_at, location, commit, body, before): (_, _, _, _, _, String)| StoredChange {
            entity_ref,
            after: StoredVersion { version, changed_at, location, commit, body: some(body) },
            before: some(before),
        };
        Ok(rows.into_iter().take(limit).map(change).collect())
    }
}

/// Notes what a write changed, and forgets the oldest sets. Nothing is noted where entities say what they said.
pub(super) async fn note(
    connection: &mut AnyConnection,
    revision: i64,
    added: usize,
    changed: usize,
    removed: usize,
) -> Result<(), sqlx::Error> {
    if added + changed + removed == 0 {
        return Ok(());
    }
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    sqlx::query(
        "INSERT INTO catalog_change_sets (version, changed_at, added, changed, removed) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT DO NOTHING",
    )
    .bind(revision)
    .bind(now())
    .bind(number(added))
    .bind(number(changed))
    .bind(number(removed))
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM catalog_change_sets WHERE version <= $1")
        .bind(revision - KEPT_SETS)
        .execute(connection)
        .await
        .map(drop)
}
