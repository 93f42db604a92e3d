use axum::{body::Bytes, extract::State, response::Response};
use form_urlencoded::Serializer;
use model::{app::Preferences, catalog::ListColumn};

use super::{YEAR_IN_SECONDS, lead_to};
use crate::app::AppState;

/// The field of the button that asks for the usual columns again.
const USUAL: &str = "usual";

/// Keeps the columns of the catalog's list in a cookie, and leads back to the list that the other fields are of.
pub(crate) async fn set_columns(State(state): State<AppState>, body: Bytes) -> Response {
    let mut query = Serializer::new(String::new());
    let (mut columns, mut wants_usual) = (Vec::new(), false);
    for (name, value) in form_urlencoded::parse(&body) {
        match &*name {
            Preferences::COLUMNS => columns.extend(ListColumn::from_text(&value)),
            USUAL => wants_usual = true,
            _ => _ = query.append_pair(&name, &value),
        }
    }
    let base_url = &state.config.app.base_url;
    let seconds = if wants_usual { 0 } else { YEAR_IN_SECONDS };
    let location = format!("{}/catalog?{}", base_url.path(), query.finish());
    lead_to(&location, base_url, &[(Preferences::COLUMNS, &ListColumn::list_to_text(&columns), seconds)])
}
