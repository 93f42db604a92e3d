//! The outermost layer: strips the base path and puts the [`RequestContext`] in place.

use access::Principal;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, StatusCode, Uri, uri::PathAndQuery},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use tracing::Instrument as _;

use crate::{
    app::AppState,
    auth::identify,
    embed::{self, Embedded, embedded_visitor},
    request::{REQUEST_ID, RequestContext},
};

/// The address that the visitor sees: with the base path, which handlers don't.
#[derive(Clone, Debug)]
pub(crate) struct VisibleUri(pub Uri);

/// See the module.
pub(crate) async fn establish(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    // TRACE echoes the headers of a request, cookies among them.
    if parts.method == Method::TRACE {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    let backend = &state.config.backend;
    let mut context = RequestContext::of(&parts, &backend.trust_proxy, backend.server.request_timeout);
    let request_id = context.request_id.clone();
    let span = tracing::info_span!("request", id = %request_id);

    let base = state.config.app.base_url.path();
    let mut inner = strip(&parts.uri, base);
    let is_embedded = state.embedding.is_possible() && embed::inner_path(inner.path()).is_some();
    parts.extensions.insert(VisibleUri(with_path(&parts.uri, &format!("{base}{}", inner.path()))));
    if is_embedded {
        parts.extensions.insert(Embedded);
        // The session of the portal itself is none of a frame's.
        context.session = None;
        let page = Some(inner.path()).filter(|path| *path != embed::SESSION).and_then(embed::inner_path);
        inner = page.map_or_else(|| inner.clone(), |page| with_path(&inner, page));
    }
    parts.uri = inner;
    if is_embedded {
        context.principal = embedded_visitor(&state, &parts.headers).await;
    } else if !parts.uri.path().starts_with("/assets/") {
        let identified =
            identify(&state, &parts.headers, context.session.as_ref()).await.unwrap_or_else(|unidentified| {
                // Whoever takes the caller from the request says so.
                parts.extensions.insert(unidentified);
                Principal::guest().into()
            });
        context.principal = identified.principal;
        context.token = identified.token;
    }
    parts.extensions.insert(context);

    let mut response = next.run(Request::from_parts(parts, body)).instrument(span).await;
    if is_embedded {
        embed::keep_within(&mut response, &state.config.app.base_url);
    }
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// Takes the base path away where it is there: a proxy may have done so already, and probes ask without it.
fn strip(uri: &Uri, base: &str) -> Uri {
    match uri.path().strip_prefix(base) {
        Some("") => with_path(uri, "/"),
        Some(rest) if rest.starts_with('/') => with_path(uri, rest),
        _ => uri.clone(),
    }
}

fn with_path(uri: &Uri, path: &str) -> Uri {
    let path_and_query = uri.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(path_and_query).ok();
    Uri::from_parts(parts).unwrap_or_else(|_| uri.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_base_path_goes_where_it_is_there() {
        for (uri, base, expected) in [
            ("/catalog?a=b", "", "/catalog?a=b"),
            ("/portal/catalog?a=b", "/portal", "/catalog?a=b"),
            ("/portal", "/portal", "/"),
            ("/portal/", "/portal", "/"),
            ("/portals/x", "/portal", "/portals/x"),
            ("/healthz", "/portal", "/healthz"),
        ] {
            assert_eq!(strip(&uri.parse().unwrap(), base).to_string(), expected, "{uri} below {base:?}");
        }
    }
}
