use axum::{extract::State, http::StatusCode};

use crate::{
    api::{
        ApiError,
        extract::{Caller, DryRun, EntityPath},
    },
    app::AppState,
};

/// Stars an entity, as often as it is asked for.
#[utoipa::path(
    put,
    path = "/api/v1/personal/stars/{kind}/{namespace}/{name}",
    tag = "Personal",
    params(EntityPath, DryRun),
    responses(
        (status = 204, description = "It is starred"),
        (status = 401, description = "Nobody has signed in", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "The token in use lacks the scope `personal:write`", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "There is no such entity", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "There are as many stars as one may have", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put_star(
    State(state): State<AppState>,
    Caller(who): Caller,
    EntityPath(entity_ref): EntityPath,
) -> Result<StatusCode, ApiError> {
    state.personal.star(&who, &entity_ref.canonical()).await?;
    Ok(StatusCode::NO_CONTENT)
}
