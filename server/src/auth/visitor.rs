use access::Principal;
use identity::{SESSION_KEY, SignedIn};
use tower_sessions::Session;

use super::{SignIn, now};
use crate::personal::principal;

/// How old the note of a session's last use may be, in seconds: writing it with each request would cost more than it tells.
const SEEN_SECONDS: i64 = 300;

/// Who sends a request with a session; a guest where nobody has signed in, or it was too long ago.
pub(crate) async fn visitor(sign_in: &SignIn, session: &Session) -> Principal {
    let signed_in = match session.get::<SignedIn>(SESSION_KEY).await {
        Ok(Some(signed_in)) => signed_in,
        Ok(None) => return Principal::guest(),
        Err(error) => {
            tracing::error!(%error, "a session could not be read");
            return Principal::guest();
        }
    };
    let age = u64::try_from(now() - signed_in.since).unwrap_or_default();
    if age > sign_in.absolute_timeout.as_secs() || sign_in.provider(&signed_in.provider).is_none() {
        // What can't be deleted expires by itself.
        _ = session.flush().await;
        return Principal::guest();
    }
    let who = principal(&signed_in);
    if now() - signed_in.seen > SEEN_SECONDS {
        // Also has it live for the idle time from now on. Where it fails the next request tries again.
        _ = session.insert(SESSION_KEY, SignedIn { seen: now(), ..signed_in }).await;
    }
    who
}
