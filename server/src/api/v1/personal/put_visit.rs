use axum::{extract::State, http::StatusCode};

use crate::{
    api::{
        ApiError,
        extract::{Caller, DryRun, EntityPath},
    },
    app::AppState,
};

/// Notes that who asks has seen an entity.
#[utoipa::path(
    put,
    path = "/api/v1/personal/visits/{kind}/{namespace}/{name}",
    tag = "Personal",
    params(EntityPath, DryRun),
    responses(
        (status = 202, description = "It will be noted soon, unless too many are"),
        (status = 401, description = "Nobody has signed in", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "The token in use lacks the scope `personal:write`", body = model::error::ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "There is no such entity", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn put_visit(
    State(state): State<AppState>,
    Caller(who): Caller,
    EntityPath(entity_ref): EntityPath,
    DryRun(is_dry_run): DryRun,
) -> Result<StatusCode, ApiError> {
    let visited = entity_ref.canonical();
    if is_dry_run {
        state.personal.check_visit(&who, &visited)?;
    } else {
        state.personal.note_visit(&who, &visited)?;
    }
    Ok(StatusCode::ACCEPTED)
}
