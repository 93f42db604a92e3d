use axum::extract::State;
use model::catalog::ListProblems;

use crate::{
    api::{
        ApiError,
        extract::{Caller, Pairs},
        json::RawJson,
    },
    app::AppState,
};

/// What in the catalog somebody should mend, by cause, with whose it is: the worst first, then the most frequent.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/problem-groups",
    tag = "Catalog",
    params(
        ("owner" = Option<Vec<String>>, Query, description = "Canonical refs: of entities that one of these owns; `none` for no owner that exists"),
        ("level" = Option<model::entity::Level>, Query, description = "Only of this level"),
        ("code" = Option<model::catalog::ProblemCode>, Query, description = "Only of this cause"),
        ("limit" = Option<u64>, Query, description = "Problems told of each cause, 10 by default, at most `backend.limits.pageSize`"),
    ),
    responses(
        (status = 200, description = "The causes", body = model::catalog::ProblemGroups),
        (status = 400, description = "A parameter is unknown or wrong", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_problem_groups(
    State(state): State<AppState>,
    Caller(who): Caller,
    Pairs(pairs): Pairs,
) -> Result<RawJson, ApiError> {
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut list = ListProblems::from_pairs(pairs).map_err(ApiError::input)?;
    list.limit = list.limit.map(|limit| limit.min(state.config.backend.limits.page_size));
    RawJson::of(&state.catalog.problem_groups(&who, &list)?)
}
