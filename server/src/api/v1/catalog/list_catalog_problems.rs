use axum::extract::State;
use model::catalog::ProblemsQuery;

use crate::{
    api::{
        ApiError,
        extract::{Caller, Pairs},
        json::RawJson,
    },
    app::AppState,
};

/// What in the catalog somebody should mend: the worst first, then by place.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/problems",
    tag = "Catalog",
    params(
        ("entityRef" = Option<String>, Query, description = "Only those of this entity", example = "component:default/checkout-api"),
        ("limit" = Option<u64>, Query, description = "At most so many, and at most `backend.limits.problems`, which is the default"),
    ),
    responses(
        (status = 200, description = "Problems that match, and how many there are", body = model::catalog::ProblemList),
        (status = 400, description = "A parameter is unknown, or the ref is none", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_catalog_problems(
    State(state): State<AppState>,
    Caller(who): Caller,
    Pairs(pairs): Pairs,
) -> Result<RawJson, ApiError> {
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut query = ProblemsQuery::from_pairs(pairs).map_err(ApiError::input)?;
    let most = state.config.backend.limits.problems;
    query.limit = Some(query.limit.map_or(most, |limit| limit.min(most)));
    RawJson::of(&state.catalog.problems(&who, &query).await?)
}
