use axum::extract::State;
use model::catalog::TextValidation;

use crate::{
    api::{
        ApiError,
        extract::{Caller, RawBody},
        json::RawJson,
    },
    app::AppState,
};

/// What is right and what is wrong with the text of a descriptor file, without adding it. What it includes is not read, and whether what it
/// names exists is not looked at.
#[utoipa::path(
    post,
    path = "/api/v1/catalog/validate",
    tag = "Catalog",
    request_body(content = String, content_type = "application/yaml", description = "The text, at most `backend.limits.catalogFileBytes`; its content type is not looked at"),
    responses(
        (status = 200, description = "What was found, errors as well", body = TextValidation),
        (status = 413, description = "The text is longer than a file may be", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn validate_descriptors(
    State(state): State<AppState>,
    Caller(who): Caller,
    RawBody(text): RawBody,
) -> Result<RawJson, ApiError> {
    RawJson::of(&state.catalog.validate_text(&who, text).await?)
}
