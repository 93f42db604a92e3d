use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::BytesMut;
use form_urlencoded::Serializer;
use serde::{Deserialize, Serialize};

use super::params::Params;
use crate::{
    api::{
        ApiError,
        extract::{Caller, Pairs},
        json::{self, RawJson},
    },
    app::AppState,
};

/// What the parameter `after` holds, as base64 JSON.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
struct After {
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<usize>,
    offset: Option<usize>,
}

/// All entities that pass a filter. Older than `by-query`; without a limit it answers with all of them.
#[utoipa::path(
    get,
    path = "/api/catalog/entities",
    tag = "Catalog (Backstage)",
    params(
        ("filter" = Option<Vec<String>>, Query, description = "Conditions joined by commas; repeated ones mean \"or\""),
        ("fields" = Option<String>, Query, description = "Paths to keep, joined by commas"),
        ("limit" = Option<u64>, Query, description = "Items in the answer, all by default"),
        ("offset" = Option<u64>, Query, description = "Items to pass over"),
        ("after" = Option<String>, Query, description = "Goes on where an earlier answer ended; found in its `link` header"),
        ("order" = Option<Vec<String>>, Query, description = "`asc:path` or `desc:path`", example = json!(["asc:metadata.name"])),
    ),
    responses(
        (status = 200, description = "The entities", body = [model::entity::Entity], headers(("link" = String, description = "The next page"))),
        (status = 400, description = "A parameter is unknown or wrong", body = model::error::BackstageError),
    )
)]
pub(crate) async fn list_entities(
    State(state): State<AppState>,
    Caller(who): Caller,
    Pairs(pairs): Pairs,
) -> Result<Response, ApiError> {
    let params = Params::check(pairs, &["filter", "fields", "limit", "offset", "after", "order"])?;
    let mut limit = params.integer("limit")?;
    let mut offset = params.integer("offset")?;
    if let Some(after) = params.text("after")? {
        let after = parse_after(after)?;
        limit = after.limit.or(limit);
        offset = after.offset.or(offset);
    }
    let offset = offset.unwrap_or(0);
    let (items, more) =
        state.catalog.entities(&who, &params.filter()?, &params.fields()?, &params.order()?, offset, limit)?;

    let mut body = BytesMut::new();
    json::put_array(&mut body, items.iter().map(Some));
    let mut response = RawJson(body.freeze()).into_response();
    if let Some(limit) = limit.filter(|_| more) {
        let after = After { limit: Some(limit), offset: Some(offset + limit) };
        response.headers_mut().insert(header::LINK, next_link(&params, after)?);
    }
    Ok(response)
}

fn parse_after(text: &str) -> Result<After, ApiError> {
    let json = STANDARD.decode(text).ok();
    json.and_then(|json| serde_json::from_slice(&json).ok())
        .ok_or_else(|| ApiError::input("Malformed after cursor, could not be parsed"))
}

/// The same request with another `after`, at the place of the old one, and without `offset`.
fn next_link(params: &Params, after: After) -> Result<HeaderValue, ApiError> {
    let after = STANDARD.encode(serde_json::to_vec(&after).map_err(ApiError::internal)?);
    let mut query = Serializer::new(String::new());
    let mut written = false;
    for (name, value) in params.pairs().filter(|(name, _)| *name != "offset") {
        if name == "after" {
            written = true;
            query.append_pair(name, &after);
        } else {
            query.append_pair(name, value);
        }
    }
    if !written {
        query.append_pair("after", &after);
    }
    HeaderValue::from_str(&format!("</entities?{}>; rel=\"next\"", query.finish())).map_err(ApiError::internal)
}
