use axum::{Form, extract::State, response::Response};
use model::app::AppConfig;
use serde::Deserialize;

use super::{Flash, flash_of, lead_to_page};
use crate::{api::extract::Caller, app::AppState};

/// Which view.
#[derive(Deserialize)]
pub(crate) struct RemoveForm {
    id: String,
}

/// Removes a saved view of the visitor's.
pub(crate) async fn remove_view(
    State(state): State<AppState>,
    Caller(who): Caller,
    Form(RemoveForm { id }): Form<RemoveForm>,
) -> Response {
    let removed = state.personal.remove_view(&who, &id).await;
    lead_to_page(AppConfig::VIEWS, &state.config.app.base_url, flash_of(removed.map(|()| Flash::ViewRemoved)))
}
