use axum::{
    extract::{Path, State},
    http::{HeaderMap, header},
};
use model::catalog::{PushEntities, PushOutcome};

use crate::{
    api::{
        ApiError,
        extract::{Caller, DryRun, JsonBody},
        json::RawJson,
    },
    app::AppState,
    trail::Trail,
};

/// Sets the entities of a source that is pushed, for example by a CI job: all of it, or what changed. All of them, or none.
///
/// The source belongs to who pushes it first; others are refused. Entities that another source has stay with that source, and are told
/// as conflicts. Sent again, it changes nothing.
#[utoipa::path(
    put,
    path = "/api/v1/catalog/sources/{name}",
    tag = "Catalog",
    params(
        ("name" = String, Path, description = "At most 63 lower case letters, digits, `-`, `_` and `.`", example = "ci-orders"),
        DryRun,
        ("If-Match" = Option<String>, Header, description = "The ETag of what the push is meant to replace"),
    ),
    request_body(content = PushEntities, description = "At most `backend.limits.catalogFileBytes`"),
    responses(
        (status = 200, description = "It is in the catalog, or would be", body = PushOutcome),
        (status = 400, description = "Nothing was pushed; `errors` tells what is wrong with which entity", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "The source belongs to somebody else, or who asks may not push", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 412, description = "The source is not what `If-Match` names", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "The body is longer than a file may be", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn push_entities(
    State(state): State<AppState>,
    Caller(who): Caller,
    trail: Trail,
    Path(name): Path<String>,
    DryRun(is_dry_run): DryRun,
    headers: HeaderMap,
    JsonBody(push): JsonBody<PushEntities>,
) -> Result<RawJson, ApiError> {
    trail.about(format!("source {name}"));
    if is_dry_run {
        trail.is_nothing();
    }
    let wanted = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok());
    let wanted = wanted.map(|etag| etag.trim().trim_matches('"'));
    RawJson::of(&state.catalog.push(&who, &name, push, is_dry_run, wanted).await?)
}
