use axum::extract::State;
use model::catalog::FacetsQuery;

use super::params::Params;
use crate::{
    api::{
        ApiError,
        extract::{Caller, Pairs},
        json::RawJson,
    },
    app::AppState,
};

/// How often each value of some paths occurs.
#[utoipa::path(
    get,
    path = "/api/catalog/entity-facets",
    tag = "Catalog (Backstage)",
    params(
        ("facet" = Vec<String>, Query, description = "Path in dots; repeatable", example = json!(["spec.type"])),
        ("filter" = Option<Vec<String>>, Query, description = "Conditions joined by commas; repeated ones mean \"or\""),
    ),
    responses(
        (status = 200, description = "Values by path", body = model::catalog::Facets),
        (status = 400, description = "No facet, or a filter that is none", body = model::error::BackstageError),
    )
)]
pub(crate) async fn get_entity_facets(
    State(state): State<AppState>,
    Caller(who): Caller,
    Pairs(pairs): Pairs,
) -> Result<RawJson, ApiError> {
    let params = Params::check(pairs, &["facet", "filter"])?;
    let facets: Vec<_> = params.all("facet").into_iter().map(str::to_owned).collect();
    if facets.is_empty() {
        return Err(ApiError::input("request/query must have required property 'facet'"));
    }
    let facets = state.catalog.facets(&who, &FacetsQuery { facets, filter: params.filter()?, predicate: None })?;
    RawJson::of(&facets)
}
