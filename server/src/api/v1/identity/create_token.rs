use axum::{
    extract::{Extension, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use identity::TokenError;
use model::identity::{CreateToken, TokenCreated};
use secrecy::ExposeSecret as _;

use crate::{
    api::{
        ApiError,
        extract::{Caller, DryRun, JsonBody},
        json::RawJson,
    },
    app::AppState,
    auth::tokens::{self, TokenRefusal},
    middleware::idempotency::ToldOnce,
    request::RequestContext,
};

/// Makes a token that acts as who asks, within its scopes. Its secret is in this answer and nowhere else.
///
/// A request that is sent again, with or without `Idempotency-Key`, answers 409: names are unique, and no secret is told twice. A token
/// can make others only with `tokens:write`; they have no wider scopes, end no later, make none themselves, and are revoked with it.
#[utoipa::path(
    post,
    path = "/api/v1/identity/tokens",
    tag = "Identity",
    params(DryRun, ("Idempotency-Key" = Option<String>, Header, description = "A key of yours: sent again with it, 409 names the token that was made")),
    request_body = CreateToken,
    responses(
        (status = 200, description = "It could be made; nothing was, and `secret` is empty", body = TokenCreated),
        (status = 201, description = "It is made", body = TokenCreated),
        (status = 400, description = "It can not be made so", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Nobody has signed in", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "The token in use may not", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "One has a token of this name, or too many", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_token(
    State(state): State<AppState>,
    Caller(_): Caller,
    Extension(context): Extension<RequestContext>,
    DryRun(is_dry_run): DryRun,
    JsonBody(request): JsonBody<CreateToken>,
) -> Result<Response, ApiError> {
    let (token, secret) = tokens::create(&state, &context, request).await?;
    let token = tokens::told(token);
    if is_dry_run {
        return Ok(RawJson::of(&TokenCreated { token, secret: String::new() })?.into_response());
    }
    let again = ToldOnce(format!(
        "this request has made the token `{}`, whose secret was told once; revoke it to make another",
        token.name
    ));
    let created = TokenCreated { token, secret: secret.expose_secret().to_owned() };
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, no_store, Extension(again), RawJson::of(&created)?).into_response())
}

impl From<TokenRefusal> for ApiError {
    fn from(refusal: TokenRefusal) -> Self {
        let message = refusal.to_string();
        match refusal {
            TokenRefusal::Guest => Self::unauthenticated(message),
            TokenRefusal::LacksScope | TokenRefusal::Wider(_) => Self::not_allowed(message),
            TokenRefusal::Unknown(_) => Self::not_found(message),
            TokenRefusal::UnknownScope(_)
            | TokenRefusal::Store(TokenError::Name | TokenError::NoScope | TokenError::Ttl(_)) => Self::input(message),
            TokenRefusal::Store(TokenError::Taken(_) | TokenError::TooMany(_)) => Self::conflict(message),
            TokenRefusal::Store(TokenError::Random | TokenError::Store(_)) => Self::internal(message),
        }
    }
}
