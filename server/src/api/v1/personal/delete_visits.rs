use axum::{extract::State, http::StatusCode};

use crate::{
    api::{
        ApiError,
        extract::{Caller, DryRun},
    },
    app::AppState,
};

/// Forgets which entities who asks has seen.
#[utoipa::path(
    delete,
    path = "/api/v1/personal/visits",
    tag = "Personal",
    params(DryRun),
    responses(
        (status = 204, description = "They are forgotten"),
        (status = 401, description = "Nobody has signed in", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "The token in use lacks the scope `personal:write`", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete_visits(State(state): State<AppState>, Caller(who): Caller) -> Result<StatusCode, ApiError> {
    state.personal.forget_visits(&who).await?;
    Ok(StatusCode::NO_CONTENT)
}
