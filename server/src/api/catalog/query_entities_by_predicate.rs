use axum::extract::State;
use model::catalog::{EntitiesPage, EntitiesQuery, FullTextFilter, OrderField};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::query_entities::answer;
use crate::{
    api::{
        ApiError,
        extract::{Caller, JsonBody},
        json::RawJson,
    },
    app::AppState,
};

/// A query by predicate.
#[derive(Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase")]
#[derive(Default)]
pub(crate) struct PredicateQuery {
    /// Goes on where an earlier answer ended; query, order and text are then taken from it.
    cursor: Option<String>,
    /// Items in the page, 200 by default.
    limit: Option<usize>,
    /// Items to pass over.
    offset: Option<usize>,
    /// Entities that lack the first field are left out.
    order_by: Vec<OrderField>,
    /// Text that a value must hold.
    full_text_filter: Option<FullTextFilter>,
    /// Paths to keep in each answer; all where empty.
    fields: Vec<String>,
    /// Values by path, or one of `$all`, `$any` and `$not`. A value is a text, a number, a boolean, or an object with one of
    /// `$exists`, `$in`, `$hasPrefix` and `$contains`.
    #[schema(value_type = Option<Object>)]
    query: Option<Value>,
}

/// A page of entities for which a predicate holds.
#[utoipa::path(
    post,
    path = "/api/catalog/entities/by-query",
    tag = "Catalog (Backstage)",
    request_body = PredicateQuery,
    responses(
        (status = 200, description = "A page", body = EntitiesPage),
        (status = 400, description = "The body is no such query", body = model::error::BackstageError),
    )
)]
pub(crate) async fn query_entities_by_predicate(
    State(state): State<AppState>,
    Caller(who): Caller,
    JsonBody(body): JsonBody<PredicateQuery>,
) -> Result<RawJson, ApiError> {
    let query = EntitiesQuery {
        predicate: body.query,
        fields: body.fields,
        limit: body.limit,
        offset: body.offset.unwrap_or(0),
        order: body.order_by,
        full_text: body.full_text_filter,
        cursor: body.cursor,
        ..EntitiesQuery::default()
    };
    answer(&state.catalog.query(&who, &query)?)
}
