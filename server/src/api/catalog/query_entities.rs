use axum::extract::State;
use bytes::{BufMut as _, BytesMut};
use catalog::index::RawPage;
use model::catalog::{EntitiesQuery, FullTextFilter};

use super::params::Params;
use crate::{
    api::{
        ApiError,
        extract::{Caller, Pairs},
        json::{self, RawJson},
    },
    app::AppState,
};

const KNOWN: [&str; 9] = [
    "fields",
    "limit",
    "offset",
    "orderField",
    "cursor",
    "filter",
    "fullTextFilterTerm",
    "fullTextFilterFields",
    "totalItems",
];

/// A page of entities.
#[utoipa::path(
    get,
    path = "/api/catalog/entities/by-query",
    tag = "Catalog (Backstage)",
    params(
        ("filter" = Option<Vec<String>>, Query, description = "Conditions joined by commas, `path` or `path=value`; repeated ones mean \"or\"", example = json!(["kind=component,spec.type=service"])),
        ("fields" = Option<String>, Query, description = "Paths to keep, joined by commas", example = "kind,metadata.name"),
        ("limit" = Option<u64>, Query, description = "Items in the page, 200 by default"),
        ("offset" = Option<u64>, Query, description = "Items to pass over"),
        ("orderField" = Option<Vec<String>>, Query, description = "`path,asc` or `path,desc`; entities without the first path are left out", example = json!(["metadata.name,asc"])),
        ("cursor" = Option<String>, Query, description = "Goes on where an earlier answer ended; filter, order and text are taken from it"),
        ("fullTextFilterTerm" = Option<String>, Query, description = "Text that a value must hold, without regard to case"),
        ("fullTextFilterFields" = Option<String>, Query, description = "Paths to look in, joined by commas; the first order field without"),
        ("totalItems" = Option<String>, Query, description = "`exclude` leaves the total at 0"),
    ),
    responses(
        (status = 200, description = "A page", body = model::catalog::EntitiesPage),
        (status = 400, description = "A parameter is unknown or wrong", body = model::error::BackstageError),
    )
)]
pub(crate) async fn query_entities(
    State(state): State<AppState>,
    Caller(who): Caller,
    Pairs(pairs): Pairs,
) -> Result<RawJson, ApiError> {
    answer(&state.catalog.query(&who, &query_of(pairs)?)?)
}

/// A page as JSON.
pub(super) fn answer(page: &RawPage) -> Result<RawJson, ApiError> {
    let page_info = serde_json::to_vec(&page.page_info).map_err(ApiError::internal)?;
    let mut json = BytesMut::new();
    json.put_slice(br#"{"items":"#);
    json::put_array(&mut json, page.items.iter().map(Some));
    json.put_slice(format!(r#","totalItems":{},"pageInfo":"#, page.total_items).as_bytes());
    json.put_slice(&page_info);
    json.put_u8(b'}');
    Ok(RawJson(json.freeze()))
}

fn query_of(pairs: Vec<(String, String)>) -> Result<EntitiesQuery, ApiError> {
    let params = Params::check(pairs, &KNOWN)?;
    let exclude_total = match params.text("totalItems")? {
        None | Some("include") => false,
        Some("exclude") => true,
        Some(_) => {
            return Err(ApiError::input(
                "request/query/totalItems must be equal to one of the allowed values: include, exclude",
            ));
        }
    };
    let full_text_fields = params.list("fullTextFilterFields")?;
    let full_text = params
        .text("fullTextFilterTerm")?
        .map(|term| FullTextFilter { term: term.to_owned(), fields: full_text_fields });
    Ok(EntitiesQuery {
        filter: params.filter()?,
        predicate: None,
        fields: params.fields()?,
        limit: params.integer("limit")?,
        offset: params.integer("offset")?.unwrap_or(0),
        order: params.order_fields()?,
        full_text,
        cursor: params.text("cursor")?.map(str::to_owned),
        exclude_total,
    })
}
