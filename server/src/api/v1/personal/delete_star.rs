use axum::{extract::State, http::StatusCode};

use crate::{
    api::{
        ApiError,
        extract::{Caller, DryRun, EntityPath},
    },
    app::AppState,
};

/// Takes the star of an entity away, if there is one.
#[utoipa::path(
    delete,
    path = "/api/v1/personal/stars/{kind}/{namespace}/{name}",
    tag = "Personal",
    params(EntityPath, DryRun),
    responses(
        (status = 204, description = "It has no star"),
        (status = 401, description = "Nobody has signed in", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "The token in use lacks the scope `personal:write`", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete_star(
    State(state): State<AppState>,
    Caller(who): Caller,
    EntityPath(entity_ref): EntityPath,
) -> Result<StatusCode, ApiError> {
    state.personal.unstar(&who, &entity_ref.canonical()).await?;
    Ok(StatusCode::NO_CONTENT)
}
