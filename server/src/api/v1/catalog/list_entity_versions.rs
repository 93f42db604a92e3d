use axum::extract::State;

use crate::{
    api::{
        ApiError,
        extract::{Caller, EntityPath},
        json::RawJson,
    },
    app::AppState,
};

/// The last versions of an entity, each with what it changed; also of one that was removed.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/entities/{kind}/{namespace}/{name}/versions",
    tag = "Catalog",
    params(EntityPath),
    responses(
        (status = 200, description = "The versions, the newest first", body = model::catalog::EntityVersions),
        (status = 404, description = "There is no such entity, and never was", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_entity_versions(
    State(state): State<AppState>,
    Caller(who): Caller,
    EntityPath(entity_ref): EntityPath,
) -> Result<RawJson, ApiError> {
    RawJson::of(&state.catalog.versions(&who, &entity_ref).await?)
}
