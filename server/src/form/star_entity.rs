use audit::Outcome;
use axum::{
    Form,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use model::app::Preferences;
use serde::Deserialize;

use super::{Flash, MINUTE_IN_SECONDS, YEAR_IN_SECONDS, flash_of, lead_to, referring_path};
use crate::{api::extract::Caller, app::AppState, preferences, trail::Trail};

/// The form of the stars.
#[derive(Deserialize)]
pub(crate) struct StarForm {
    entity: String,
}

/// Stars an entity, or takes its star away, and leads back to where the visitor was.
pub(crate) async fn star_entity(
    State(state): State<AppState>,
    Caller(who): Caller,
    trail: Trail,
    headers: HeaderMap,
    Form(StarForm { entity }): Form<StarForm>,
) -> Response {
    let base_url = &state.config.app.base_url;
    let back = referring_path(&headers).unwrap_or_else(|| format!("{}/", base_url.path()));
    let Some(entity_ref) = preferences::plain_ref(&entity) else {
        return (StatusCode::BAD_REQUEST, "`entity` must be an entity ref such as component:default/web")
            .into_response();
    };
    if !who.is_guest() {
        trail.about(&entity_ref);
        let cookie = state.personal.toggle_star(&who, &entity_ref).await.err().map(|error| {
            trail.came_out(Outcome::Failed);
            (Flash::COOKIE, flash_of(Err(error)).as_str(), MINUTE_IN_SECONDS)
        });
        return lead_to(&back, base_url, cookie.as_slice());
    }
    // Only the browser keeps it.
    trail.is_nothing();
    match Preferences::with_star(preferences::stars(&headers), &entity_ref) {
        Some(stars) => lead_to(&back, base_url, &[(Preferences::STARS, &stars.join("|"), YEAR_IN_SECONDS)]),
        None => lead_to(&back, base_url, &[(Flash::COOKIE, Flash::StarsFull.as_str(), MINUTE_IN_SECONDS)]),
    }
}
