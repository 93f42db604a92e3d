use axum::extract::{Path, State};

use crate::{
    api::{ApiError, extract::Caller, json::RawJson},
    app::AppState,
};

/// One entity, by its uid.
#[utoipa::path(
    get,
    path = "/api/catalog/entities/by-uid/{uid}",
    tag = "Catalog (Backstage)",
    params(("uid" = String, Path)),
    responses(
        (status = 200, description = "The entity", body = model::entity::Entity),
        (status = 404, description = "There is no such entity", body = model::error::BackstageError),
    )
)]
pub(crate) async fn get_entity_by_uid(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path(uid): Path<String>,
) -> Result<RawJson, ApiError> {
    let entity = state.catalog.entity_by_uid(&who, &uid)?;
    entity.map(RawJson).ok_or_else(|| ApiError::not_found(format!("No entity with uid {uid}")))
}
