use axum::extract::State;
use model::catalog::{LocationsPage, LocationsQuery};

use crate::{
    api::{
        ApiError,
        extract::{Caller, JsonBody},
        json::RawJson,
    },
    app::AppState,
};

/// Registered locations for which a predicate holds, a page at a time.
#[utoipa::path(
    post,
    path = "/api/catalog/locations/by-query",
    tag = "Catalog (Backstage)",
    request_body = LocationsQuery,
    responses(
        (status = 200, description = "A page", body = LocationsPage),
        (status = 400, description = "The body is no such query", body = model::error::BackstageError),
    )
)]
pub(crate) async fn query_locations(
    State(state): State<AppState>,
    Caller(who): Caller,
    JsonBody(query): JsonBody<LocationsQuery>,
) -> Result<RawJson, ApiError> {
    RawJson::of(&state.catalog.query_locations(&who, &query).await?)
}
