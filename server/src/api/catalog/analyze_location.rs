use axum::extract::State;
use model::catalog::{AnalyzeRequest, LocationAnalysis};

use crate::{
    api::{
        ApiError,
        extract::{Caller, JsonBody},
        json::RawJson,
    },
    app::AppState,
};

/// What there is at a URL: the entities that its files define, or else one to begin with.
#[utoipa::path(
    post,
    path = "/api/catalog/analyze-location",
    tag = "Catalog (Backstage)",
    request_body = AnalyzeRequest,
    responses(
        (status = 200, description = "What was found", body = LocationAnalysis),
        (status = 400, description = "It is no URL", body = model::error::BackstageError),
    )
)]
pub(crate) async fn analyze_location(
    State(state): State<AppState>,
    Caller(who): Caller,
    JsonBody(request): JsonBody<AnalyzeRequest>,
) -> Result<RawJson, ApiError> {
    RawJson::of(&state.catalog.analyze_location(&who, &request).await?)
}
