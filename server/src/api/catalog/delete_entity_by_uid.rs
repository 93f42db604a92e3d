use axum::{
    extract::{Path, State},
    http::StatusCode,
};

use crate::{
    api::{ApiError, extract::Caller},
    app::AppState,
    trail::Trail,
};

/// Takes an entity out of the catalog; it comes back when the source that defines it is next read.
#[utoipa::path(
    delete,
    path = "/api/catalog/entities/by-uid/{uid}",
    tag = "Catalog (Backstage)",
    params(("uid" = String, Path)),
    responses((status = 204, description = "It is gone, or never was there"))
)]
pub(crate) async fn delete_entity_by_uid(
    State(state): State<AppState>,
    Caller(who): Caller,
    trail: Trail,
    Path(uid): Path<String>,
) -> Result<StatusCode, ApiError> {
    match state.catalog.ref_of_uid(&who, &uid)? {
        Some(entity_ref) => trail.about(entity_ref),
        None => trail.is_nothing(),
    }
    state.catalog.delete_by_uid(&who, &uid).await?;
    Ok(StatusCode::NO_CONTENT)
}
