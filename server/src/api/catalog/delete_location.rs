use axum::{
    extract::{Path, State},
    http::StatusCode,
};

use crate::{
    api::{ApiError, extract::Caller},
    app::AppState,
    trail::Trail,
};

/// Unregisters a location, with all that only it brought.
#[utoipa::path(
    delete,
    path = "/api/catalog/locations/{id}",
    tag = "Catalog (Backstage)",
    params(("id" = String, Path)),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "There is none of this id", body = model::error::BackstageError),
    )
)]
pub(crate) async fn delete_location(
    State(state): State<AppState>,
    Caller(who): Caller,
    trail: Trail,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    // Once it is gone nobody knows any more what the id stood for.
    if let Ok(location) = state.catalog.location(&who, &id).await {
        trail.about_location(&location.location_type, &location.target);
    }
    state.catalog.delete_location(&who, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
