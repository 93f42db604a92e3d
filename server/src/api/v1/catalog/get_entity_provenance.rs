use axum::extract::State;

use crate::{
    api::{
        ApiError,
        extract::{Caller, EntityPath},
        json::RawJson,
    },
    app::AppState,
};

/// An entity as YAML, and where each part of it comes from: file, line and column, or who filled it in.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/entities/{kind}/{namespace}/{name}/provenance",
    tag = "Catalog",
    params(EntityPath),
    responses(
        (status = 200, description = "The entity and its provenance", body = model::catalog::EntityProvenance),
        (status = 404, description = "There is no such entity", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_entity_provenance(
    State(state): State<AppState>,
    Caller(who): Caller,
    EntityPath(entity_ref): EntityPath,
) -> Result<RawJson, ApiError> {
    RawJson::of(&state.catalog.provenance(&who, &entity_ref).await?)
}
