use axum::{Form, extract::State, http::HeaderMap, response::Response};
use model::app::Theme;
use serde::Deserialize;

use super::{YEAR_IN_SECONDS, lead_to, referring_path};
use crate::app::AppState;

/// The form of the theme switch.
#[derive(Deserialize)]
pub(crate) struct ThemeForm {
    theme: Theme,
}

/// Keeps the visitor's theme in a cookie, and leads back to where they were.
pub(crate) async fn set_theme(
    State(state): State<AppState>,
    headers: HeaderMap,
    Form(form): Form<ThemeForm>,
) -> Response {
    let base_url = &state.config.app.base_url;
    let back = referring_path(&headers).unwrap_or_else(|| format!("{}/", base_url.path()));
    lead_to(&back, base_url, &[(Theme::COOKIE, form.theme.as_str(), YEAR_IN_SECONDS)])
}
