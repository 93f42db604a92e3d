use axum::{
    body::Bytes,
    extract::{Extension, State},
    response::Response,
};
use identity::TokenError;
use model::{app::AppConfig, identity::CreateToken};
use secrecy::ExposeSecret as _;

use super::{Flash, MINUTE_IN_SECONDS, lead_to_page, lead_to_with, refused};
use crate::{
    api::extract::Caller,
    app::AppState,
    auth::tokens::{self, TokenRefusal},
    request::RequestContext,
};

const DAY_IN_SECONDS: u64 = 24 * 60 * 60;

/// Makes a token for the visitor. Its secret goes to their browser in a cookie that no script reads, only for the one page that shows it:
/// so it is never in an address, in the history, or in the database.
pub(crate) async fn create_token(
    State(state): State<AppState>,
    Caller(_): Caller,
    Extension(context): Extension<RequestContext>,
    body: Bytes,
) -> Response {
    let base_url = &state.config.app.base_url;
    let request = read(&body);
    match tokens::create(&state, &context, request).await {
        Ok((_, secret)) => {
            let page = format!("{}{}", base_url.path(), AppConfig::ACCOUNT);
            let more = "; HttpOnly; SameSite=Strict";
            let cookie = (AppConfig::NEW_TOKEN_COOKIE, secret.expose_secret(), MINUTE_IN_SECONDS, more);
            lead_to_with(&page, base_url, &[cookie])
        }
        Err(refusal) => {
            tracing::info!(%refusal, principal = %context.principal, "no token was made");
            let flash = match refusal {
                TokenRefusal::Store(TokenError::Taken(_)) => Flash::TokenNameTaken,
                TokenRefusal::UnknownScope(_)
                | TokenRefusal::Store(TokenError::Name | TokenError::NoScope | TokenError::Ttl(_)) => {
                    Flash::TokenInvalid
                }
                refusal => refused(refusal, &context.trail),
            };
            lead_to_page(AppConfig::ACCOUNT, base_url, flash)
        }
    }
}

/// Fields `name`, `scope` for each, and `days`. What is no number of days is 0, which no token may live.
fn read(body: &[u8]) -> CreateToken {
    let mut request = CreateToken::default();
    for (field, value) in form_urlencoded::parse(body) {
        match &*field {
            "name" => value.trim().clone_into(&mut request.name),
            "scope" => request.scopes.push(value.into_owned()),
            "days" => {
                let days: u64 = value.trim().parse().unwrap_or_default();
                request.ttl_seconds = Some(days.saturating_mul(DAY_IN_SECONDS));
            }
            _ => {}
        }
    }
    request
}
