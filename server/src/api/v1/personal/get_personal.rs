use axum::extract::State;
use model::personal::Personal;

use crate::{
    api::{ApiError, extract::Caller, json::RawJson},
    app::AppState,
};

/// Stars, visits, saved views and columns of who asks.
#[utoipa::path(
    get,
    path = "/api/v1/personal",
    tag = "Personal",
    responses(
        (status = 200, description = "All that they keep", body = Personal),
        (status = 401, description = "Nobody has signed in", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_personal(State(state): State<AppState>, Caller(who): Caller) -> Result<RawJson, ApiError> {
    RawJson::of(&state.personal.read(&who).await?)
}
