//! The statements that compare and write, many rows at a time.

use std::collections::HashMap;

use sqlx::{AnyConnection, AssertSqlSafe};
use storage::placeholder_rows;

use super::{
    plan::{Plan, Upsert},
    versions::{archive, bury, now, prune},
};
use crate::{processing::Body, stored::StoredEntity};

/// Rows of one statement; see [`placeholder_rows`].
pub(super) const ROWS: usize = 100;

/// The change counter when the catalog was last written.
pub(super) async fn written_revision(connection: &mut AnyConnection) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT coalesce(max(revision), 0) FROM (SELECT max(revision) AS revision FROM catalog_entities \
         UNION ALL SELECT max(revision) FROM catalog_deletions \
         UNION ALL SELECT max(revision) FROM catalog_unattached_problems) AS revisions",
    )
    .fetch_one(connection)
    .await
}

/// What is stored of entities of which only the rest changes.
pub(super) async fn stored_bodies(
    connection: &mut AnyConnection,
    plan: &Plan,
) -> Result<HashMap<String, Body>, sqlx::Error> {
    let refs: Vec<_> = plan.upserts.iter().filter(|u| u.body.is_none()).map(|u| u.entity_ref.as_str()).collect();
    let mut bodies = HashMap::with_capacity(refs.len());
    for refs in refs.chunks(ROWS) {
        let text = format!(
            "SELECT entity_ref, body, places, commit_id FROM catalog_entities WHERE entity_ref IN {}",
            placeholder_rows(1, refs.len())
        );
        let mut query = sqlx::query_as(AssertSqlSafe(text));
        for entity_ref in refs {
            query = query.bind(*entity_ref);
        }
        let rows: Vec<(String, String, String, String)> = query.fetch_all(&mut *connection).await?;
        let body = |(entity_ref, json, places, commit)| (entity_ref, Body { json, places, commit });
        bodies.extend(rows.into_iter().map(body));
    }
    Ok(bodies)
}

pub(super) async fn write_entities(
    connection: &mut AnyConnection,
    upserts: &[Upsert],
    stored: &[StoredEntity],
    origins: &[(String, String)],
    revision: i64,
) -> Result<(), sqlx::Error> {
    let changed_at = now();
    let rows: Vec<_> = upserts.iter().zip(stored).zip(origins).collect();
    for rows in rows.chunks(ROWS) {
        let text = format!(
            "INSERT INTO catalog_entities (entity_ref, uid, source, location, parent, body_hash, body, places, commit_id, problems, revision, version, changed_at) VALUES {} \
             ON CONFLICT (entity_ref) DO UPDATE SET source = excluded.source, location = excluded.location, parent = excluded.parent, \
             version = CASE WHEN catalog_entities.body_hash = excluded.body_hash THEN catalog_entities.version ELSE excluded.version END, \
             changed_at = CASE WHEN catalog_entities.body_hash = excluded.body_hash THEN catalog_entities.changed_at ELSE excluded.changed_at END, \
             commit_id = CASE WHEN catalog_entities.body_hash = excluded.body_hash THEN catalog_entities.commit_id ELSE excluded.commit_id END, \
             body_hash = excluded.body_hash, body = excluded.body, places = excluded.places, problems = excluded.problems, revision = excluded.revision",
            placeholder_rows(rows.len(), 13)
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for ((upsert, stored), (places, commit)) in rows {
            query = query
                .bind(&*upsert.entity_ref)
                .bind(&*stored.uid)
                .bind(&*upsert.source)
                .bind(&*upsert.location)
                .bind(&*upsert.parent)
                .bind(upsert.body_hash.to_string())
                .bind(&*stored.body)
                .bind(&**places)
                .bind(&**commit)
                .bind(&*upsert.problems_json)
                .bind(revision)
                .bind(revision)
                .bind(changed_at);
        }
        query.execute(&mut *connection).await?;
    }
    // What is back is not deleted any more.
    delete(connection, "catalog_deletions", upserts.iter().map(|upsert| upsert.entity_ref.as_str())).await
}

pub(super) async fn write_deletions(
    connection: &mut AnyConnection,
    removed: &[String],
    revision: i64,
) -> Result<(), sqlx::Error> {
    let refs: Vec<&str> = removed.iter().map(String::as_str).collect();
    archive(connection, &refs).await?;
    bury(connection, &refs, revision).await?;
    prune(connection, &refs).await?;
    delete(connection, "catalog_entities", removed.iter().map(String::as_str)).await?;
    for refs in removed.chunks(ROWS) {
        let text = format!(
            "INSERT INTO catalog_deletions (entity_ref, revision) VALUES {} \
             ON CONFLICT (entity_ref) DO UPDATE SET revision = excluded.revision",
            placeholder_rows(refs.len(), 2)
        );
        let mut query = sqlx::query(AssertSqlSafe(text));
        for entity_ref in refs {
            query = query.bind(entity_ref).bind(revision);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

async fn delete<'a>(
    connection: &mut AnyConnection,
    table: &str,
    refs: impl Iterator<Item = &'a str>,
) -> Result<(), sqlx::Error> {
    for refs in refs.collect::<Vec<_>>().chunks(ROWS) {
        let text = format!("DELETE FROM {table} WHERE entity_ref IN {}", placeholder_rows(1, refs.len()));
        let mut query = sqlx::query(AssertSqlSafe(text));
        for entity_ref in refs {
            query = query.bind(*entity_ref);
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

pub(super) async fn write_unattached(
    connection: &mut AnyConnection,
    by_source: &HashMap<String, String>,
    revision: i64,
) -> Result<(), sqlx::Error> {
    for (source, problems) in by_source {
        sqlx::query(
            "INSERT INTO catalog_unattached_problems (source, problems, revision) VALUES ($1, $2, $3) \
             ON CONFLICT (source) DO UPDATE SET problems = excluded.problems, revision = excluded.revision",
        )
        .bind(source)
        .bind(problems)
        .bind(revision)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}
