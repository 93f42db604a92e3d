use axum::{
    Form,
    extract::{Extension, State},
    response::Response,
};
use model::app::AppConfig;
use serde::Deserialize;

use super::{Flash, lead_to_page, refused};
use crate::{
    api::extract::Caller,
    app::AppState,
    auth::tokens::{self, TokenRefusal},
    request::RequestContext,
};

/// Which token.
#[derive(Deserialize)]
pub(crate) struct RevokeForm {
    id: String,
}

/// Revokes a token of the visitor's.
pub(crate) async fn revoke_token(
    State(state): State<AppState>,
    Caller(_): Caller,
    Extension(context): Extension<RequestContext>,
    Form(RevokeForm { id }): Form<RevokeForm>,
) -> Response {
    let flash = match tokens::revoke(&state, &context, &id).await {
        Ok(()) => Flash::TokenRevoked,
        // One that is gone is what was wanted.
        Err(TokenRefusal::Unknown(_)) => {
            context.trail.is_nothing();
            Flash::TokenRevoked
        }
        Err(refusal) => {
            tracing::warn!(%refusal, "a token was not revoked");
            refused(refusal, &context.trail)
        }
    };
    lead_to_page(AppConfig::ACCOUNT, &state.config.app.base_url, flash)
}
