use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use model::personal::UpdateView;

use crate::{
    api::{
        ApiError,
        extract::{Caller, DryRun, JsonBody},
    },
    app::AppState,
};

/// Gives a saved view another name.
#[utoipa::path(
    put,
    path = "/api/v1/personal/views/{id}",
    tag = "Personal",
    params(("id" = String, Path, description = "Of the view"), DryRun),
    request_body = UpdateView,
    responses(
        (status = 204, description = "It has the name"),
        (status = 400, description = "The name is none", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Nobody has signed in", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "The token in use lacks the scope `personal:write`", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Who asks has no such view", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "Another view has the name", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn update_view(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path(id): Path<String>,
    JsonBody(UpdateView { name }): JsonBody<UpdateView>,
) -> Result<StatusCode, ApiError> {
    state.personal.rename_view(&who, &id, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
