use std::time::Duration;

use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{MissedTickBehavior, interval, timeout},
};
use uuid::Uuid;

use crate::{Database, StorageError};

/// How quickly another process takes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseTimes {
    /// How long a lease lasts that is not renewed: after this time another process takes over. 15 s by default.
    pub lifetime: Duration,
    /// How often it is renewed, or tried for; a fraction of the lifetime. 3 s by default.
    pub renewal: Duration,
}

impl Default for LeaseTimes {
    fn default() -> Self {
        Self { lifetime: Duration::from_secs(15), renewal: Duration::from_secs(3) }
    }
}

/// Takes the lease, or makes it last longer; writes nothing while another process has it.
const TAKE: &str = "INSERT INTO leases (name, holder, expires_at) \
    VALUES ($1, $2, CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT) + $3) \
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at \
    WHERE leases.holder = excluded.holder \
    OR leases.expires_at < CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)";

/// The right to do what one process at a time does, tried for and renewed in the background. On SQLite there is one process, which always
/// has it.
///
/// A process that stands still for longer than the lease lasts finds out late that it has lost it: whoever writes under a lease must also
/// notice that another has written.
pub struct Lease {
    held: watch::Receiver<bool>,
    release: Option<Release>,
}

struct Release {
    database: Database,
    name: &'static str,
    holder: String,
    task: JoinHandle<()>,
}

impl Lease {
    /// Begins to try for the lease of this name; returns after the first try.
    pub async fn of(database: &Database, name: &'static str, times: LeaseTimes) -> Self {
        if !database.is_shared() {
            return Self { held: watch::channel(true).1, release: None };
        }
        let holder = Uuid::now_v7().to_string();
        let (tell, held) = watch::channel(take(database, name, &holder, times.lifetime).await);
        let task = tokio::spawn({
            let (database, holder) = (database.clone(), holder.clone());
            async move {
                let mut renewal = interval(times.renewal);
                renewal.set_missed_tick_behavior(MissedTickBehavior::Delay);
                renewal.tick().await;
                loop {
                    renewal.tick().await;
                    let is_held = take(&database, name, &holder, times.lifetime).await;
                    tell.send_if_modified(|held| std::mem::replace(held, is_held) != is_held);
                }
            }
        });
        Self { held, release: Some(Release { database: database.clone(), name, holder, task }) }
    }

    /// True while this process has it.
    pub fn is_held(&self) -> bool {
        *self.held.borrow()
    }

    /// Waits until it was taken or lost.
    pub async fn changed(&mut self) {
        if self.held.changed().await.is_err() {
            // Nothing is going to change any more.
            std::future::pending::<()>().await;
        }
    }

    /// Gives it back, so that another process need not wait until it expires.
    ///
    /// # Errors
    /// [`StorageError::Query`]; then it expires.
    pub async fn release(mut self) -> Result<(), StorageError> {
        let Some(release) = self.release.take() else { return Ok(()) };
        release.task.abort();
        sqlx::query("DELETE FROM leases WHERE name = $1 AND holder = $2")
            .bind(release.name)
            .bind(&release.holder)
            .execute(release.database.writer())
            .await
            .map_err(|cause| release.database.failed(cause))?;
        Ok(())
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            release.task.abort();
        }
    }
}

/// True if the lease is this process's now; false too where the database can't be reached, for then nothing can be written anyway.
async fn take(database: &Database, name: &str, holder: &str, lifetime: Duration) -> bool {
    let microseconds = i64::try_from(lifetime.as_micros()).unwrap_or(i64::MAX);
    let taking = sqlx::query(TAKE).bind(name).bind(holder).bind(microseconds).execute(database.writer());
    // After that time it has expired, whether or not the answer still comes.
    match timeout(lifetime, taking).await.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
        Ok(done) => done.rows_affected() > 0,
        Err(error) => {
            tracing::warn!(%error, name, "can not renew the lease");
            false
        }
    }
}
