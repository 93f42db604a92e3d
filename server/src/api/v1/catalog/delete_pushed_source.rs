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
    trail::Trail,
};

/// Removes a pushed source with its entities, which are gone when it answers.
#[utoipa::path(
    delete,
    path = "/api/v1/catalog/sources/{name}",
    tag = "Catalog",
    params(("name" = String, Path, description = "As it was pushed", example = "ci-orders"), DryRun),
    responses(
        (status = 204, description = "It is gone"),
        (status = 403, description = "It belongs to somebody else", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "No such source was pushed", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete_pushed_source(
    State(state): State<AppState>,
    Caller(who): Caller,
    trail: Trail,
    DryRun(is_dry_run): DryRun,
    Path(name): Path<String>,
) -> Result<StatusCode, ApiError> {
    trail.about(format!("source {name}"));
    if is_dry_run {
        trail.is_nothing();
    }
    state.catalog.delete_pushed_source(&who, &name, is_dry_run).await?;
    Ok(StatusCode::NO_CONTENT)
}
