use axum::{Form, extract::State, response::Response};
use model::personal::CreateView;

use super::{Flash, flash_of, lead_to_page};
use crate::{api::extract::Caller, app::AppState};

/// Saves the list that the visitor looks at, and leads back to it.
pub(crate) async fn save_view(
    State(state): State<AppState>,
    Caller(who): Caller,
    Form(CreateView { name, path }): Form<CreateView>,
) -> Response {
    let saved = state.personal.save_view(&who, &name, &path).await;
    // A path that is none of a list is nowhere to lead to.
    let page = saved.as_ref().map_or("/catalog", |view| view.path.as_str()).to_owned();
    lead_to_page(&page, &state.config.app.base_url, flash_of(saved.map(|_| Flash::ViewSaved)))
}
