use axum::{Form, extract::State, response::Response};
use model::app::AppConfig;
use serde::Deserialize;

use super::{Flash, flash_of, lead_to_page};
use crate::{api::extract::Caller, app::AppState};

/// Which view, and its new name.
#[derive(Deserialize)]
pub(crate) struct RenameForm {
    id: String,
    name: String,
}

/// Gives a saved view of the visitor's another name.
pub(crate) async fn rename_view(
    State(state): State<AppState>,
    Caller(who): Caller,
    Form(RenameForm { id, name }): Form<RenameForm>,
) -> Response {
    let renamed = state.personal.rename_view(&who, &id, &name).await;
    lead_to_page(AppConfig::VIEWS, &state.config.app.base_url, flash_of(renamed.map(|()| Flash::ViewRenamed)))
}
