use axum::extract::State;
use model::catalog::GetOrganization;

use crate::{
    api::{
        ApiError,
        extract::{Caller, Pairs},
        json::RawJson,
    },
    app::AppState,
};

/// The groups, each below its parent, with how many belong to them and what they own.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/organization",
    tag = "Catalog",
    params(
        ("text" = Option<String>, Query, description = "Text that the name or the title of a group must hold; what leads to such a group is told as well"),
        ("members" = Option<String>, Query, description = "`none`: only groups that nobody belongs to"),
        ("limit" = Option<u64>, Query, description = "Groups in the answer, those near the top first; 300 by default, at most `backend.limits.pageSize`"),
    ),
    responses(
        (status = 200, description = "The groups", body = model::catalog::Organization),
        (status = 400, description = "A parameter is unknown or wrong", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get_organization(
    State(state): State<AppState>,
    Caller(who): Caller,
    Pairs(pairs): Pairs,
) -> Result<RawJson, ApiError> {
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut query = GetOrganization::from_pairs(pairs).map_err(ApiError::input)?;
    query.limit = query.limit.map(|limit| limit.min(state.config.backend.limits.page_size));
    RawJson::of(&state.catalog.organization(&who, &query)?)
}
