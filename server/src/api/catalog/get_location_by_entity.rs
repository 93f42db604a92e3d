use axum::extract::State;

use crate::{
    api::{
        ApiError,
        extract::{Caller, EntityPath},
        json::RawJson,
    },
    app::AppState,
};

/// The registered location that an entity came in through.
#[utoipa::path(
    get,
    path = "/api/catalog/locations/by-entity/{kind}/{namespace}/{name}",
    tag = "Catalog (Backstage)",
    params(EntityPath),
    responses(
        (status = 200, description = "The location", body = model::catalog::Location),
        (status = 404, description = "There is no such entity, or it came in otherwise", body = model::error::BackstageError),
    )
)]
pub(crate) async fn get_location_by_entity(
    State(state): State<AppState>,
    Caller(who): Caller,
    EntityPath(entity_ref): EntityPath,
) -> Result<RawJson, ApiError> {
    RawJson::of(&state.catalog.location_of_entity(&who, &entity_ref).await?)
}
