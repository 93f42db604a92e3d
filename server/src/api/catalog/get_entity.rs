use axum::extract::State;

use crate::{
    api::{
        ApiError,
        extract::{Caller, EntityPath},
        json::RawJson,
    },
    app::AppState,
};

/// One entity, by its ref in any case.
#[utoipa::path(
    get,
    path = "/api/catalog/entities/by-name/{kind}/{namespace}/{name}",
    tag = "Catalog (Backstage)",
    params(EntityPath),
    responses(
        (status = 200, description = "The entity", body = model::entity::Entity),
        (status = 404, description = "There is no such entity", body = model::error::BackstageError),
    )
)]
pub(crate) async fn get_entity(
    State(state): State<AppState>,
    Caller(who): Caller,
    EntityPath(entity_ref): EntityPath,
) -> Result<RawJson, ApiError> {
    Ok(RawJson(state.catalog.entity(&who, &entity_ref)?))
}
