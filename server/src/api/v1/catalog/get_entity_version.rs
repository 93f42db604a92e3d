use axum::extract::{Path, State};
use bytes::Bytes;
use model::entity_ref::EntityRef;

use crate::{
    api::{
        ApiError,
        extract::{Caller, EntityPath},
        json::RawJson,
    },
    app::AppState,
};

/// An entity as it was in one of its versions, without relations and status.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/entities/{kind}/{namespace}/{name}/versions/{version}",
    tag = "Catalog",
    params(EntityPath, ("version" = i64, Path, example = 1)),
    responses(
        (status = 200, description = "The entity", body = model::entity::Entity),
        (status = 404, description = "There is no such version (any more)", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_entity_version(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path((kind, namespace, name, version)): Path<(String, String, String, i64)>,
) -> Result<RawJson, ApiError> {
    let entity_ref = EntityRef::new(kind, namespace, name);
    let body = state.catalog.version(&who, &entity_ref, version).await?;
    let body = body.ok_or_else(|| ApiError::not_found(format!("`{entity_ref}` has no version {version}")))?;
    Ok(RawJson(Bytes::from(body)))
}
