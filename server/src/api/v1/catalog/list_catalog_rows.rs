use axum::extract::State;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use model::catalog::{EntityList, ListEntities};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    api::{
        ApiError,
        extract::{Caller, Pairs},
        json::RawJson,
    },
    app::AppState,
};

/// What a cursor begins with, within its encoding: those of other lists are none of this one.
const CURSOR: &str = "rows ";

/// A page of rows, and the way to the next one.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EntityPage {
    #[serde(flatten)]
    list: EntityList,
    /// `cursor` of the next page; not there on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// One kind of the catalog as rows, with the counts that a person narrows it down by.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/entities",
    tag = "Catalog",
    params(
        ("kind" = Option<String>, Query, description = "Kind to list, in any case; all kinds without"),
        ("type" = Option<Vec<String>>, Query, description = "`spec.type`: one of these"),
        ("lifecycle" = Option<Vec<String>>, Query, description = "`spec.lifecycle`: one of these"),
        ("owner" = Option<Vec<String>>, Query, description = "Canonical refs: owned by one of these; `none` for no owner that exists"),
        ("tags" = Option<Vec<String>>, Query, description = "Has one of these tags"),
        ("namespace" = Option<Vec<String>>, Query, description = "In one of these namespaces"),
        ("user" = Option<model::catalog::UserFilter>, Query, description = "`owned`: what a `team` owns; `starred`: what is a `star`. Default `all`"),
        ("team" = Option<Vec<String>>, Query, description = "Canonical refs of the visitor's teams, whose entities are counted"),
        ("star" = Option<Vec<String>>, Query, description = "Refs that the visitor starred, which are counted"),
        ("problems" = Option<bool>, Query, description = "`true`: only with problems"),
        ("text" = Option<String>, Query, description = "Text in name, title, description or a tag, without regard to case"),
        ("sort" = Option<model::catalog::ListSort>, Query, description = "Default `name`"),
        ("order" = Option<model::catalog::Order>, Query, description = "Default `asc`"),
        ("cursor" = Option<String>, Query, description = "`nextCursor` of the page before, with the same other parameters"),
        ("offset" = Option<u64>, Query, description = "Rows to pass over, instead of a cursor"),
        ("limit" = Option<u64>, Query, description = "Rows of the page, at most `backend.limits.pageSize`"),
    ),
    responses(
        (status = 200, description = "A page of rows", body = EntityPage),
        (status = 400, description = "A parameter is unknown or wrong", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_catalog_rows(
    State(state): State<AppState>,
    Caller(who): Caller,
    Pairs(pairs): Pairs,
) -> Result<RawJson, ApiError> {
    let cursor = pairs.iter().find(|(name, _)| name == "cursor").map(|(_, cursor)| offset_of(cursor)).transpose()?;
    let others = pairs.iter().filter(|(name, _)| name != "cursor");
    let others = others.map(|(name, value)| (name.as_str(), value.as_str()));
    let mut query = ListEntities::from_pairs(others).map_err(ApiError::input)?;
    query.limit = query.limit.map(|limit| limit.min(state.config.backend.limits.page_size));
    if let Some(offset) = cursor {
        query.offset = offset;
    }
    let list = state.catalog.list(&who, &query)?;
    let after = list.offset + list.items.len() as u64;
    let next_cursor = (!list.items.is_empty() && after < list.total).then(|| cursor_to(after));
    RawJson::of(&EntityPage { list, next_cursor })
}

fn cursor_to(offset: u64) -> String {
    URL_SAFE_NO_PAD.encode(format!("{CURSOR}{offset}"))
}

fn offset_of(cursor: &str) -> Result<usize, ApiError> {
    let text = URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let offset = text.as_deref().and_then(|text| text.strip_prefix(CURSOR)).and_then(|offset| offset.parse().ok());
    offset.ok_or_else(|| ApiError::input("`cursor` is none of this list; take `nextCursor` of the page before"))
}
