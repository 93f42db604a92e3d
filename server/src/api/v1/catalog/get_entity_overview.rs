use axum::extract::State;
use catalog::CatalogError;
use serde_json::json;

use crate::{
    api::{
        ApiError,
        extract::{Caller, EntityPath},
        json::RawJson,
    },
    app::AppState,
};

/// One entity with what is around it, in the size of a page; the whole of it is at `/api/catalog/entities/by-name`.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/entities/{kind}/{namespace}/{name}",
    tag = "Catalog",
    params(EntityPath),
    responses(
        (status = 200, description = "The entity", body = model::catalog::EntityOverview),
        (status = 404, description = "There is no such entity. The problem details have one more member, `near`: what may have been meant", body = model::catalog::NearEntities, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_entity_overview(
    State(state): State<AppState>,
    Caller(who): Caller,
    EntityPath(entity_ref): EntityPath,
) -> Result<RawJson, ApiError> {
    match state.catalog.overview(&who, &entity_ref).await {
        Ok(overview) => RawJson::of(&overview),
        Err(error @ CatalogError::NotFound(_)) => {
            let near = state.catalog.near(&who, &entity_ref)?.near;
            Err(ApiError::from(error).with_member("near", json!(near)))
        }
        Err(error) => Err(error.into()),
    }
}
