//! Reading an answer within its bounds.

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use reqwest::Response;
use url::Url;

use crate::error::UpstreamError;
use crate::url_text::printable;

/// The whole content, decompressed; it is counted as it comes, so neither a wrong `Content-Length` nor a gzip bomb gets past the limit.
pub(crate) async fn read_body(mut response: Response, url: &Url, limit: usize) -> Result<Bytes, BodyError> {
    let too_large = || BodyError::Known(UpstreamError::TooLarge { url: printable(url), limit });
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    // What the client has decompressed no longer bears the header; what still does was not asked for.
    if let Some(encoding) = response.headers().get(CONTENT_ENCODING).filter(|encoding| *encoding != "identity") {
        let reason = format!("it is encoded as {encoding:?}, which was not offered");
        return Err(BodyError::Known(UpstreamError::UnexpectedContent { url: printable(url), reason }));
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(BodyError::Http)? {
        if body.len() + chunk.len() > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// Why a body could not be read; what reqwest says is mapped where the host is known.
pub(crate) enum BodyError {
    Http(reqwest::Error),
    Known(UpstreamError),
}

/// Whether the answer is a web page: it says so and begins like one, or says nothing and begins like one beyond doubt.
pub(crate) fn is_web_page(headers: &HeaderMap, bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    match headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()) {
        Some(kind) => {
            let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            matches!(kind.as_str(), "text/html" | "application/xhtml+xml") && start.starts_with(b"<")
        }
        None => [b"<!doctype html".as_slice(), b"<html"]
            .iter()
            .any(|tag| start.get(..tag.len()).is_some_and(|head| head.eq_ignore_ascii_case(tag))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_pages_are_told_from_files() {
        for (kind, body, expected) in [
            (Some("text/html; charset=utf-8"), "<!DOCTYPE html>", true),
            (Some("text/html"), "\u{feff} \n<html>", true),
            // A server that calls every file HTML.
            (Some("text/html"), "apiVersion: backstage.io/v1alpha1", false),
            (Some("text/plain"), "<html>", false),
            (None, "<!DOCTYPE HTML>", true),
            (None, "<xml/>", false),
            (None, "", false),
        ] {
            let headers = kind.map(|kind| (CONTENT_TYPE, kind.parse().unwrap())).into_iter().collect();
            assert_eq!(is_web_page(&headers, body.as_bytes()), expected, "{kind:?} {body}");
        }
    }
}
