use axum::{body::Bytes, extract::State, response::Response};
use form_urlencoded::Serializer;
use model::{app::Preferences, catalog::ListColumn};

use super::{Flash, MINUTE_IN_SECONDS, YEAR_IN_SECONDS, flash_of, lead_to};
use crate::{api::extract::Caller, app::AppState};

/// The field of the button that asks for the usual columns again.
const USUAL: &str = "usual";

/// Keeps the columns of the catalog's list, a guest's in a cookie, and leads back to the list that the other fields are of.
pub(crate) async fn set_columns(State(state): State<AppState>, Caller(who): Caller, body: Bytes) -> Response {
    let base_url = &state.config.app.base_url;
    let (columns, query) = read(&body);
    let location = format!("{}/catalog?{query}", base_url.path());
    if who.is_guest() {
        let seconds = if columns.is_some() { YEAR_IN_SECONDS } else { 0 };
        return lead_to(&location, base_url, &[(Preferences::COLUMNS, &columns.unwrap_or_default(), seconds)]);
    }
    let kept = state.personal.set_columns(&who, &columns.unwrap_or_default()).await;
    let refusal = kept.err().map(|error| (Flash::COOKIE, flash_of(Err(error)).as_str(), MINUTE_IN_SECONDS));
    lead_to(&location, base_url, refusal.as_slice())
}

/// The columns, none for the usual ones, and the other fields as a query.
fn read(body: &[u8]) -> (Option<String>, String) {
    let mut query = Serializer::new(String::new());
    let (mut columns, mut wants_usual) = (Vec::new(), false);
    for (name, value) in form_urlencoded::parse(body) {
        match &*name {
            Preferences::COLUMNS => columns.extend(ListColumn::from_text(&value)),
            USUAL => wants_usual = true,
            _ => _ = query.append_pair(&name, &value),
        }
    }
    ((!wants_usual).then(|| ListColumn::list_to_text(&columns)), query.finish())
}
