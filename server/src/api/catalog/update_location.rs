use axum::extract::{Path, State};
use model::catalog::{Location, LocationRequest};

use crate::{
    api::{
        ApiError,
        extract::{Caller, JsonBody},
        json::RawJson,
    },
    app::AppState,
    trail::Trail,
};

/// Gives a registered location another target.
#[utoipa::path(
    put,
    path = "/api/catalog/locations/{id}",
    tag = "Catalog (Backstage)",
    params(("id" = String, Path)),
    request_body = LocationRequest,
    responses(
        (status = 200, description = "The location as it is now", body = Location),
        (status = 400, description = "It is no location that can be registered", body = model::error::BackstageError),
        (status = 404, description = "There is none of this id", body = model::error::BackstageError),
        (status = 409, description = "Another one has this target", body = model::error::BackstageError),
    )
)]
pub(crate) async fn update_location(
    State(state): State<AppState>,
    Caller(who): Caller,
    trail: Trail,
    Path(id): Path<String>,
    JsonBody(LocationRequest { location_type, target }): JsonBody<LocationRequest>,
) -> Result<RawJson, ApiError> {
    trail.about_location(&location_type, &target);
    RawJson::of(&state.catalog.update_location(&who, &id, &location_type, &target).await?)
}
