//! The log as the server uses it.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use storage::Database;
use tokio::time::{Instant, sleep};

use crate::{AuditError, AuditKey, AuditStore, NewEntry, SegmentLimits, sums::Sums};

/// How long, how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditLimits {
    /// When a segment is complete.
    pub segments: SegmentLimits,
    /// How long a complete segment is kept.
    pub keep: Duration,
    /// Sums that wait for the end of their minute, at most; what is more is summed up together.
    pub sums: usize,
    /// Between two looks for sums whose minute is over.
    pub flush_interval: Duration,
    /// Between two looks for segments that are old enough.
    pub prune_interval: Duration,
    /// Segments that one such look takes out, at most.
    pub prune_segments: usize,
}

/// The log of a running server. Cheap to clone.
#[derive(Clone)]
pub struct AuditLog {
    store: AuditStore,
    sums: Arc<Sums>,
    limits: AuditLimits,
}

impl AuditLog {
    /// The log in a database with all tables.
    ///
    /// # Errors
    /// As [`AuditStore::open`].
    pub async fn open(database: Database, key: AuditKey, limits: AuditLimits) -> Result<Self, AuditError> {
        let store = AuditStore::open(database, key, limits.segments).await?;
        Ok(Self { store, sums: Arc::new(Sums::new(limits.sums)), limits })
    }

    /// What lies below.
    pub fn store(&self) -> &AuditStore {
        &self.store
    }

    /// Enters one thing that was done. It is durable when this returns.
    ///
    /// # Errors
    /// As [`AuditStore::append`].
    pub async fn record(&self, entry: NewEntry) -> Result<(), AuditError> {
        self.store.append(vec![entry], now()).await
    }

    /// Counts one of what happens often; it is entered when its minute is over. Takes no time.
    pub fn count(&self, entry: NewEntry) {
        self.sums.add(entry);
    }

    /// Enters all sums, also those of the running minute. Where it fails they wait for the next time.
    ///
    /// # Errors
    /// As [`AuditStore::append`].
    pub async fn flush(&self) -> Result<(), AuditError> {
        self.enter(self.sums.take_all()).await
    }

    async fn enter(&self, sums: Vec<NewEntry>) -> Result<(), AuditError> {
        let entered = self.store.append(sums.clone(), now()).await;
        if entered.is_err() {
            self.sums.put_back(sums);
        }
        entered
    }

    /// Enters sums whose minute is over, and takes out segments that are old enough, again and again, for ever. Several servers may do so
    /// beside each other.
    pub async fn run(self) {
        let mut prune_at = Instant::now();
        loop {
            if let Err(error) = self.enter(self.sums.take_over(now())).await {
                tracing::error!(%error, "sums of the audit log wait for the next try");
            }
            if Instant::now() >= prune_at {
                self.prune().await;
                prune_at = Instant::now() + self.limits.prune_interval;
            }
            sleep(self.limits.flush_interval).await;
        }
    }

    async fn prune(&self) {
        for _ in 0..self.limits.prune_segments {
            let now = now();
            let keep = i64::try_from(self.limits.keep.as_micros()).unwrap_or(i64::MAX);
            match self.store.prune_oldest(now.saturating_sub(keep), now).await {
                Ok(Some(entries)) => tracing::info!(entries, "took old entries out of the audit log"),
                Ok(None) => return,
                Err(error) => {
                    tracing::error!(%error, "old entries stay in the audit log until the next try");
                    return;
                }
            }
        }
    }
}

/// Microseconds since 1970.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
