use axum::extract::State;
use model::catalog::EntityMatches;

use crate::{
    api::{
        ApiError,
        extract::{Caller, Pairs},
        json::RawJson,
    },
    app::AppState,
};

/// Entities by parts of their names or titles, also with a slip of the hand: the best first.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/search",
    tag = "Catalog",
    params(
        ("q" = String, Query, description = "What name or title must hold: all of its words", example = "ledger"),
        ("limit" = Option<u64>, Query, description = "Items of the answer, 10 by default, at most 50"),
    ),
    responses(
        (status = 200, description = "What was found; nothing for an empty question", body = EntityMatches),
        (status = 400, description = "A parameter is unknown or wrong", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn search_entities(
    State(state): State<AppState>,
    Caller(who): Caller,
    Pairs(pairs): Pairs,
) -> Result<RawJson, ApiError> {
    let mut query = String::new();
    let mut limit = EntityMatches::DEFAULT_ITEMS;
    for (name, value) in pairs {
        match name.as_str() {
            "q" => query = value,
            "limit" => {
                limit = value.parse().map_err(|_| {
                    ApiError::input(format!("query parameter `limit` must be a whole number, found `{value}`"))
                })?;
            }
            _ => return Err(ApiError::input(format!("unknown query parameter `{name}`; expected `q` or `limit`"))),
        }
    }
    RawJson::of(&state.catalog.search(&who, &query, limit.min(EntityMatches::MAX_ITEMS))?)
}
