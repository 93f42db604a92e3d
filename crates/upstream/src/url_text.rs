//! URLs as they may stand in messages and logs.

use url::Url;

/// Query parameters that say which file or page is meant; the values of all others may be secrets.
const SPEAKING: &[&str] = &[
    "api-version",
    "at",
    "limit",
    "mode",
    "page",
    "path",
    "per_page",
    "recursive",
    "ref",
    "scopePath",
    "start",
    "version",
];

/// A URL fit for messages: without user, password, fragment, and without the value of a query parameter that may be a secret.
///
/// ```
/// let url = "https://me:pw@example.com/a?ref=main&private_token=x".parse()?;
/// assert_eq!(upstream::printable(&url), "https://example.com/a?ref=main&private_token=…");
/// # Ok::<(), url::ParseError>(())
/// ```
pub fn printable(url: &Url) -> String {
    let mut text = format!("{}://{}{}", url.scheme(), host_key(url), url.path());
    for (nr, (key, value)) in url.query_pairs().enumerate() {
        text.push(if nr == 0 { '?' } else { '&' });
        text.push_str(&key);
        text.push('=');
        text.push_str(if SPEAKING.contains(&key.as_ref()) { &value } else { "…" });
    }
    text
}

/// `host`, or `host:port` where the port is not the scheme's own: what budgets and integrations know a host by.
pub(crate) fn host_key(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_print() {
        for (url, text) in [
            ("https://example.com", "https://example.com/"),
            ("http://u:p@example.com:8080/a#frag", "http://example.com:8080/a"),
            ("https://example.com/a?token=abc", "https://example.com/a?token=…"),
            (
                "https://dev.azure.com/o/p/_git/r?path=%2Fa.yaml&version=GBmain",
                "https://dev.azure.com/o/p/_git/r?path=/a.yaml&version=GBmain",
            ),
        ] {
            assert_eq!(printable(&url.parse().unwrap()), text);
        }
    }
}
