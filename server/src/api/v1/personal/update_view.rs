use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
};
use model::personal::UpdateView;

use super::etag_of;
use crate::{
    api::{
        ApiError,
        extract::{Caller, DryRun, JsonBody},
    },
    app::AppState,
    middleware::conditional::matches,
};

/// Gives a saved view another name.
#[utoipa::path(
    put,
    path = "/api/v1/personal/views/{id}",
    tag = "Personal",
    params(
        ("id" = String, Path, description = "Of the view"),
        DryRun,
        ("If-Match" = Option<String>, Header, description = "The ETag of what is meant to be renamed"),
    ),
    request_body = UpdateView,
    responses(
        (status = 204, description = "It has the name"),
        (status = 400, description = "The name is none", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Nobody has signed in", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "The token in use lacks the scope `personal:write`", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Who asks has no such view", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 412, description = "The view is not what `If-Match` names", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "Another view has the name", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn update_view(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    JsonBody(UpdateView { name }): JsonBody<UpdateView>,
) -> Result<StatusCode, ApiError> {
    if let Some(wanted) = headers.get(header::IF_MATCH) {
        let view = state.personal.view(&who, &id).await?;
        if !matches(wanted, &etag_of(&view)) {
            return Err(ApiError::precondition(format!(
                "the view `{}` has changed meanwhile; read it again",
                view.name
            )));
        }
    }
    state.personal.rename_view(&who, &id, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
