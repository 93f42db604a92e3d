use std::time::Duration;

use sqlx::postgres::PgListener;
use tokio::time::{Instant, sleep_until, timeout_at};

/// The channel that PostgreSQL notifies on each change.
pub(crate) const CHANNEL: &str = "callboard_changes";

/// How often each process looks at the change counter, whether or not there was a hint.
const INTERVAL: Duration = Duration::from_secs(1);

/// Says when it is worth to look at the change counter: after a second, or sooner where PostgreSQL hints at a change.
///
/// A hint may be lost or come for nothing: only [`Database::revision`](crate::Database::revision) tells.
pub struct ChangeWatch {
    listener: Option<PgListener>,
}

impl ChangeWatch {
    pub(crate) fn new(listener: Option<PgListener>) -> Self {
        Self { listener }
    }

    /// Waits until it is worth to look, at most a second. May be dropped while it waits.
    pub async fn wait(&mut self) {
        let deadline = Instant::now() + INTERVAL;
        let Some(listener) = &mut self.listener else { return sleep_until(deadline).await };
        if let Ok(Err(error)) = timeout_at(deadline, listener.recv()).await {
            // The listener connects anew when it is asked again.
            tracing::debug!(%error, "lost the connection that listens for changes");
            sleep_until(deadline).await;
        }
    }
}
