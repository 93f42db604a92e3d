use axum::extract::State;
use model::catalog::HomeQuery;

use crate::{
    api::{
        ApiError,
        extract::{Caller, Pairs},
        json::RawJson,
    },
    app::AppState,
};

/// What of the catalog concerns a visitor: what their teams own and what is wrong with it, what they starred and saw, what changed.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/home",
    tag = "Catalog",
    params(
        ("team" = Option<Vec<String>>, Query, description = "Canonical refs of the visitor's teams"),
        ("star" = Option<Vec<String>>, Query, description = "Refs that the visitor starred"),
        ("recent" = Option<Vec<String>>, Query, description = "Refs that the visitor saw, the last one first"),
    ),
    responses(
        (status = 200, description = "What there is of it", body = model::catalog::CatalogHome),
        (status = 400, description = "A parameter is unknown", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_catalog_home(
    State(state): State<AppState>,
    Caller(who): Caller,
    Pairs(pairs): Pairs,
) -> Result<RawJson, ApiError> {
    let query = HomeQuery::from_pairs(pairs).map_err(ApiError::input)?;
    RawJson::of(&state.catalog.home(&who, &query).await?)
}
