use access::Principal;
use axum::http::HeaderMap;
use identity::{EMBEDDED_KEY, EmbeddedSession};
use tower_sessions::{
    SessionStore as _,
    session::{Id, Record},
};

use super::{cookie, cookie_name};
use crate::{app::AppState, personal::principal};

/// Who looks at an embedded page: nobody but by a session that was made for it. The one of the portal itself does not count here, nor this
/// one there.
pub(crate) async fn embedded_visitor(state: &AppState, headers: &HeaderMap) -> Principal {
    let Some((_, session)) = load(state, headers).await else { return Principal::guest() };
    principal(&session.signed_in).reaching(&session.entities)
}

/// The session of a frame, if its parent may still embed.
pub(super) async fn load(state: &AppState, headers: &HeaderMap) -> Option<(Id, EmbeddedSession)> {
    let id: Id = cookie(headers, cookie_name(&state.config.app.base_url))?.parse().ok()?;
    let record: Record = match state.sign_in.sessions.load(&id).await {
        Ok(record) => record?,
        Err(error) => {
            tracing::error!(%error, "a session of a frame could not be read");
            return None;
        }
    };
    let session: EmbeddedSession = serde_json::from_value(record.data.get(EMBEDDED_KEY)?.clone()).ok()?;
    state.embedding.parent(&session.parent)?;
    Some((id, session))
}
