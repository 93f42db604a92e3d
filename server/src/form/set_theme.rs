use axum::{
    Form,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use model::app::Theme;
use serde::Deserialize;

use crate::app::AppState;

const YEAR_IN_SECONDS: u32 = 365 * 24 * 60 * 60;

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
    let secure = if base_url.is_https() { "; Secure" } else { "" };
    let cookie = format!(
        "{}={}; Path={}/; Max-Age={YEAR_IN_SECONDS}; SameSite=Lax{secure}",
        Theme::COOKIE,
        form.theme.as_str(),
        base_url.path(),
    );
    let back = referring_path(&headers).unwrap_or_else(|| format!("{}/", base_url.path()));
    let (Ok(cookie), Ok(back)) = (HeaderValue::from_str(&cookie), HeaderValue::from_str(&back)) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    (StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, back)]).into_response()
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
