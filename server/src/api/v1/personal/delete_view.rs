use axum::{
    extract::{Path, State},
    http::StatusCode,
};

use crate::{
    api::{
        ApiError,
        extract::{Caller, DryRun},
    },
    app::AppState,
};

/// Removes a saved view.
#[utoipa::path(
    delete,
    path = "/api/v1/personal/views/{id}",
    tag = "Personal",
    params(("id" = String, Path, description = "Of the view"), DryRun),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "Nobody has signed in", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "The token in use lacks the scope `personal:write`", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Who asks has no such view", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete_view(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.personal.remove_view(&who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
