use axum::extract::{Path, State};

use crate::{
    api::{ApiError, extract::Caller, json::RawJson},
    app::AppState,
};

/// A registered location.
#[utoipa::path(
    get,
    path = "/api/catalog/locations/{id}",
    tag = "Catalog (Backstage)",
    params(("id" = String, Path)),
    responses(
        (status = 200, description = "The location", body = model::catalog::Location),
        (status = 404, description = "There is none of this id", body = model::error::BackstageError),
    )
)]
pub(crate) async fn get_location(
    State(state): State<AppState>,
    Caller(who): Caller,
    Path(id): Path<String>,
) -> Result<RawJson, ApiError> {
    RawJson::of(&state.catalog.location(&who, &id).await?)
}
