//! The tables `audit_entries`, `audit_segments` and `audit_head`.

mod head;
mod prune;
#[cfg(test)]
mod tests;
mod verify;

use std::time::Duration;

use storage::{Database, WriteTransaction, placeholder_rows};

use self::head::Head;
pub use self::verify::{Verification, Verified};
use crate::{Anchor, AuditError, AuditKey, Entry, NewEntry, chain};

/// Entries of one statement: rows times columns stay below a thousand.
const ROWS: usize = 90;

macro_rules! columns {
    () => {
        "number, at, principal, action, entity, address, outcome, request_id, count, mac"
    };
}
use columns;

type Row = (i64, i64, String, String, String, String, String, String, i64, String);

/// When a segment is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentLimits {
    /// Entries of a segment, at most; but what is appended at once stays together.
    pub entries: i64,
    /// How long a segment stays open, counted from its first entry.
    pub age: Duration,
}

/// What is asked of the log; an empty text asks for all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Who.
    pub principal: String,
    /// What.
    pub action: String,
    /// On what.
    pub entity: String,
    /// How it came out, by name.
    pub outcome: String,
    /// Not before this time, in microseconds since 1970.
    pub from: Option<i64>,
    /// Before this time, in microseconds since 1970.
    pub to: Option<i64>,
    /// Only entries with a lower number.
    pub before: Option<i64>,
    /// Entries, at most.
    pub limit: i64,
}

/// The log in a database. Cheap to clone.
#[derive(Clone)]
pub struct AuditStore {
    database: Database,
    key: AuditKey,
    limits: SegmentLimits,
}

impl AuditStore {
    /// The log in a database with all tables, begun where there is none.
    ///
    /// # Errors
    /// [`AuditError::Seal`] if the key is another than the log was begun with, [`AuditError::NoHead`], [`AuditError::Store`].
    pub async fn open(database: Database, key: AuditKey, limits: SegmentLimits) -> Result<Self, AuditError> {
        let store = Self { database, key, limits };
        store.begin().await?;
        Ok(store)
    }

    /// The log as it is, whether or not the key fits; to find out what is wrong with it.
    pub fn unchecked(database: Database, key: AuditKey, limits: SegmentLimits) -> Self {
        Self { database, key, limits }
    }

    async fn begin(&self) -> Result<(), AuditError> {
        if let Some(head) = self.head().await? {
            return head.check(&self.key);
        }
        let mut transaction = self.database.begin_write().await?;
        Head::first(&self.key)
            .insert(&mut transaction, &self.key)
            .await
            .map_err(|cause| self.database.failed(cause))?;
        let entries: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM audit_entries")
            .fetch_one(transaction.connection())
            .await
            .map_err(|cause| self.database.failed(cause))?;
        let head = Head::lock(&mut transaction).await.map_err(|cause| self.database.failed(cause))?;
        let head = head.ok_or(AuditError::NoHead)?;
        head.check(&self.key)?;
        if entries > 0 && head.number == 0 {
            return Err(AuditError::NoHead);
        }
        Ok(transaction.commit().await?)
    }

    /// Appends entries; they are durable when this returns. `now` is in microseconds since 1970.
    ///
    /// # Errors
    /// [`AuditError::Seal`] if the end of the log was changed: what came after it would hide that. [`AuditError::Store`].
    pub async fn append(&self, entries: Vec<NewEntry>, now: i64) -> Result<(), AuditError> {
        if entries.is_empty() {
            return Ok(());
        }
        let mut transaction = self.database.begin_write().await?;
        let mut head = self.lock_head(&mut transaction).await?;
        self.append_to(&mut head, &mut transaction, entries, now).await?;
        head.update(&mut transaction, &self.key).await.map_err(|cause| self.database.failed(cause))?;
        Ok(transaction.commit().await?)
    }

    /// The head, which nobody else changes until the end of the transaction.
    async fn lock_head(&self, transaction: &mut WriteTransaction) -> Result<Head, AuditError> {
        let head = Head::lock(transaction).await.map_err(|cause| self.database.failed(cause))?;
        let head = head.ok_or(AuditError::NoHead)?;
        head.check(&self.key)?;
        Ok(head)
    }

    async fn append_to(
        &self,
        head: &mut Head,
        transaction: &mut WriteTransaction,
        entries: Vec<NewEntry>,
        now: i64,
    ) -> Result<(), AuditError> {
        self.seal_complete(head, transaction, now).await?;
        if head.is_segment_empty() {
            head.segment_since = now;
        }
        let entries: Vec<Entry> = entries
            .into_iter()
            .map(|new| {
                let entry = chain::next(&self.key, head.number, &head.mac, new);
                (head.number, head.mac) = (entry.number, entry.mac.clone());
                entry
            })
            .collect();
        for rows in entries.chunks(ROWS) {
            insert(rows, transaction).await.map_err(|cause| self.database.failed(cause))?;
        }
        Ok(())
    }

    /// Ends the open segment if it is full, or has been open long enough.
    async fn seal_complete(
        &self,
        head: &mut Head,
        transaction: &mut WriteTransaction,
        now: i64,
    ) -> Result<(), AuditError> {
        let is_full = head.number - head.segment_start + 1 >= self.limits.entries;
        let is_old = now.saturating_sub(head.segment_since) >= microseconds(self.limits.age);
        if head.is_segment_empty() || !(is_full || is_old) {
            return Ok(());
        }
        head.seal_segment(transaction, &self.key, now).await.map_err(|cause| self.database.failed(cause))?;
        Ok(())
    }

    /// Entries, the latest first.
    ///
    /// # Errors
    /// [`AuditError::Store`].
    pub async fn list(&self, query: &Query) -> Result<Vec<Entry>, AuditError> {
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM audit_entries WHERE number < $1 AND at >= $2 AND at < $3 AND ($4 = '' OR principal = $4) AND \
             ($5 = '' OR action = $5) AND ($6 = '' OR entity = $6) AND ($7 = '' OR outcome = $7) ORDER BY number DESC LIMIT $8"
        ))
        .bind(query.before.unwrap_or(i64::MAX))
        .bind(query.from.unwrap_or(i64::MIN))
        .bind(query.to.unwrap_or(i64::MAX))
        .bind(&*query.principal)
        .bind(&*query.action)
        .bind(&*query.entity)
        .bind(&*query.outcome)
        .bind(query.limit)
        .fetch_all(self.database.reader())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        Ok(rows.into_iter().map(entry).collect())
    }

    /// Where the log ends.
    ///
    /// # Errors
    /// [`AuditError::NoHead`], [`AuditError::Store`].
    pub async fn end(&self) -> Result<Anchor, AuditError> {
        let head = self.head().await?.ok_or(AuditError::NoHead)?;
        Ok(Anchor { number: head.number, mac: head.mac })
    }

    async fn head(&self) -> Result<Option<Head>, AuditError> {
        Ok(Head::read(self.database.reader()).await.map_err(|cause| self.database.failed(cause))?)
    }
}

async fn insert(entries: &[Entry], transaction: &mut WriteTransaction) -> Result<(), sqlx::Error> {
    let statement =
        format!(concat!("INSERT INTO audit_entries (", columns!(), ") VALUES {}"), placeholder_rows(entries.len(), 10));
    let mut query = sqlx::query(sqlx::AssertSqlSafe(statement));
    for entry in entries {
        query = query
            .bind(entry.number)
            .bind(entry.at)
            .bind(&*entry.principal)
            .bind(&*entry.action)
            .bind(&*entry.entity)
            .bind(&*entry.address)
            .bind(&*entry.outcome)
            .bind(&*entry.request_id)
            .bind(entry.count)
            .bind(&*entry.mac);
    }
    query.execute(transaction.connection()).await?;
    Ok(())
}

fn entry(row: Row) -> Entry {
    let (number, at, principal, action, entity, address, outcome, request_id, count, mac) = row;
    Entry { number, at, principal, action, entity, address, outcome, request_id, count, mac }
}

fn microseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
