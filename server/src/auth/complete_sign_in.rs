use audit::Outcome;
use axum::{
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use identity::{Pending, SESSION_KEY, SignInError, SignedIn};
use serde::Deserialize;
use tower_sessions::Session;

use super::{CatalogDirectory, PENDING_KEY, PENDING_SECONDS, Refusal, found, lead_to_sign_in, now};
use crate::{
    app::AppState,
    form::cookie_path,
    personal::{OF_GUESTS, take_over},
    trail::Trail,
};

/// What the provider says by way of the visitor's browser.
#[derive(Debug, Deserialize)]
pub(crate) struct CallbackQuery {
    #[serde(default)]
    state: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    error: String,
}

/// Takes what the provider answers, and signs the visitor in.
pub(crate) async fn complete_sign_in(
    State(state): State<AppState>,
    Path(provider): Path<String>,
    Query(query): Query<CallbackQuery>,
    trail: Trail,
    headers: HeaderMap,
    session: Session,
) -> Response {
    let base_url = &state.config.app.base_url;
    trail.about(format!("provider {provider}"));
    let (return_to, signed_in) = match sign_in(&state, &provider, query, &trail, &session).await {
        Ok(signed_in) => signed_in,
        Err(refusal) => {
            let is_fault = refusal == Refusal::Provider;
            trail.came_out(if is_fault { Outcome::Failed } else { Outcome::Denied });
            return lead_to_sign_in(base_url, refusal);
        }
    };
    let mut response = found(&format!("{}{return_to}", base_url.path()));
    if take_over(&state, &signed_in, &headers).await {
        for name in OF_GUESTS {
            let gone = format!("{name}=; Path={}; Max-Age=0; SameSite=Lax", cookie_path(base_url.path()));
            if let Ok(gone) = HeaderValue::from_str(&gone) {
                response.headers_mut().append(header::SET_COOKIE, gone);
            }
        }
    }
    response
}

/// Signs in; says which page to return to, and who it is.
async fn sign_in(
    state: &AppState,
    provider: &str,
    query: CallbackQuery,
    trail: &Trail,
    session: &Session,
) -> Result<(String, SignedIn), Refusal> {
    let known = state.sign_in.provider(provider).ok_or(Refusal::Provider)?;
    let pending = take_pending(provider, &query.state, session).await.ok_or(Refusal::Expired)?;
    if !query.error.is_empty() || query.code.is_empty() {
        tracing::info!(provider, "a sign-in was refused by the provider");
        return Err(Refusal::Denied);
    }
    let return_to = pending.return_to.clone();
    let (person, id_token) = known.way.complete(query.code, pending).await.map_err(|error| {
        tracing::warn!(%error, "a sign-in failed");
        match error {
            SignInError::Provider { .. } => Refusal::Provider,
            SignInError::Invalid { .. } => Refusal::Denied,
        }
    })?;
    trail.by(format!("{} at {}", person.subject, person.issuer));
    if !known.admits(&person) {
        tracing::info!(provider, issuer = %person.issuer, subject = %person.subject, "somebody is not on the list of who may come in");
        return Err(Refusal::NotAllowed);
    }
    let directory = CatalogDirectory(&state.catalog);
    let config = &known.config.config;
    let rules = config.sign_in.resolvers.iter();
    let entity_ref =
        rules.into_iter().find_map(|rule| rule.resolve(&person, &config.authoritative_domains, &directory));
    tracing::info!(provider, issuer = %person.issuer, subject = %person.subject, entity = entity_ref.as_deref(), "signed in");
    if let Some(entity_ref) = &entity_ref {
        trail.by(entity_ref);
    }
    let signed_in = SignedIn { provider: provider.to_owned(), person, entity_ref, id_token, since: now(), seen: now() };
    let keeping = async {
        // Whatever the session was before, and whoever knew its id: it is another from here on.
        session.clear().await;
        session.cycle_id().await?;
        session.insert(SESSION_KEY, signed_in.clone()).await
    };
    keeping.await.map_err(|error| {
        tracing::error!(%error, "the session could not be kept");
        Refusal::Provider
    })?;
    Ok((return_to, signed_in))
}

/// The sign-in that this is the end of; it is used up, whatever comes of it.
async fn take_pending(provider: &str, state: &str, session: &Session) -> Option<Pending> {
    let mut pending: Vec<Pending> = session.get(PENDING_KEY).await.ok()??;
    let at = pending.iter().position(|other| other.provider == provider && other.state == state)?;
    let taken = pending.remove(at);
    session.insert(PENDING_KEY, pending).await.ok()?;
    (now() - taken.since < PENDING_SECONDS).then_some(taken)
}
