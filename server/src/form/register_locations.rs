use axum::{Form, extract::State, response::Response};
use catalog::CatalogError;
use serde::Deserialize;

use super::{Flash, lead_to_page, refused};
use crate::{api::extract::Caller, app::AppState, trail::Trail};

/// The page of sources, which tells how the new ones are.
const SOURCES: &str = "/catalog/sources";
/// The page of the form.
const IMPORT: &str = "/catalog-import";

/// URLs, one a line.
#[derive(Deserialize)]
pub(crate) struct RegisterForm {
    targets: String,
}

/// Registers URLs, and leads to the sources. One that is registered already stays so.
pub(crate) async fn register_locations(
    State(state): State<AppState>,
    Caller(who): Caller,
    trail: Trail,
    Form(RegisterForm { targets }): Form<RegisterForm>,
) -> Response {
    let base_url = &state.config.app.base_url;
    let targets: Vec<_> = targets.lines().map(str::trim).filter(|target| !target.is_empty()).collect();
    trail.about_locations(&targets);
    for target in targets {
        match state.catalog.create_location(&who, "url", target).await {
            Ok(_) => trail.has_acted(),
            Err(CatalogError::LocationExists(_)) => {}
            Err(CatalogError::ReadOnly) => return lead_to_page(IMPORT, base_url, Flash::ReadOnly),
            Err(error) => {
                tracing::warn!(%error, target, "a location was not registered");
                return lead_to_page(IMPORT, base_url, refused(error, &trail));
            }
        }
    }
    lead_to_page(SOURCES, base_url, Flash::LocationsRegistered)
}
