use access::Principal;
use axum::http::{HeaderMap, header};
use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;
use tower_sessions::Session;

use super::visitor::visitor;
use crate::app::AppState;

/// A token that nobody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct IllegalToken;

/// Who sends a request: by a token of the configuration, else by their session, else a guest.
pub(crate) async fn identify(
    state: &AppState,
    headers: &HeaderMap,
    session: Option<&Session>,
) -> Result<Principal, IllegalToken> {
    if let Some(token) = bearer_token(headers) {
        // Without tokens in the configuration one is nothing to us: somebody's proxy may send its own along.
        let known = &state.config.backend.auth.external_access;
        let is_it = |given: &str| given.as_bytes().ct_eq(token.as_bytes()).into();
        let found = known.iter().find(|access| is_it(access.options.token.expose_secret()));
        match found {
            Some(access) => return Ok(Principal::service(&access.options.subject)),
            None if !known.is_empty() || state.sign_in.is_possible() => return Err(IllegalToken),
            None => {}
        }
    }
    match session {
        Some(session) => Ok(visitor(&state.sign_in, session).await),
        None => Ok(Principal::guest()),
    }
}

fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
