//! What went wrong, as a page: for whoever asked with a browser and would see JSON, or a line of text, or nothing.

use app::ui::Html;
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::Response,
};
use model::{app::Theme, error::ProblemDetails};

use crate::{
    app::AppState,
    assets::Site,
    embed::{self, Embedded},
    preferences::theme,
    request::RequestContext,
};

/// A style sheet and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// A longer body is no message for a person.
const MAX_MESSAGE_BYTES: usize = 4096;
/// Where programs ask, whatever they say that they accept.
const OF_PROGRAMS: [&str; 5] = ["/api/", "/assets/", "/.backstage/", "/healthz", "/readyz"];

/// See the module.
pub(crate) async fn show(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let path = request.uri().path();
    if !accepts.contains("text/html") || OF_PROGRAMS.iter().any(|prefix| path.starts_with(prefix)) {
        return next.run(request).await;
    }
    let theme = theme(headers);
    let is_embedded = request.extensions().get::<Embedded>().is_some();
    let request_id = request.extensions().get::<RequestContext>().map(|context| context.request_id.clone());
    let response = next.run(request).await;
    let is_page = content_type(response.headers()).starts_with("text/html");
    if is_page || !(response.status().is_client_error() || response.status().is_server_error()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let message = message(&parts.headers, body).await;
    let html = page(&state, theme, parts.status, &message, request_id.as_deref().unwrap_or("unknown"), is_embedded);
    for gone in [header::CONTENT_LENGTH, header::CONTENT_ENCODING] {
        parts.headers.remove(gone);
    }
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let policy = is_embedded.then(|| {
        let framed =
            POLICY.replace("frame-ancestors 'none'", &format!("frame-ancestors {}", state.embedding.origins()));
        HeaderValue::from_str(&format!("script-src 'self'; {framed}")).ok()
    });
    let policy = policy.flatten().unwrap_or(HeaderValue::from_static(POLICY));
    parts.headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Response::from_parts(parts, Body::from(html))
}

fn content_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default()
}

/// What the answer says went wrong; empty where it says nothing to a person.
async fn message(headers: &HeaderMap, body: Body) -> String {
    let is_encoded = headers.contains_key(header::CONTENT_ENCODING);
    let kind = content_type(headers).to_owned();
    let Ok(bytes) = to_bytes(body, MAX_MESSAGE_BYTES).await else { return String::new() };
    let text = String::from_utf8_lossy(&bytes);
    match &*kind {
        _ if is_encoded => String::new(),
        kind if kind.contains("json") => {
            serde_json::from_str::<ProblemDetails>(&text).map(|problem| problem.detail).unwrap_or_default()
        }
        kind if kind.starts_with("text/plain") => text.into_owned(),
        _ => String::new(),
    }
}

fn page(
    state: &AppState,
    theme: Theme,
    status: StatusCode,
    message: &str,
    request_id: &str,
    is_embedded: bool,
) -> String {
    let app = &state.config.app;
    let base = app.base_url.path();
    let heading = match status {
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => "The server is busy, or stopping",
        status if status.is_server_error() => "The server failed",
        StatusCode::UNAUTHORIZED => "You are not signed in",
        StatusCode::FORBIDDEN => "You may not do this",
        StatusCode::PAYLOAD_TOO_LARGE => "That is too much at once",
        _ => "The server does not understand this",
    };
    let mut html = Html::default();
    html.tag("<!DOCTYPE html><html lang=\"en\"")
        .attribute(" data-theme=\"", (theme != Theme::System).then(|| theme.as_str()))
        .tag("><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .tag("<meta name=\"color-scheme\" content=\"light dark\"><title>")
        .text(&format!("{heading} · {}", app.title))
        .tag("</title>");
    if let Some(site) = Site::current() {
        let root = format!("{base}/assets/{}", site.hash);
        html.tag("<link rel=\"stylesheet\"").attribute(" href=\"", Some(&format!("{root}/callboard.css"))).tag(">");
        html.tag("<link rel=\"icon\" type=\"image/svg+xml\"")
            .attribute(" href=\"", Some(&format!("{root}/favicon.svg")))
            .tag(">");
        if is_embedded {
            html.tag("<script defer")
                .attribute(" src=\"", Some(&format!("{root}/embed.js")))
                .attribute(" data-parents=\"", Some(&state.embedding.origins()))
                .attribute(" data-base=\"", Some(&format!("{base}{}", embed::PREFIX)))
                .tag("></script>");
        }
    }
    html.tag("</head><body><main class=\"page alone\"><div class=\"empty\"><h1>").text(heading).tag("</h1>");
    if !message.is_empty() {
        html.tag("<p dir=\"auto\">").text(message).tag("</p>");
    }
    html.tag("<p>If it happens again, tell who runs this server the request below.</p>")
        .tag("<p class=\"t3 fs12\">")
        .text(&format!("{}, request ", status.as_u16()))
        .tag("<code>")
        .text(request_id)
        .tag("</code></p>");
    if !is_embedded {
        html.tag("<div class=\"actions\"><a class=\"btn\"")
            .attribute(" href=\"", Some(&format!("{base}/catalog")))
            .tag(">To the catalog</a></div>");
    }
    html.tag("</div></main></body></html>");
    html.into_text()
}
