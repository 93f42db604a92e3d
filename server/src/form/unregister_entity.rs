use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use catalog::{CatalogError, Unregistered};
use model::entity_ref::EntityRef;
use serde::Deserialize;

use super::{Flash, lead_to_page, refused};
use crate::{api::extract::Caller, app::AppState, trail::Trail};

/// The page that has no trace of what is gone.
const CATALOG: &str = "/catalog";

/// Which entity, and what of it the visitor has seen.
#[derive(Deserialize)]
pub(crate) struct UnregisterForm {
    /// Its ref, in any case.
    entity_ref: String,
    /// [`model::catalog::EntityRemoval::key`].
    key: String,
}

/// Unregisters the location of an entity, or deletes one that nothing leads to; then leads to the catalog, or back to the page of the
/// form where it was not done.
pub(crate) async fn unregister_entity(
    State(state): State<AppState>,
    Caller(who): Caller,
    trail: Trail,
    Form(form): Form<UnregisterForm>,
) -> Response {
    let Ok(entity_ref) = EntityRef::parse_full(&form.entity_ref) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    trail.about(entity_ref.canonical());
    let back = format!("{}/unregister", entity_ref.page_path());
    let (page, flash) = match state.catalog.unregister(&who, &entity_ref, &form.key).await {
        Ok(Unregistered::Location) => (CATALOG, Flash::LocationUnregistered),
        Ok(Unregistered::Entity) => (CATALOG, Flash::EntityDeleted),
        Ok(Unregistered::Changed) => (&*back, Flash::RemovalChanged),
        Err(CatalogError::NotFound(_)) => (CATALOG, Flash::EntityUnknown),
        Err(CatalogError::ReadOnly) => (&*back, Flash::ReadOnly),
        Err(error) => {
            tracing::warn!(%error, %entity_ref, "an entity was not unregistered");
            (&*back, refused(error, &trail))
        }
    };
    lead_to_page(page, &state.config.app.base_url, flash)
}
