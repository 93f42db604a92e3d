use axum::extract::State;

use crate::{
    api::{
        ApiError,
        extract::{Caller, EntityPath},
        json::RawJson,
    },
    app::AppState,
};

/// How an entity may be taken out of the catalog, and what would go with it. Nothing is done.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/entities/{kind}/{namespace}/{name}/removal",
    tag = "Catalog",
    params(EntityPath),
    responses(
        (status = 200, description = "What goes. A location is unregistered by `DELETE /api/catalog/locations/{key}`, an orphan deleted by `DELETE /api/catalog/entities/by-uid/{uid}`", body = model::catalog::EntityRemoval),
        (status = 404, description = "There is no such entity", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_entity_removal(
    State(state): State<AppState>,
    Caller(who): Caller,
    EntityPath(entity_ref): EntityPath,
) -> Result<RawJson, ApiError> {
    RawJson::of(&state.catalog.removal(&who, &entity_ref).await?)
}
