use axum::extract::State;

use crate::{
    api::{ApiError, extract::Caller, json::RawJson},
    app::AppState,
};

/// Where entities come from: each source with when it was read, what is wrong, and what its host still grants.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/sources",
    tag = "Catalog",
    responses((status = 200, description = "The sources", body = model::catalog::CatalogSources))
)]
pub(crate) async fn list_catalog_sources(
    State(state): State<AppState>,
    Caller(who): Caller,
) -> Result<RawJson, ApiError> {
    RawJson::of(&state.catalog.sources(&who)?)
}
