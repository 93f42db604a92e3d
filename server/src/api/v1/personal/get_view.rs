use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse as _, Response},
};
use model::personal::SavedView;

use super::etag_of;
use crate::{
    api::{ApiError, extract::Caller, json::RawJson},
    app::AppState,
};

/// One saved view of who asks; its `ETag` goes with `If-Match` of a change.
#[utoipa::path(
    get,
    path = "/api/v1/personal/views/{id}",
    tag = "Personal",
    params(("id" = String, Path, description = "Of the view")),
    responses(
        (status = 200, description = "The view", body = SavedView),
        (status = 401, description = "Nobody has signed in", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Who asks has no such view", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_view(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let view = state.personal.view(&who, &id).await?;
    Ok(([(header::ETAG, etag_of(&view))], RawJson::of(&view)?).into_response())
}
