//! What browsers are told to forbid.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use crate::app::AppState;

/// For answers that are no page: nothing may be loaded, nothing may frame them.
const CSP_OF_DATA: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
const PERMISSIONS: HeaderValue = HeaderValue::from_static(
    "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=()",
);
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// The content security policy of a page. `dev_reload` is the origin of the development tool's event stream; at `sign_out` forms end, for
/// they sign out at the provider too. `ancestors` are the origins of pages that may have it in a frame; empty for none.
pub(crate) fn page_policy(nonce: &str, dev_reload: Option<&str>, sign_out: &[String], ancestors: &str) -> String {
    let dev_reload = dev_reload.map(|origin| format!(" {origin}")).unwrap_or_default();
    let form_action = ["'self'"].into_iter().chain(sign_out.iter().map(String::as_str)).collect::<Vec<_>>().join(" ");
    let ancestors = if ancestors.is_empty() { "'none'" } else { ancestors };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data: https:; font-src 'self'; connect-src 'self'{dev_reload}; base-uri 'none'; \
         form-action {form_action}; frame-ancestors {ancestors}"
    )
}

/// Adds the headers to every answer; a page has set its own policy already. What only concerns documents, only pages get: a page loads
/// some thirty assets.
pub(crate) async fn add(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(CSP_OF_DATA);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let is_document = headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_document {
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(PERMISSIONS_POLICY, PERMISSIONS);
        headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
    }
    if state.config.app.base_url.is_https() {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}
