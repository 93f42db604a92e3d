use std::time::Duration;

use identity::{SessionStore, TokenStore};
use tokio::time::sleep;

/// Takes sessions that have ended and tokens that expired long ago out of the database: at once, and then again and again, for ever.
/// Several servers may do so beside each other.
pub(crate) async fn prune(sessions: SessionStore, tokens: TokenStore, interval: Duration) {
    loop {
        match sessions.prune().await {
            Ok(0) => {}
            Ok(sessions) => tracing::debug!(sessions, "took sessions that have ended out of the database"),
            Err(error) => tracing::warn!(%error, "sessions that have ended stay in the database until the next try"),
        }
        if let Err(error) = tokens.prune().await {
            tracing::warn!(%error, "tokens that have expired stay in the database until the next try");
        }
        sleep(interval).await;
    }
}
