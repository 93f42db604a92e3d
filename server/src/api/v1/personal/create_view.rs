use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use model::personal::{CreateView, SavedView};

use crate::{
    api::{
        ApiError,
        extract::{Caller, DryRun, JsonBody},
        json::RawJson,
    },
    app::AppState,
};

/// Saves a list under a name.
///
/// A request that is sent again without `Idempotency-Key` answers 409: names are unique.
#[utoipa::path(
    post,
    path = "/api/v1/personal/views",
    tag = "Personal",
    params(DryRun, ("Idempotency-Key" = Option<String>, Header, description = "A key of yours: sent again with it, nothing is made twice, and the first answer comes again")),
    request_body = CreateView,
    responses(
        (status = 201, description = "It is saved", body = SavedView),
        (status = 400, description = "The name or the path is none", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Nobody has signed in", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "The token in use lacks the scope `personal:write`", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "There is a view of this name, or as many as one may have", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create_view(
    State(state): State<AppState>,
    Caller(who): Caller,
    JsonBody(CreateView { name, path }): JsonBody<CreateView>,
) -> Result<Response, ApiError> {
    let saved = state.personal.save_view(&who, &name, &path).await?;
    Ok((StatusCode::CREATED, RawJson::of(&saved)?).into_response())
}
