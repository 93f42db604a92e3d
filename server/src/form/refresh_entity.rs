use axum::{
    Form,
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use catalog::CatalogError;
use model::entity_ref::EntityRef;
use serde::Deserialize;

use super::{Flash, lead_to_page, refused};
use crate::{api::extract::Caller, app::AppState, trail::Trail};

/// Which entity.
#[derive(Deserialize)]
pub(crate) struct RefreshForm {
    /// Its ref, in any case.
    entity_ref: String,
}

/// Has the source of an entity read again, and leads back to its page.
pub(crate) async fn refresh_entity(
    State(state): State<AppState>,
    Caller(who): Caller,
    trail: Trail,
    Form(form): Form<RefreshForm>,
) -> Response {
    let Ok(entity_ref) = EntityRef::parse_full(&form.entity_ref) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    trail.about(entity_ref.canonical());
    let flash = match state.catalog.refresh(&who, &entity_ref).await {
        Ok(()) => Flash::EntityRefreshed,
        Err(CatalogError::NotFound(_)) => Flash::EntityUnknown,
        Err(error) => {
            tracing::warn!(%error, %entity_ref, "the source of an entity was not read again");
            refused(error, &trail)
        }
    };
    lead_to_page(&entity_ref.page_path(), &state.config.app.base_url, flash)
}
