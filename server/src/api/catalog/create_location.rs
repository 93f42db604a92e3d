use access::Principal;
use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use catalog::CatalogError;
use model::catalog::{LocationCreated, LocationRequest};
use serde_json::{Value, json, value::RawValue};

use super::params::Params;
use crate::{
    api::{
        ApiError,
        extract::{Caller, JsonBody, Pairs},
        json::CONTENT_TYPE,
    },
    app::AppState,
    trail::Trail,
};

/// Registers a location, or with `dryRun=true` says what it would bring.
#[utoipa::path(
    post,
    path = "/api/catalog/locations",
    tag = "Catalog (Backstage)",
    params(
        ("dryRun" = Option<bool>, Query, description = "`true`: register nothing, answer what it would bring"),
        ("Idempotency-Key" = Option<String>, Header, description = "A key of yours: sent again with it, nothing is registered twice, and the first answer comes again"),
        ("onConflict" = Option<String>, Query, description = "`refresh` reads a location that is registered already again; `reject` (default) answers 409"),
    ),
    request_body = LocationRequest,
    responses(
        (status = 201, description = "It is registered, or could be", body = LocationCreated),
        (status = 400, description = "It is no location that can be registered, or a dry run found errors", body = model::error::BackstageError),
        (status = 403, description = "`catalog.readonly` is set", body = model::error::BackstageError),
        (status = 409, description = "It is registered already", body = model::error::BackstageError),
    )
)]
pub(crate) async fn create_location(
    State(state): State<AppState>,
    Caller(who): Caller,
    trail: Trail,
    Pairs(pairs): Pairs,
    JsonBody(LocationRequest { location_type, target }): JsonBody<LocationRequest>,
) -> Result<Response, ApiError> {
    trail.about_location(&location_type, &target);
    let params = Params::check(pairs, &["dryRun", "onConflict"])?;
    if params.text("dryRun")? == Some("true") {
        trail.is_nothing();
        return dry_run(&state, &who, &location_type, &target).await;
    }
    let refresh = match params.text("onConflict")? {
        None | Some("reject") => false,
        Some("refresh") => true,
        Some(other) => {
            return Err(ApiError::input(format!(
                "query parameter `onConflict` must be reject or refresh, found `{other}`"
            )));
        }
    };
    let location = match state.catalog.create_location(&who, &location_type, &target).await {
        Err(CatalogError::LocationExists(_)) if refresh => {
            let location = state.catalog.find_location(&who, &location_type, &target).await?;
            state.catalog.refresh_location(&who, &location).await?;
            location
        }
        location => location?,
    };
    Ok(created(&json!({ "location": location, "entities": [] })))
}

async fn dry_run(state: &AppState, who: &Principal, location_type: &str, target: &str) -> Result<Response, ApiError> {
    let (location, exists, preview) = state.catalog.preview_location(who, location_type, target).await?;
    let entities = preview.entities.into_iter().map(|(_, body)| RawValue::from_string(body));
    let entities = entities.collect::<Result<Vec<_>, _>>().map_err(ApiError::internal)?;
    let entities = serde_json::to_value(entities).map_err(ApiError::internal)?;
    Ok(created(&json!({ "exists": exists, "location": location, "entities": entities })))
}

fn created(body: &Value) -> Response {
    (StatusCode::CREATED, [(header::CONTENT_TYPE, CONTENT_TYPE)], body.to_string()).into_response()
}
