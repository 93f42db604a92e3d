//! What goes with a request from hop to hop, and what stays.

use http::header::{ACCEPT_ENCODING, IF_MODIFIED_SINCE, IF_NONE_MATCH, LOCATION};
use http::{HeaderMap, HeaderValue, StatusCode};
use secrecy::ExposeSecret;
use url::Url;

use crate::error::UpstreamError;
use crate::request::Get;
use crate::url_text::{host_key, printable};

/// Whether the answer is somewhere else.
pub(crate) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

/// Where a redirect leads. Credentials do not follow from https to http, nor anything that a request with them led to.
pub(crate) fn next_hop(get: &Get, url: &Url, headers: &HeaderMap) -> Result<Url, UpstreamError> {
    let location = headers.get(LOCATION).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    let next =
        location.and_then(|location| url.join(location).ok()).ok_or_else(|| UpstreamError::UnexpectedContent {
            url: printable(url),
            reason: "a redirect to nowhere; ask its operator".to_owned(),
        })?;
    if !get.secret_headers.is_empty() && get.url.scheme() == "https" && next.scheme() != "https" {
        let reason = format!("`{}` redirects there from https, which credentials must not follow", printable(url));
        return Err(UpstreamError::NotAllowed { url: printable(&next), reason });
    }
    Ok(next)
}

/// The headers of one hop: credentials only as long as no redirect has led away from the origin they are for.
pub(crate) fn headers_for(get: &Get, url: &Url, at_origin: bool) -> Result<HeaderMap, UpstreamError> {
    let mut headers = get.headers.clone();
    // gzip is what the client undoes; anything else would reach the caller encoded.
    headers.remove(ACCEPT_ENCODING);
    for (name, value) in [(IF_NONE_MATCH, &get.earlier.etag), (IF_MODIFIED_SINCE, &get.earlier.last_modified)] {
        // A validator that is no header value came from a broken server: without it the answer is a full one.
        if let Some(value) = value.as_deref().and_then(|text| HeaderValue::from_str(text).ok()) {
            headers.insert(name, value);
        }
    }
    if at_origin && url.origin() == get.url.origin() {
        for (name, secret) in &get.secret_headers {
            let mut value = HeaderValue::from_str(secret.expose_secret()).map_err(|_| {
                UpstreamError::Setup(format!(
                    "the credentials for `{}` hold a character that no header may hold",
                    host_key(url)
                ))
            })?;
            value.set_sensitive(true);
            headers.insert(name.clone(), value);
        }
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use http::header::AUTHORIZATION;
    use secrecy::SecretString;

    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn credentials_never_follow_to_http() {
        let open = Get::new(url("https://a.test/x"));
        let secret = open.clone().secret_header(AUTHORIZATION, SecretString::from("s"));
        for (get, location, allowed) in [
            (&open, "http://a.test/y", true),
            (&secret, "http://a.test/y", false),
            (&secret, "http://b.test/y", false),
            (&secret, "https://b.test/y", true),
            (&secret, "/y", true),
        ] {
            let headers = [(LOCATION, location.parse().unwrap())].into_iter().collect();
            assert_eq!(next_hop(get, &get.url, &headers).is_ok(), allowed, "{location}");
        }
        assert!(headers_for(&secret, &secret.url, true).unwrap().contains_key(AUTHORIZATION));
        assert!(!headers_for(&secret, &url("https://a.test:8443/x"), true).unwrap().contains_key(AUTHORIZATION));
        assert!(!headers_for(&secret, &secret.url, false).unwrap().contains_key(AUTHORIZATION), "after a detour");
    }
}
