//! Weak ETags of answers that are whole in memory, and 304 for those who have them already.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use crate::api::ApiError;

/// Tags successful answers to GET and HEAD. Not for streams: it waits for their end.
pub(crate) async fn tag(request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = request.headers().get(header::IF_NONE_MATCH).cloned();
    let response = next.run(request).await;
    // What comes as a file is made while it is sent.
    let is_stream = response.headers().contains_key(header::CONTENT_DISPOSITION);
    if !is_read || is_stream || response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = match to_bytes(body, usize::MAX).await {
        Ok(body) => body,
        Err(error) => return ApiError::internal(error).into_response(),
    };
    // A handler that has one of its own, for `If-Match`, knows better.
    let etag = parts.headers.get(header::ETAG).cloned().unwrap_or_else(|| weak_etag(&body));
    let is_known = known.is_some_and(|known| matches(&known, &etag));
    parts.headers.insert(header::ETAG, etag);
    // A browser may keep the answer, and asks each time whether it still holds.
    parts.headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    if is_known {
        return not_modified(&parts.headers);
    }
    Response::from_parts(parts, Body::from(body))
}

fn weak_etag(body: &[u8]) -> HeaderValue {
    let digest = URL_SAFE_NO_PAD.encode(&Sha256::digest(body)[..16]);
    HeaderValue::from_str(&format!("W/\"{digest}\"")).expect("base64 may stand in a header")
}

/// RFC 9110, 13.1.2: a list of tags, compared weakly, or `*`.
pub(crate) fn matches(if_none_match: &HeaderValue, etag: &HeaderValue) -> bool {
    let strength_aside = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let (Ok(known), Ok(etag)) = (if_none_match.to_str(), etag.to_str()) else { return false };
    known.split(',').any(|tag| tag.trim() == "*" || strength_aside(tag) == strength_aside(etag))
}

/// 304 with those headers of the full answer that it must repeat (RFC 9110, 15.4.5).
pub(crate) fn not_modified(headers: &HeaderMap) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    for name in
        [header::CACHE_CONTROL, header::CONTENT_LOCATION, header::ETAG, header::EXPIRES, header::LINK, header::VARY]
    {
        if let Some(value) = headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_compare_weakly_and_in_lists() {
        let etag = HeaderValue::from_static("W/\"a\"");
        for (known, expected) in
            [("W/\"a\"", true), ("\"a\"", true), ("\"b\", W/\"a\"", true), ("*", true), ("\"b\"", false), ("", false)]
        {
            assert_eq!(matches(&HeaderValue::from_static(known), &etag), expected, "{known}");
        }
    }
}
