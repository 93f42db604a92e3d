//! Old segments go as a whole.

use super::{
    AuditStore,
    head::{Head, Segment, SegmentRow},
};
use crate::{AuditError, Fault, NewEntry, Outcome, chain::Walk};

/// The action of the entry that says so.
const ACTION: &str = "audit.segment.prune";
/// Who does it.
const PRINCIPAL: &str = "callboard";

impl AuditStore {
    /// Takes out the oldest segment if it was complete before a time; says how many entries went, and leaves an entry that says so.
    /// Times are in microseconds since 1970. One that does not verify stays.
    ///
    /// # Errors
    /// [`AuditError::Seal`], [`AuditError::Store`].
    pub async fn prune_oldest(&self, before: i64, now: i64) -> Result<Option<i64>, AuditError> {
        self.seal_if_complete(now).await?;
        let head = self.head().await?.ok_or(AuditError::NoHead)?;
        let Some(segment) = self.oldest_segment().await?.filter(|segment| segment.sealed_at < before) else {
            return Ok(None);
        };
        if let Some(fault) = self.fault_of(&segment, &head).await? {
            tracing::error!(%fault, segment = segment.number, "an old part of the audit log does not verify, and so is kept");
            return Ok(None);
        }
        let failed = |cause| self.database.failed(cause);
        let mut transaction = self.database.begin_write().await?;
        let mut head = self.lock_head(&mut transaction).await?;
        if head.floor_number + 1 != segment.first {
            // Another process was quicker.
            return Ok(None);
        }
        for statement in
            ["DELETE FROM audit_entries WHERE number <= $1", "DELETE FROM audit_segments WHERE last_number <= $1"]
        {
            sqlx::query(statement).bind(segment.last).execute(transaction.connection()).await.map_err(failed)?;
        }
        (head.floor_number, head.floor_mac) = (segment.last, segment.end_mac);
        let told = NewEntry {
            at: now,
            principal: PRINCIPAL.to_owned(),
            action: ACTION.to_owned(),
            entity: format!("entries {} to {}", segment.first, segment.last),
            address: String::new(),
            outcome: Outcome::Done,
            request_id: String::new(),
            count: 1,
        };
        self.append_to(&mut head, &mut transaction, vec![told], now).await?;
        head.update(&mut transaction, &self.key).await.map_err(failed)?;
        transaction.commit().await?;
        Ok(Some(segment.last - segment.first + 1))
    }

    /// Ends the open segment if it is time, though nothing is appended.
    async fn seal_if_complete(&self, now: i64) -> Result<(), AuditError> {
        let mut transaction = self.database.begin_write().await?;
        let mut head = self.lock_head(&mut transaction).await?;
        self.seal_complete(&mut head, &mut transaction, now).await?;
        head.update(&mut transaction, &self.key).await.map_err(|cause| self.database.failed(cause))?;
        Ok(transaction.commit().await?)
    }

    async fn oldest_segment(&self) -> Result<Option<Segment>, AuditError> {
        let row: Option<SegmentRow> = sqlx::query_as(
            "SELECT segment, first_number, last_number, start_mac, end_mac, sealed_at, seal FROM audit_segments \
             ORDER BY segment LIMIT 1",
        )
        .fetch_optional(self.database.reader())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        Ok(row.map(Segment::from))
    }

    /// What is wrong with the oldest segment. If it went, nobody could tell any more.
    async fn fault_of(&self, segment: &Segment, head: &Head) -> Result<Option<Fault>, AuditError> {
        let follows = segment.first == head.floor_number + 1 && segment.start_mac == head.floor_mac;
        if !follows || segment.seal != segment.expected_seal(&self.key) {
            return Ok(Some(Fault::Segment { segment: segment.number, first: head.floor_number + 1 }));
        }
        let walk = Walk::from(&self.key, head.floor_number, head.floor_mac.clone());
        Ok(self.walk_to(walk, segment.last, &segment.end_mac).await?.err())
    }
}
