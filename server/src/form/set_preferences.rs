use axum::{body::Bytes, extract::State, response::Response};
use model::app::{DateLanguage, Density, Preferences, Theme};

use super::{Flash, MINUTE_IN_SECONDS, YEAR_IN_SECONDS, lead_to};
use crate::{app::AppState, preferences::teams_from};

/// The page of settings.
const PAGE: &str = "/settings";

/// Keeps what the visitor chose in cookies, and leads back to the settings. What is unknown becomes the default.
pub(crate) async fn set_preferences(State(state): State<AppState>, body: Bytes) -> Response {
    let (mut theme, mut density, mut dates) = (Theme::default(), Density::default(), DateLanguage::default());
    let mut teams = Vec::new();
    for (name, value) in form_urlencoded::parse(&body) {
        match &*name {
            Theme::COOKIE => theme = Theme::from_text(&value),
            Preferences::DENSITY => density = Density::from_text(&value),
            Preferences::DATES => dates = DateLanguage::from_text(&value),
            Preferences::TEAMS => teams.push(value.into_owned()),
            _ => {}
        }
    }
    let base_url = &state.config.app.base_url;
    let teams = teams_from(teams.iter().map(String::as_str)).join("|");
    let cookies = [
        (Theme::COOKIE, theme.as_str(), YEAR_IN_SECONDS),
        (Preferences::DENSITY, density.as_str(), YEAR_IN_SECONDS),
        (Preferences::DATES, dates.as_str(), YEAR_IN_SECONDS),
        (Preferences::TEAMS, &*teams, YEAR_IN_SECONDS),
        (Flash::COOKIE, Flash::SettingsSaved.as_str(), MINUTE_IN_SECONDS),
    ];
    lead_to(&format!("{}{PAGE}", base_url.path()), base_url, &cookies)
}
