use axum::extract::State;
use model::catalog::ListEntities;

use crate::{
    api::{
        ApiError,
        extract::{Caller, Pairs},
        json::RawJson,
    },
    app::AppState,
};

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
        ("offset" = Option<u64>, Query, description = "Rows to pass over"),
        ("limit" = Option<u64>, Query, description = "Rows of the page, at most `backend.limits.pageSize`"),
    ),
    responses(
        (status = 200, description = "A page of rows", body = model::catalog::EntityList),
        (status = 400, description = "A parameter is unknown or wrong", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_catalog_rows(
    State(state): State<AppState>,
    Caller(who): Caller,
    Pairs(pairs): Pairs,
) -> Result<RawJson, ApiError> {
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let mut list = ListEntities::from_pairs(pairs).map_err(ApiError::input)?;
    list.limit = list.limit.map(|limit| limit.min(state.config.backend.limits.page_size));
    RawJson::of(&state.catalog.list(&who, &list)?)
}
