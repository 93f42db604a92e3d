use axum::extract::State;
use model::catalog::FacetsQuery;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    api::{
        ApiError,
        extract::{Caller, JsonBody},
        json::RawJson,
    },
    app::AppState,
};

/// Paths to count, and which entities.
#[derive(Deserialize, ToSchema)]
pub(crate) struct PredicateFacets {
    /// Paths in dots, at least one.
    #[serde(default)]
    facets: Vec<String>,
    /// A predicate, as for a query of entities.
    #[schema(value_type = Option<Object>)]
    query: Option<Value>,
}

/// How often each value of some paths occurs among the entities for which a predicate holds.
#[utoipa::path(
    post,
    path = "/api/catalog/entity-facets",
    tag = "Catalog (Backstage)",
    request_body = PredicateFacets,
    responses(
        (status = 200, description = "Values by path", body = model::catalog::Facets),
        (status = 400, description = "No facet, or a predicate that is none", body = model::error::BackstageError),
    )
)]
pub(crate) async fn get_entity_facets_by_predicate(
    State(state): State<AppState>,
    Caller(who): Caller,
    JsonBody(body): JsonBody<PredicateFacets>,
) -> Result<RawJson, ApiError> {
    if body.facets.is_empty() {
        return Err(ApiError::input("request/body must have required property 'facets'"));
    }
    let query = FacetsQuery { facets: body.facets, predicate: body.query, ..FacetsQuery::default() };
    RawJson::of(&state.catalog.facets(&who, &query)?)
}
