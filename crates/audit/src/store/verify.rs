//! Whether the log is what was written.

use super::{
    AuditStore, Row, columns, entry,
    head::{Head, Segment, SegmentRow},
};
use crate::{Anchor, AuditError, Entry, Fault, chain::Walk};

/// Entries that are read at once.
const BATCH: i64 = 1000;
/// How often a walk begins anew because entries were pruned before it.
const TRIES: usize = 3;

/// What came of a look at the whole log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verification {
    /// All of it fits.
    Fits(Verified),
    /// This is the first that does not.
    Broken(Fault),
}

/// A log that fits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Entries that are there.
    pub entries: i64,
    /// Segments that are complete.
    pub segments: usize,
    /// Entries that were pruned.
    pub pruned: i64,
    /// Where it ends.
    pub end: Anchor,
}

impl AuditStore {
    /// Looks at every entry that the log has; it may be written to meanwhile. With an end that was kept elsewhere also whether the log
    /// still is the one that ended there.
    ///
    /// # Errors
    /// [`AuditError::NoHead`], [`AuditError::Store`].
    pub async fn verify(&self, includes: Option<&Anchor>) -> Result<Verification, AuditError> {
        let mut head = self.head().await?.ok_or(AuditError::NoHead)?;
        for _ in 1..TRIES {
            let outcome = self.verify_to(&head, includes).await?;
            let now = self.head().await?.ok_or(AuditError::NoHead)?;
            if outcome.is_ok() || now.floor_number == head.floor_number {
                return Ok(told(outcome));
            }
            head = now;
        }
        Ok(told(self.verify_to(&head, includes).await?))
    }

    async fn verify_to(&self, head: &Head, includes: Option<&Anchor>) -> Result<Result<Verified, Fault>, AuditError> {
        if head.check(&self.key).is_err() {
            return Ok(Err(Fault::Head));
        }
        let segments = self.segments(head).await?;
        let mut walk = Walk::from(&self.key, head.floor_number, head.floor_mac.clone());
        for segment in &segments {
            let first = walk.number + 1;
            let is_next = segment.first == first && segment.start_mac == walk.mac;
            if !is_next || segment.seal != segment.expected_seal(&self.key) {
                return Ok(Err(Fault::Segment { segment: segment.number, first }));
            }
            match self.walk_to(walk, segment.last, &segment.end_mac).await? {
                Ok(further) => walk = further,
                Err(fault) => return Ok(Err(fault)),
            }
        }
        if walk.number + 1 != head.segment_start || walk.mac != head.segment_start_mac {
            let segment = segments.last().map_or(head.segment - 1, |segment| segment.number + 1);
            return Ok(Err(Fault::Segment { segment, first: walk.number + 1 }));
        }
        if let Err(fault) = self.walk_to(walk, head.number, &head.mac).await? {
            return Ok(Err(fault));
        }
        if let Some(number) = self.surplus().await? {
            return Ok(Err(Fault::Surplus(number)));
        }
        if let Some(anchor) = includes
            && !self.is_on_the_way(anchor, head).await?
        {
            return Ok(Err(Fault::Anchor(anchor.number)));
        }
        Ok(Ok(Verified {
            entries: head.number - head.floor_number,
            segments: segments.len(),
            pruned: head.floor_number,
            end: Anchor { number: head.number, mac: head.mac.clone() },
        }))
    }

    /// Walks on to an entry, which must have this `mac`.
    pub(super) async fn walk_to<'a>(
        &self,
        mut walk: Walk<'a>,
        last: i64,
        mac: &str,
    ) -> Result<Result<Walk<'a>, Fault>, AuditError> {
        while walk.number < last {
            let entries = self.after(walk.number, last).await?;
            if entries.is_empty() {
                return Ok(Err(Fault::Missing(walk.number + 1)));
            }
            for entry in &entries {
                if let Err(fault) = walk.take(entry) {
                    return Ok(Err(fault));
                }
            }
        }
        Ok(if walk.mac == mac { Ok(walk) } else { Err(Fault::Changed(last)) })
    }

    async fn after(&self, number: i64, last: i64) -> Result<Vec<Entry>, AuditError> {
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM audit_entries WHERE number > $1 AND number <= $2 ORDER BY number LIMIT $3"
        ))
        .bind(number)
        .bind(last)
        .bind(BATCH)
        .fetch_all(self.database.reader())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        Ok(rows.into_iter().map(entry).collect())
    }

    async fn segments(&self, head: &Head) -> Result<Vec<Segment>, AuditError> {
        let rows: Vec<SegmentRow> = sqlx::query_as(
            "SELECT segment, first_number, last_number, start_mac, end_mac, sealed_at, seal FROM audit_segments \
             WHERE segment < $1 ORDER BY segment",
        )
        .bind(head.segment)
        .fetch_all(self.database.reader())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        Ok(rows.into_iter().map(Segment::from).collect())
    }

    /// An entry before the beginning or behind the end: lists would show it, and no walk comes to it. In one statement, for the log
    /// may grow meanwhile.
    async fn surplus(&self) -> Result<Option<i64>, AuditError> {
        let number: Option<i64> = sqlx::query_scalar(
            "SELECT MIN(e.number) FROM audit_entries AS e, audit_head AS h WHERE e.number > h.number OR e.number <= h.floor_number",
        )
        .fetch_one(self.database.reader())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        Ok(number)
    }

    async fn is_on_the_way(&self, anchor: &Anchor, head: &Head) -> Result<bool, AuditError> {
        if anchor.number == head.floor_number {
            return Ok(anchor.mac == head.floor_mac);
        }
        // What was pruned can't be compared any more; that it was there is certain, for numbers have no gaps.
        if anchor.number < head.floor_number {
            return Ok(true);
        }
        let entries = self.after(anchor.number - 1, anchor.number).await?;
        Ok(anchor.number <= head.number && entries.first().is_some_and(|entry| entry.mac == anchor.mac))
    }
}

fn told(outcome: Result<Verified, Fault>) -> Verification {
    match outcome {
        Ok(verified) => Verification::Fits(verified),
        Err(fault) => Verification::Broken(fault),
    }
}
