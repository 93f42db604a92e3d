use axum::extract::State;
use model::catalog::LocationItem;

use crate::{
    api::{ApiError, extract::Caller, json::RawJson},
    app::AppState,
};

/// All registered locations, the oldest first.
#[utoipa::path(
    get,
    path = "/api/catalog/locations",
    tag = "Catalog (Backstage)",
    responses((status = 200, description = "The locations", body = [LocationItem]))
)]
pub(crate) async fn list_locations(State(state): State<AppState>, Caller(who): Caller) -> Result<RawJson, ApiError> {
    let locations = state.catalog.locations(&who).await?;
    RawJson::of(&locations.into_iter().map(|data| LocationItem { data }).collect::<Vec<_>>())
}
