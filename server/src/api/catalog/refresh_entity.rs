use axum::extract::State;
use model::entity_ref::EntityRef;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    api::{
        ApiError,
        extract::{Caller, JsonBody},
    },
    app::AppState,
    trail::Trail,
};

/// Which entity.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefreshRequest {
    /// Its ref, in any case.
    #[serde(default)]
    #[schema(example = "component:default/checkout-api")]
    entity_ref: String,
}

/// Has the source of an entity read again, soon.
#[utoipa::path(
    post,
    path = "/api/catalog/refresh",
    tag = "Catalog (Backstage)",
    request_body = RefreshRequest,
    responses(
        (status = 200, description = "It will be"),
        (status = 400, description = "The ref is none", body = model::error::BackstageError),
        (status = 404, description = "There is no such entity", body = model::error::BackstageError),
    )
)]
pub(crate) async fn refresh_entity(
    State(state): State<AppState>,
    Caller(who): Caller,
    trail: Trail,
    JsonBody(body): JsonBody<RefreshRequest>,
) -> Result<(), ApiError> {
    if body.entity_ref.is_empty() {
        return Err(ApiError::input("request/body must have required property 'entityRef'"));
    }
    let entity_ref = EntityRef::parse_full(&body.entity_ref).map_err(|error| ApiError::input(error.to_string()))?;
    trail.about(entity_ref.canonical());
    Ok(state.catalog.refresh(&who, &entity_ref).await?)
}
