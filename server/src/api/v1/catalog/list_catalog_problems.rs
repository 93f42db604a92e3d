use axum::extract::State;
use model::catalog::ProblemsQuery;

use crate::{
    api::{
        ApiError,
        extract::{Caller, EntityRefParam},
        json::RawJson,
    },
    app::AppState,
};

/// What in the catalog somebody should mend: the worst first, then by place.
#[utoipa::path(
    get,
    path = "/api/v1/catalog/problems",
    tag = "Catalog",
    params(("entityRef" = Option<String>, Query, description = "Only those of this entity", example = "component:default/checkout-api")),
    responses(
        (status = 200, description = "All problems that match", body = model::catalog::ProblemList),
        (status = 400, description = "A parameter is unknown, or the ref is none", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_catalog_problems(
    State(state): State<AppState>,
    Caller(who): Caller,
    EntityRefParam(entity_ref): EntityRefParam,
) -> Result<RawJson, ApiError> {
    RawJson::of(&state.catalog.problems(&who, &ProblemsQuery { entity_ref }).await?)
}
