use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse as _, Response},
};
use model::catalog::PushedEntities;

use crate::{
    api::{ApiError, extract::Caller, json::RawJson},
    app::AppState,
};

/// What a pushed source holds, for who may push it. The ETag is for `If-Match` of the next push.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/sources/{name}",
    tag = "Catalog",
    params(("name" = String, Path, description = "As it was pushed", example = "ci-orders")),
    responses(
        (status = 200, description = "Its entities, as they were pushed", body = PushedEntities),
        (status = 403, description = "It belongs to somebody else", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "No such source was pushed", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_pushed_source(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path(name): Path<String>,
) -> Result<Response, ApiError> {
    let (source, hash) = state.catalog.pushed_entities(&who, &name).await?;
    Ok(([(header::ETAG, format!("\"{hash}\""))], RawJson::of(&source)?).into_response())
}
