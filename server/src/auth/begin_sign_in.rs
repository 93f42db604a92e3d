use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use identity::Pending;
use serde::Deserialize;
use tower_sessions::Session;

use super::{MAX_PENDING, PENDING_KEY, PENDING_SECONDS, Refusal, found, lead_to_sign_in, now, return_to::own_page};
use crate::app::AppState;

/// The page that the visitor came from.
#[derive(Debug, Deserialize)]
pub(crate) struct BeginQuery {
    #[serde(rename = "return", default)]
    return_to: String,
}

/// Leads to the provider, and remembers what the way back needs.
pub(crate) async fn begin_sign_in(
    State(state): State<AppState>,
    Path(provider): Path<String>,
    Query(query): Query<BeginQuery>,
    session: Session,
) -> Response {
    let base_url = &state.config.app.base_url;
    let Some(known) = state.sign_in.provider(&provider) else {
        return lead_to_sign_in(base_url, Refusal::Provider);
    };
    let return_to = own_page(&query.return_to).unwrap_or("/").to_owned();
    let begun = match known.way.begin(return_to, now()).await {
        Ok(begun) => begun,
        Err(error) => {
            tracing::warn!(%error, "sign-in could not begin");
            return lead_to_sign_in(base_url, Refusal::Provider);
        }
    };
    let mut pending: Vec<Pending> = session.get(PENDING_KEY).await.ok().flatten().unwrap_or_default();
    pending.retain(|other| now() - other.since < PENDING_SECONDS);
    let too_many = (pending.len() + 1).saturating_sub(MAX_PENDING);
    pending.drain(..too_many);
    pending.push(begun.pending);
    if let Err(error) = session.insert(PENDING_KEY, pending).await {
        tracing::error!(%error, "the session could not be kept");
        return lead_to_sign_in(base_url, Refusal::Provider);
    }
    found(begun.address.as_str())
}
