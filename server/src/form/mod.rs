//! What forms of a page without script post to: each does what an operation of the API does, and leads back to a page, which says
//! once how it went.

mod create_token;
mod end_sessions;
mod flash;
mod refresh_entity;
mod refresh_source;
mod register_locations;
mod remove_view;
mod rename_view;
mod revoke_token;
mod save_view;
mod set_columns;
mod set_preferences;
mod set_theme;
mod sign_out;
mod star_entity;
mod unregister_entity;
mod validate_descriptors;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use personal::PersonalError;

pub(crate) use self::{
    create_token::create_token, end_sessions::end_sessions, flash::Flash, refresh_entity::refresh_entity,
    refresh_source::refresh_source, register_locations::register_locations, remove_view::remove_view,
    rename_view::rename_view, revoke_token::revoke_token, save_view::save_view, set_columns::set_columns,
    set_preferences::set_preferences, set_theme::set_theme, sign_out::sign_out, star_entity::star_entity,
    unregister_entity::unregister_entity, validate_descriptors::validate_descriptors,
};
use crate::{api::ApiError, app::AppState, config::BaseUrl, trail::Trail};

/// How long a browser keeps a choice.
const YEAR_IN_SECONDS: u32 = 365 * 24 * 60 * 60;
/// How long what a form did waits for the page that says so.
const MINUTE_IN_SECONDS: u32 = 60;

/// Refuses what a page of another site posts in the visitor's name. Browsers name the site of a form.
pub(crate) async fn own_site_only(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let is_foreign = text(header::ORIGIN).is_some_and(|origin| {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        // A proxy may hand on another `Host` than the visitor's.
        let is_configured = origin.eq_ignore_ascii_case(&state.config.app.base_url.origin());
        !is_configured && !text(header::HOST).is_some_and(|own| own.eq_ignore_ascii_case(host))
    });
    if is_foreign {
        return (StatusCode::FORBIDDEN, "this form was sent by a page of another site").into_response();
    }
    next.run(request).await
}

/// 303 to `location`, with cookies as `name=value`, which live for some seconds.
fn lead_to(location: &str, base_url: &BaseUrl, cookies: &[(&str, &str, u32)]) -> Response {
    let cookies: Vec<_> =
        cookies.iter().map(|&(name, value, seconds)| (name, value, seconds, "; SameSite=Lax")).collect();
    lead_to_with(location, base_url, &cookies)
}

/// The same, each cookie with attributes of its own.
fn lead_to_with(location: &str, base_url: &BaseUrl, cookies: &[(&str, &str, u32, &str)]) -> Response {
    let secure = if base_url.is_https() { "; Secure" } else { "" };
    let Ok(location) = HeaderValue::from_str(location) else { return StatusCode::BAD_REQUEST.into_response() };
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    let path = cookie_path(base_url.path());
    for (name, value, seconds, more) in cookies {
        let cookie = format!("{name}={value}; Path={path}; Max-Age={seconds}{more}{secure}");
        let Ok(cookie) = HeaderValue::from_str(&cookie) else { return StatusCode::BAD_REQUEST.into_response() };
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The path of all cookies, as the browser writes it too: with another one there would be two of a name.
pub(crate) fn cookie_path(base_path: &str) -> &str {
    if base_path.is_empty() { "/" } else { base_path }
}

/// What a form says that was about what the visitor keeps.
fn flash_of(outcome: Result<Flash, PersonalError>) -> Flash {
    outcome.unwrap_or_else(|error| {
        tracing::info!(%error, "nothing was kept");
        match error {
            PersonalError::StarsFull(_) => Flash::StarsFull,
            PersonalError::NoEntity(_) => Flash::EntityUnknown,
            PersonalError::ViewName | PersonalError::ViewPath => Flash::ViewInvalid,
            PersonalError::ViewTaken(_) => Flash::ViewNameTaken,
            PersonalError::ViewsFull(_) => Flash::ViewsFull,
            PersonalError::NoView(_)
            | PersonalError::NoPerson
            | PersonalError::LacksScope
            | PersonalError::Store(_) => Flash::Refused,
        }
    })
}

/// 303 to a page of ours, which says what was done.
fn lead_to_page(page: &str, base_url: &BaseUrl, flash: Flash) -> Response {
    let location = format!("{}{page}", base_url.path());
    let mut response = lead_to(&location, base_url, &[(Flash::COOKIE, flash.as_str(), MINUTE_IN_SECONDS)]);
    // For the audit log: the status of a form is the same whatever came of it.
    response.extensions_mut().insert(flash);
    response
}

/// What the next page says of an error; the audit log is told the same.
fn refused(error: impl Into<ApiError>, trail: &Trail) -> Flash {
    trail.refused(&error.into());
    Flash::Refused
}

/// Path and query of the referring page, if it is one of this server.
fn referring_path(headers: &HeaderMap) -> Option<String> {
    let referer: Uri = headers.get(header::REFERER)?.to_str().ok()?.parse().ok()?;
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let path = referer.path_and_query()?.as_str();
    // `//host` would be another server.
    let ours = referer.authority()?.as_str().eq_ignore_ascii_case(host) && !path.starts_with("//");
    ours.then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_this_server_are_led_back_to() {
        for (referer, expected) in [
            ("http://portal.example/catalog?a=b", Some("/catalog?a=b")),
            ("http://PORTAL.example", Some("/")),
            ("http://evil.example/catalog", None),
            ("http://portal.example//evil.example", None),
            ("/catalog", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("portal.example"));
            headers.insert(header::REFERER, HeaderValue::from_static(referer));
            assert_eq!(referring_path(&headers).as_deref(), expected, "{referer}");
        }
    }
}
