//! The one row that says where the log ends, and where it begins.

use sqlx::AnyPool;
use storage::WriteTransaction;

use crate::{AuditError, AuditKey, chain::seal};

macro_rules! head_columns {
    () => {
        "number, mac, segment, segment_start, segment_start_mac, segment_since, floor_number, floor_mac, seal"
    };
}

type Row = (i64, String, i64, i64, String, i64, i64, String, String);

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Of the last entry; 0 before the first.
    pub(super) number: i64,
    pub(super) mac: String,
    /// The open segment.
    pub(super) segment: i64,
    /// The first entry that it has, or will have.
    pub(super) segment_start: i64,
    pub(super) segment_start_mac: String,
    /// When it got its first entry.
    pub(super) segment_since: i64,
    /// The last entry that was pruned; 0 if none was.
    pub(super) floor_number: i64,
    pub(super) floor_mac: String,
    seal: String,
}

/// A segment that is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) number: i64,
    pub(super) first: i64,
    pub(super) last: i64,
    pub(super) start_mac: String,
    pub(super) end_mac: String,
    pub(super) sealed_at: i64,
    pub(super) seal: String,
}

pub(super) type SegmentRow = (i64, i64, i64, String, String, i64, String);

impl From<SegmentRow> for Segment {
    fn from(row: SegmentRow) -> Self {
        let (number, first, last, start_mac, end_mac, sealed_at, seal) = row;
        Self { number, first, last, start_mac, end_mac, sealed_at, seal }
    }
}

impl Segment {
    /// What its seal must be.
    pub(super) fn expected_seal(&self, key: &AuditKey) -> String {
        let numbers = [self.number, self.first, self.last, self.sealed_at];
        seal(key, "segment", &numbers, &[&self.start_mac, &self.end_mac])
    }
}

impl Head {
    /// Of a log without entries.
    pub(super) fn first(key: &AuditKey) -> Self {
        let mac = seal(key, "begin", &[], &[]);
        Self {
            number: 0,
            mac: mac.clone(),
            segment: 1,
            segment_start: 1,
            segment_start_mac: mac.clone(),
            segment_since: 0,
            floor_number: 0,
            floor_mac: mac,
            seal: String::new(),
        }
    }

    pub(super) fn is_segment_empty(&self) -> bool {
        self.number < self.segment_start
    }

    fn expected_seal(&self, key: &AuditKey) -> String {
        let numbers = [self.number, self.segment, self.segment_start, self.segment_since, self.floor_number];
        seal(key, "head", &numbers, &[&self.mac, &self.segment_start_mac, &self.floor_mac])
    }

    /// That it was written with this key.
    pub(super) fn check(&self, key: &AuditKey) -> Result<(), AuditError> {
        if self.seal == self.expected_seal(key) { Ok(()) } else { Err(AuditError::Seal) }
    }

    pub(super) async fn read(reader: &AnyPool) -> Result<Option<Self>, sqlx::Error> {
        let row: Option<Row> = sqlx::query_as(concat!("SELECT ", head_columns!(), " FROM audit_head WHERE id = 1"))
            .fetch_optional(reader)
            .await?;
        Ok(row.map(head))
    }

    /// Reads it, and keeps others from changing it until the end of the transaction: by an update that changes nothing, which both
    /// databases know.
    pub(super) async fn lock(transaction: &mut WriteTransaction) -> Result<Option<Self>, sqlx::Error> {
        let row: Option<Row> =
            sqlx::query_as(concat!("UPDATE audit_head SET id = id WHERE id = 1 RETURNING ", head_columns!()))
                .fetch_optional(transaction.connection())
                .await?;
        Ok(row.map(head))
    }

    /// Writes the first head, unless another process was quicker.
    pub(super) async fn insert(&self, transaction: &mut WriteTransaction, key: &AuditKey) -> Result<(), sqlx::Error> {
        let statement = concat!(
            "INSERT INTO audit_head (id, ",
            head_columns!(),
            ") VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING"
        );
        self.write(statement, transaction, key).await
    }

    pub(super) async fn update(&self, transaction: &mut WriteTransaction, key: &AuditKey) -> Result<(), sqlx::Error> {
        let statement = "UPDATE audit_head SET number = $1, mac = $2, segment = $3, segment_start = $4, segment_start_mac = $5, \
                         segment_since = $6, floor_number = $7, floor_mac = $8, seal = $9 WHERE id = 1";
        self.write(statement, transaction, key).await
    }

    async fn write(
        &self,
        statement: &'static str,
        transaction: &mut WriteTransaction,
        key: &AuditKey,
    ) -> Result<(), sqlx::Error> {
        sqlx::query(statement)
            .bind(self.number)
            .bind(&*self.mac)
            .bind(self.segment)
            .bind(self.segment_start)
            .bind(&*self.segment_start_mac)
            .bind(self.segment_since)
            .bind(self.floor_number)
            .bind(&*self.floor_mac)
            .bind(self.expected_seal(key))
            .execute(transaction.connection())
            .await?;
        Ok(())
    }

    /// Ends the open segment, and begins the next one.
    pub(super) async fn seal_segment(
        &mut self,
        transaction: &mut WriteTransaction,
        key: &AuditKey,
        now: i64,
    ) -> Result<(), sqlx::Error> {
        let segment = Segment {
            number: self.segment,
            first: self.segment_start,
            last: self.number,
            start_mac: self.segment_start_mac.clone(),
            end_mac: self.mac.clone(),
            sealed_at: now,
            seal: String::new(),
        };
        sqlx::query(
            "INSERT INTO audit_segments (segment, first_number, last_number, start_mac, end_mac, sealed_at, seal) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(segment.number)
        .bind(segment.first)
        .bind(segment.last)
        .bind(&*segment.start_mac)
        .bind(&*segment.end_mac)
        .bind(segment.sealed_at)
        .bind(segment.expected_seal(key))
        .execute(transaction.connection())
        .await?;
        self.segment += 1;
        self.segment_start = self.number + 1;
        self.segment_start_mac.clone_from(&self.mac);
        Ok(())
    }
}

fn head(row: Row) -> Head {
    let (number, mac, segment, segment_start, segment_start_mac, segment_since, floor_number, floor_mac, seal) = row;
    Head { number, mac, segment, segment_start, segment_start_mac, segment_since, floor_number, floor_mac, seal }
}
