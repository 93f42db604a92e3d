use axum::extract::State;
use model::catalog::ListChanges;

use crate::{
    api::{
        ApiError,
        extract::{Caller, Pairs},
        json::RawJson,
    },
    app::AppState,
};

/// What changed lately in the whole catalog: one set each time that sources said something else, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/changes",
    tag = "Catalog",
    params(
        ("limit" = Option<u64>, Query, description = "Sets of the answer, 20 by default, at most 100"),
        ("before" = Option<i64>, Query, description = "Only older sets: what the last answer said"),
    ),
    responses(
        (status = 200, description = "The sets", body = model::catalog::CatalogChanges),
        (status = 400, description = "A parameter is unknown or wrong", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_catalog_changes(
    State(state): State<AppState>,
    Caller(who): Caller,
    Pairs(pairs): Pairs,
) -> Result<RawJson, ApiError> {
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let list = ListChanges::from_pairs(pairs).map_err(ApiError::input)?;
    RawJson::of(&state.catalog.list_changes(&who, &list).await?)
}
