use axum::{extract::State, response::Response};
use identity::{SESSION_KEY, SignedIn};
use tower_sessions::Session;

use super::lead_to;
use crate::{app::AppState, trail::Trail};

/// Ends the session here, and at the provider where it offers that.
pub(crate) async fn sign_out(State(state): State<AppState>, trail: Trail, session: Session) -> Response {
    let base_url = &state.config.app.base_url;
    let signed_in: Option<SignedIn> = session.get(SESSION_KEY).await.ok().flatten();
    match &signed_in {
        Some(signed_in) => trail.about(format!("session at {}", signed_in.provider)),
        None => trail.is_nothing(),
    }
    if let Err(error) = session.flush().await {
        tracing::error!(%error, "a session could not be ended");
    }
    let at_provider = match &signed_in {
        Some(signed_in) => state.sign_in.end_session(&signed_in.provider, &signed_in.id_token, base_url).await,
        None => None,
    };
    lead_to(&at_provider.unwrap_or_else(|| format!("{}/sign-in", base_url.path())), base_url, &[])
}
