use axum::{Form, extract::State, response::Response};
use catalog::CatalogError;
use model::catalog::RefreshSource;

use super::{Flash, lead_to_page, refused};
use crate::{api::extract::Caller, app::AppState, trail::Trail};

/// The page of sources.
const PAGE: &str = "/catalog/sources";

/// Has a source read again, all of them where none is named, and leads back to the sources.
pub(crate) async fn refresh_source(
    State(state): State<AppState>,
    Caller(who): Caller,
    trail: Trail,
    Form(RefreshSource { source }): Form<RefreshSource>,
) -> Response {
    trail.about_source(source.as_deref());
    let flash = match state.catalog.refresh_source(&who, source.as_deref(), false).await {
        Ok(()) if source.is_none() => Flash::SourcesRead,
        Ok(()) => Flash::SourceRead,
        Err(CatalogError::NoLocation(_)) => Flash::SourceUnknown,
        Err(error) => {
            tracing::warn!(%error, source, "a source was not read again");
            refused(error, &trail)
        }
    };
    lead_to_page(PAGE, &state.config.app.base_url, flash)
}
