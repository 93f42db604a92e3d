use access::Scope;
use axum::{
    extract::{Extension, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use identity::{EmbedGrant, EmbedTokenError};
use jiff::Timestamp;
use model::{
    embed::{CreateEmbedToken, EmbedTokenCreated},
    entity_ref::EntityRef,
};
use secrecy::ExposeSecret as _;

use crate::{
    api::{
        ApiError,
        extract::{Caller, DryRun, JsonBody},
        json::RawJson,
    },
    app::AppState,
    middleware::idempotency::ToldOnce,
    trail::Trail,
};

/// Makes a token with which a page signs its user in within a frame: once, within `embed.token` (a minute at most), for one entity and
/// what hangs below it. The page posts it to `/embed/session`.
///
/// Only a program may: whoever makes such tokens says who their users are. None is made for an admin.
#[utoipa::path(
    post,
    path = "/api/v1/embed/tokens",
    tag = "Embedding",
    params(DryRun, ("Idempotency-Key" = Option<String>, Header, description = "A key of yours: sent again with it, no second token is made, and 409 says so")),
    request_body = CreateEmbedToken,
    responses(
        (status = 200, description = "It could be made; none was, and `token` is empty", body = EmbedTokenCreated),
        (status = 201, description = "It is made", body = EmbedTokenCreated),
        (status = 400, description = "`sub` or `entity` is no entity ref, or `embed.parents` names nobody", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Who asks may not, or `sub` is an admin", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "There is no such entity", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_embed_token(
    State(state): State<AppState>,
    Caller(who): Caller,
    trail: Trail,
    DryRun(is_dry_run): DryRun,
    JsonBody(CreateEmbedToken { sub, entity }): JsonBody<CreateEmbedToken>,
) -> Result<Response, ApiError> {
    if !who.has_scope(Scope::MintEmbeds) {
        return Err(ApiError::not_allowed(
            "this token can not sign users in within frames: it lacks the scope `embed:mint`",
        ));
    }
    let minted_by = who.as_service().ok_or_else(|| {
        ApiError::not_allowed(
            "only a program can say who its users are: take a token of one, by `callboard token create --offline`",
        )
    })?;
    if !state.embedding.is_possible() {
        return Err(ApiError::input("`embed.parents` names no site that may embed"));
    }
    let user = parsed("sub", &sub)?;
    if !user.kind.eq_ignore_ascii_case("user") {
        return Err(ApiError::input(format!("`sub` must be the ref of a user, found `{}`", user.canonical())));
    }
    let entity = parsed("entity", &entity)?;
    let grant =
        EmbedGrant { subject: user.canonical(), entity_ref: entity.canonical(), minted_by: minted_by.to_owned() };
    trail.about(format!("{} for {}", grant.entity_ref, grant.subject));
    if state.embedding.admins.contains(&grant.subject) {
        return Err(ApiError::not_allowed(format!(
            "`{}` is an admin, and admins are not signed in within frames",
            grant.subject
        )));
    }
    state.catalog.entity(&who, &entity)?;
    let (token, expires) = state.embedding.tokens.mint(&grant).await.map_err(|error| match error {
        EmbedTokenError::Random => ApiError::internal(error),
        EmbedTokenError::Store(cause) => {
            tracing::error!(%cause, "the database failed");
            ApiError::unavailable("the database can not be reached at the moment; try again")
        }
    })?;
    let expires_at = Timestamp::from_second(expires).unwrap_or_default().to_string();
    if is_dry_run {
        return Ok(RawJson::of(&EmbedTokenCreated { token: String::new(), expires_at })?.into_response());
    }
    let again =
        ToldOnce(format!("this request has made a token for `{}`, which was told once; make another", grant.subject));
    let created = EmbedTokenCreated { token: token.expose_secret().to_owned(), expires_at };
    let no_store = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, no_store, Extension(again), RawJson::of(&created)?).into_response())
}

fn parsed(member: &str, text: &str) -> Result<EntityRef, ApiError> {
    EntityRef::parse_full(text).map_err(|error| ApiError::input(format!("`{member}`: {error}")))
}
