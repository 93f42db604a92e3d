use axum::extract::{Extension, State};
use model::identity::TokenList;

use crate::{
    api::{ApiError, extract::Caller, json::RawJson},
    app::AppState,
    auth::tokens,
    request::RequestContext,
};

/// Tokens of who asks, without their secrets, the latest made first.
#[utoipa::path(
    get,
    path = "/api/v1/identity/tokens",
    tag = "Identity",
    responses(
        (status = 200, description = "All of them, also those that have expired within the last 30 days", body = TokenList),
        (status = 401, description = "Nobody has signed in", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list_tokens(
    State(state): State<AppState>,
    Caller(_): Caller,
    Extension(context): Extension<RequestContext>,
) -> Result<RawJson, ApiError> {
    let tokens = tokens::list(&state, &context).await?;
    RawJson::of(&TokenList { tokens: tokens.into_iter().map(tokens::told).collect() })
}
