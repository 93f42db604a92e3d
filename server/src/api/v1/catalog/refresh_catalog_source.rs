use axum::{extract::State, http::StatusCode};
use model::catalog::RefreshSource;

use crate::{
    api::{
        ApiError,
        extract::{Caller, DryRun, JsonBody},
    },
    app::AppState,
    trail::Trail,
};

/// Has a source read again, soon; all of them where none is named.
#[utoipa::path(
    post,
    path = "/api/v1/catalog/sources/refresh",
    tag = "Catalog",
    params(DryRun),
    request_body = RefreshSource,
    responses(
        (status = 202, description = "It will be"),
        (status = 404, description = "There is no such source", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn refresh_catalog_source(
    State(state): State<AppState>,
    Caller(who): Caller,
    trail: Trail,
    DryRun(is_dry_run): DryRun,
    JsonBody(RefreshSource { source }): JsonBody<RefreshSource>,
) -> Result<StatusCode, ApiError> {
    trail.about_source(source.as_deref());
    if is_dry_run {
        trail.is_nothing();
    }
    state.catalog.refresh_source(&who, source.as_deref(), is_dry_run).await?;
    Ok(StatusCode::ACCEPTED)
}
