//! The tables `personal_…`.

use std::collections::BTreeMap;

use access::Person;
use jiff::Timestamp;
use model::personal::{Personal, SavedView};
use sqlx::AnyConnection;
use storage::{Database, StorageError};

/// Whose something is: the key of a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Owner {
    issuer: String,
    subject: String,
}

impl From<&Person> for Owner {
    fn from(person: &Person) -> Self {
        Self { issuer: person.issuer.clone(), subject: person.subject.clone() }
    }
}

/// How something came to be written that has a limit or a unique name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    Done,
    /// There are as many as there may be.
    Full,
    /// Another has the name.
    Taken,
}

/// What people keep, in the database. Cheap to clone.
#[derive(Clone)]
pub struct PersonalStore {
    database: Database,
}

/// Milliseconds since 1970.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_millisecond()
}

impl PersonalStore {
    /// The store in a database with all tables.
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// All that somebody keeps, in one question: each of their pages waits for it.
    pub(crate) async fn read(&self, owner: &Owner) -> Result<Personal, StorageError> {
        let rows: Vec<(String, String, String, String)> = sqlx::query_as(
            "SELECT part, id, name, path FROM (\
             SELECT 'star' AS part, '' AS id, entity_ref AS name, '' AS path, starred AS at FROM personal_stars WHERE issuer = $1 AND subject = $2 \
             UNION ALL SELECT 'visit', '', entity_ref, '', -visited FROM personal_visits WHERE issuer = $1 AND subject = $2 \
             UNION ALL SELECT 'view', id, name, path, created FROM personal_views WHERE issuer = $1 AND subject = $2 \
             UNION ALL SELECT 'columns', '', list_columns, '', CAST(0 AS BIGINT) FROM personal_settings WHERE issuer = $1 AND subject = $2\
             ) AS kept ORDER BY at, name",
        )
        .bind(&*owner.issuer)
        .bind(&*owner.subject)
        .fetch_all(self.database.reader())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        let mut kept = Personal::default();
        for (part, id, name, path) in rows {
            match &*part {
                "star" => kept.stars.push(name),
                "visit" => kept.visits.push(name),
                "view" => kept.views.push(SavedView { id, name, path }),
                _ => kept.columns = name,
            }
        }
        kept.views.sort_by_cached_key(|view| view.name.to_lowercase());
        Ok(kept)
    }

    /// Stars entities; all of them or, where there is no room, none.
    pub(crate) async fn put_stars(&self, owner: &Owner, refs: &[String], max: u32) -> Result<Written, StorageError> {
        let mut transaction = self.database.begin_write().await?;
        let first = now();
        for (at, entity_ref) in (first..).zip(refs) {
            sqlx::query(
                "INSERT INTO personal_stars (issuer, subject, entity_ref, starred) VALUES ($1, $2, $3, $4) \
                 ON CONFLICT (issuer, subject, entity_ref) DO NOTHING",
            )
            .bind(&*owner.issuer)
            .bind(&*owner.subject)
            .bind(&**entity_ref)
            .bind(at)
            .execute(transaction.connection())
            .await
            .map_err(|cause| self.database.failed(cause))?;
        }
        let count = "SELECT COUNT(*) FROM personal_stars WHERE issuer = $1 AND subject = $2";
        // Dropped without a commit, the rows go again.
        if self.count(transaction.connection(), count, owner).await? > i64::from(max) {
            return Ok(Written::Full);
        }
        transaction.commit().await?;
        Ok(Written::Done)
    }

    /// Takes stars away.
    pub(crate) async fn delete_stars(&self, owner: &Owner, refs: &[String]) -> Result<(), StorageError> {
        let mut transaction = self.database.begin_write().await?;
        for entity_ref in refs {
            sqlx::query("DELETE FROM personal_stars WHERE issuer = $1 AND subject = $2 AND entity_ref = $3")
                .bind(&*owner.issuer)
                .bind(&*owner.subject)
                .bind(&**entity_ref)
                .execute(transaction.connection())
                .await
                .map_err(|cause| self.database.failed(cause))?;
        }
        transaction.commit().await
    }

    /// Notes visits of several people, of which each keeps the latest `max`.
    pub(crate) async fn put_visits(
        &self,
        visits: &BTreeMap<Owner, BTreeMap<String, i64>>,
        max: u32,
    ) -> Result<(), StorageError> {
        if visits.is_empty() {
            return Ok(());
        }
        let mut transaction = self.database.begin_write().await?;
        for (owner, seen) in visits {
            for (entity_ref, at) in seen {
                sqlx::query(
                    "INSERT INTO personal_visits (issuer, subject, entity_ref, visited) VALUES ($1, $2, $3, $4) \
                     ON CONFLICT (issuer, subject, entity_ref) DO UPDATE SET visited = excluded.visited",
                )
                .bind(&*owner.issuer)
                .bind(&*owner.subject)
                .bind(&**entity_ref)
                .bind(*at)
                .execute(transaction.connection())
                .await
                .map_err(|cause| self.database.failed(cause))?;
            }
            sqlx::query(
                "DELETE FROM personal_visits WHERE issuer = $1 AND subject = $2 AND entity_ref NOT IN (SELECT entity_ref FROM personal_visits \
                 WHERE issuer = $1 AND subject = $2 ORDER BY visited DESC, entity_ref LIMIT $3)",
            )
            .bind(&*owner.issuer)
            .bind(&*owner.subject)
            .bind(i64::from(max))
            .execute(transaction.connection())
            .await
            .map_err(|cause| self.database.failed(cause))?;
        }
        transaction.commit().await
    }

    /// Forgets all visits.
    pub(crate) async fn delete_visits(&self, owner: &Owner) -> Result<(), StorageError> {
        let mut transaction = self.database.begin_write().await?;
        sqlx::query("DELETE FROM personal_visits WHERE issuer = $1 AND subject = $2")
            .bind(&*owner.issuer)
            .bind(&*owner.subject)
            .execute(transaction.connection())
            .await
            .map_err(|cause| self.database.failed(cause))?;
        transaction.commit().await
    }

    /// Saves a view.
    pub(crate) async fn insert_view(&self, owner: &Owner, view: &SavedView, max: u32) -> Result<Written, StorageError> {
        let mut transaction = self.database.begin_write().await?;
        let inserted = sqlx::query(
            "INSERT INTO personal_views (id, issuer, subject, name, path, created) VALUES ($1, $2, $3, $4, $5, $6) \
             ON CONFLICT (issuer, subject, name) DO NOTHING",
        )
        .bind(&*view.id)
        .bind(&*owner.issuer)
        .bind(&*owner.subject)
        .bind(&*view.name)
        .bind(&*view.path)
        .bind(now())
        .execute(transaction.connection())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        if inserted.rows_affected() == 0 {
            return Ok(Written::Taken);
        }
        let count = "SELECT COUNT(*) FROM personal_views WHERE issuer = $1 AND subject = $2";
        if self.count(transaction.connection(), count, owner).await? > i64::from(max) {
            return Ok(Written::Full);
        }
        transaction.commit().await?;
        Ok(Written::Done)
    }

    /// Gives a view another name; `None` where there is no such view.
    pub(crate) async fn rename_view(
        &self,
        owner: &Owner,
        id: &str,
        name: &str,
    ) -> Result<Option<Written>, StorageError> {
        let failed = |cause| self.database.failed(cause);
        let mut transaction = self.database.begin_write().await?;
        let other: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM personal_views WHERE issuer = $1 AND subject = $2 AND name = $3 AND id <> $4",
        )
        .bind(&*owner.issuer)
        .bind(&*owner.subject)
        .bind(name)
        .bind(id)
        .fetch_one(transaction.connection())
        .await
        .map_err(failed)?;
        if other > 0 {
            return Ok(Some(Written::Taken));
        }
        let updated = sqlx::query("UPDATE personal_views SET name = $1 WHERE issuer = $2 AND subject = $3 AND id = $4")
            .bind(name)
            .bind(&*owner.issuer)
            .bind(&*owner.subject)
            .bind(id)
            .execute(transaction.connection())
            .await
            .map_err(failed)?;
        transaction.commit().await?;
        Ok((updated.rows_affected() > 0).then_some(Written::Done))
    }

    /// Removes a view; says whether there was one.
    pub(crate) async fn delete_view(&self, owner: &Owner, id: &str) -> Result<bool, StorageError> {
        let mut transaction = self.database.begin_write().await?;
        let deleted = sqlx::query("DELETE FROM personal_views WHERE issuer = $1 AND subject = $2 AND id = $3")
            .bind(&*owner.issuer)
            .bind(&*owner.subject)
            .bind(id)
            .execute(transaction.connection())
            .await
            .map_err(|cause| self.database.failed(cause))?;
        transaction.commit().await?;
        Ok(deleted.rows_affected() > 0)
    }

    /// Keeps the columns of the list; the usual ones where the text is empty.
    pub(crate) async fn put_columns(&self, owner: &Owner, columns: &str) -> Result<(), StorageError> {
        let mut transaction = self.database.begin_write().await?;
        sqlx::query(
            "INSERT INTO personal_settings (issuer, subject, list_columns) VALUES ($1, $2, $3) \
             ON CONFLICT (issuer, subject) DO UPDATE SET list_columns = excluded.list_columns",
        )
        .bind(&*owner.issuer)
        .bind(&*owner.subject)
        .bind(columns)
        .execute(transaction.connection())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        transaction.commit().await
    }

    async fn count(
        &self,
        connection: &mut AnyConnection,
        question: &'static str,
        owner: &Owner,
    ) -> Result<i64, StorageError> {
        sqlx::query_scalar(question)
            .bind(&*owner.issuer)
            .bind(&*owner.subject)
            .fetch_one(connection)
            .await
            .map_err(|cause| self.database.failed(cause))
    }
}
