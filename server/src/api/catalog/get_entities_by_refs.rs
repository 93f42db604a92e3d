use axum::extract::State;
use bytes::{BufMut as _, BytesMut};
use model::catalog::EntitiesByRefsRequest;
use serde::Deserialize;

use super::params::Params;
use crate::{
    api::{
        ApiError,
        extract::{Caller, JsonBody, Pairs},
        json::{self, RawJson},
    },
    app::AppState,
};

/// [`EntitiesByRefsRequest`] as callers may write it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ByRefsBody {
    entity_refs: Option<Vec<String>>,
    #[serde(default)]
    fields: Vec<String>,
}

/// Several entities by their canonical refs, in the order of the refs; `null` where there is none.
#[utoipa::path(
    post,
    path = "/api/catalog/entities/by-refs",
    tag = "Catalog (Backstage)",
    params(("filter" = Option<Vec<String>>, Query, description = "What does not pass is `null`")),
    request_body = EntitiesByRefsRequest,
    responses(
        (status = 200, description = "As many items as refs", body = model::catalog::EntitiesByRefsResponse),
        (status = 400, description = "The body is no such request", body = model::error::BackstageError),
    )
)]
pub(crate) async fn get_entities_by_refs(
    State(state): State<AppState>,
    Caller(who): Caller,
    Pairs(pairs): Pairs,
    JsonBody(body): JsonBody<ByRefsBody>,
) -> Result<RawJson, ApiError> {
    let filter = Params::check(pairs, &["filter"])?.filter()?;
    let refs =
        body.entity_refs.ok_or_else(|| ApiError::input("request/body must have required property 'entityRefs'"))?;
    let items = state.catalog.by_refs(&who, &refs, &filter, &body.fields)?;
    let mut json = BytesMut::new();
    json.put_slice(br#"{"items":"#);
    json::put_array(&mut json, items.iter().map(Option::as_ref));
    json.put_u8(b'}');
    Ok(RawJson(json.freeze()))
}
