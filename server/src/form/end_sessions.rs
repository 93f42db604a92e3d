use axum::{Form, extract::State, response::Response};
use model::identity::EndSessions;

use super::{Flash, lead_to_page};
use crate::{api::extract::Caller, app::AppState, trail::Trail};

/// The page of who has signed in.
const PAGE: &str = "/account";

/// Ends one of the visitor's sessions, or all of them.
pub(crate) async fn end_sessions(
    State(state): State<AppState>,
    Caller(who): Caller,
    trail: Trail,
    Form(EndSessions { handle }): Form<EndSessions>,
) -> Response {
    let handle = handle.filter(|handle| !handle.is_empty());
    trail.about(handle.as_ref().map_or_else(|| "all sessions".to_owned(), |handle| format!("session {handle}")));
    let ended = if let Some(person) = who.as_person() {
        state.sign_in.sessions.end(&person.issuer, &person.subject, handle.as_deref()).await
    } else {
        trail.is_nothing();
        Ok(0)
    };
    let flash = match ended {
        Ok(_) => Flash::SessionsEnded,
        Err(error) => {
            tracing::error!(%error, "sessions could not be ended");
            Flash::Refused
        }
    };
    lead_to_page(PAGE, &state.config.app.base_url, flash)
}
