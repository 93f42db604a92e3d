use axum::extract::State;
use model::catalog::LocationPreviews;

use crate::{
    api::{
        ApiError,
        extract::{Caller, Pairs},
        json::RawJson,
    },
    app::AppState,
};

/// What URLs would bring if they were registered. Reads them; takes some seconds where their hosts do.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/preview",
    tag = "Catalog",
    params(("target" = Option<Vec<String>>, Query, description = "URLs, at most 20")),
    responses(
        (status = 200, description = "One a URL, also where nothing of it can be registered", body = LocationPreviews),
        (status = 400, description = "A parameter is unknown, or there are too many URLs", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn preview_locations(
    State(state): State<AppState>,
    Caller(who): Caller,
    Pairs(pairs): Pairs,
) -> Result<RawJson, ApiError> {
    let mut targets = Vec::new();
    for (name, value) in pairs {
        if name != "target" {
            return Err(ApiError::input(format!("unknown query parameter `{name}`; expected `target`")));
        }
        targets.push(value);
    }
    if targets.len() > LocationPreviews::MAX_TARGETS {
        let most = LocationPreviews::MAX_TARGETS;
        return Err(ApiError::input(format!("{} URLs are too many at once; send at most {most}", targets.len())));
    }
    RawJson::of(&LocationPreviews { items: state.catalog.preview_targets(&who, targets).await? })
}
