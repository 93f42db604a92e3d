use std::sync::Arc;

use access::{Person, Principal, Scope};
use axum::http::{HeaderMap, header};
use identity::{Token, looks_like_token};
use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;
use tower_sessions::Session;

use super::visitor::visitor;
use crate::app::AppState;

/// Who sends a request.
#[derive(Clone, Debug)]
pub(crate) struct Identified {
    pub principal: Principal,
    /// What they came with, where it is one of ours.
    pub token: Option<Arc<Token>>,
}

/// Why nobody can tell who sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unidentified {
    /// A token that nobody has.
    IllegalToken,
    /// Tokens can't be looked up at the moment.
    Unavailable,
}

impl From<Principal> for Identified {
    fn from(principal: Principal) -> Self {
        Self { principal, token: None }
    }
}

/// Who sends a request: by a token, else by their session, else a guest.
pub(crate) async fn identify(
    state: &AppState,
    headers: &HeaderMap,
    session: Option<&Session>,
) -> Result<Identified, Unidentified> {
    if let Some(token) = bearer_token(headers) {
        // Without tokens in the configuration one is nothing to us: somebody's proxy may send its own along.
        let known = &state.config.backend.auth.external_access;
        let is_it = |given: &str| given.as_bytes().ct_eq(token.as_bytes()).into();
        let found = known.iter().find(|access| is_it(access.options.token.expose_secret()));
        match found {
            Some(access) => return Ok(Principal::service(&access.options.subject).into()),
            None if looks_like_token(token) => return by_token(state, token).await,
            None if !known.is_empty() || state.sign_in.is_possible() => return Err(Unidentified::IllegalToken),
            None => {}
        }
    }
    Ok(match session {
        Some(session) => visitor(&state.sign_in, session).await,
        None => Principal::guest(),
    }
    .into())
}

async fn by_token(state: &AppState, text: &str) -> Result<Identified, Unidentified> {
    let found = state.tokens.authenticate(text).await.map_err(|error| {
        tracing::error!(%error, "a token could not be looked up");
        Unidentified::Unavailable
    })?;
    let token = found.ok_or(Unidentified::IllegalToken)?;
    let owner = &token.owner;
    let principal = if owner.is_person() {
        // Who can't sign in any more has no token either.
        if !state.sign_in.has(&owner.provider) {
            return Err(Unidentified::IllegalToken);
        }
        Principal::person(Person {
            issuer: owner.issuer.clone(),
            subject: owner.subject.clone(),
            name: owner.name.clone(),
            entity_ref: owner.entity_ref.clone(),
            // Of today's nobody knows: the provider is not asked.
            claims: Vec::new(),
        })
    } else {
        Principal::service(&owner.subject)
    };
    // Scopes of another version are nothing to this one.
    let scopes: Vec<_> = token.scopes.iter().filter_map(|name| Scope::from_text(name)).collect();
    Ok(Identified { principal: principal.within(&scopes), token: Some(Arc::new(token)) })
}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
