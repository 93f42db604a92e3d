use axum::{
    extract::{Extension, Path, State},
    http::StatusCode,
};

use crate::{
    api::{
        ApiError,
        extract::{Caller, DryRun},
    },
    app::AppState,
    auth::tokens,
    request::RequestContext,
};

/// Revokes a token of who asks, with those that it has made: from now on they are refused.
#[utoipa::path(
    delete,
    path = "/api/v1/identity/tokens/{id}",
    tag = "Identity",
    params(("id" = String, Path, description = "Of the list; not the secret"), DryRun),
    responses(
        (status = 204, description = "It is revoked"),
        (status = 401, description = "Nobody has signed in", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "The token in use may not", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Who asks has no such token", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn revoke_token(
    State(state): State<AppState>,
    Caller(_): Caller,
    Extension(context): Extension<RequestContext>,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    tokens::revoke(&state, &context, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
