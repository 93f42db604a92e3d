//! APIs that answer in JSON, page by page.

use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderValue, Method};
use secrecy::SecretString;
use serde::de::DeserializeOwned;
use url::Url;

use crate::client::{Outgoing, Upstream};
use crate::error::UpstreamError;
use crate::request::{Answer, Get};
use crate::url_text::printable;

impl Upstream {
    /// One JSON answer, with its headers.
    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        url: &Url,
        auth: Option<&SecretString>,
    ) -> Result<(T, Answer), UpstreamError> {
        let get = api_get(url, auth, "application/json");
        let answer = self
            .send(Outgoing { get: &get, method: Method::GET, body: None, limit: self.limits().listing_bytes })
            .await?;
        Ok((parse(url, &answer)?, answer))
    }

    /// All items of a listing whose pages are linked by headers (GitHub, GitLab).
    pub(crate) async fn linked_pages<T: DeserializeOwned>(
        &self,
        first: Url,
        auth: Option<&SecretString>,
        most: usize,
        what: &'static str,
    ) -> Result<Vec<T>, UpstreamError> {
        let mut all = Vec::new();
        let mut url = first.clone();
        for _ in 0..self.limits().listing_pages {
            let (page, answer): (Vec<T>, _) = self.json(&url, auth).await?;
            all.extend(page);
            if all.len() > most {
                return Err(UpstreamError::TooMany { url: printable(&first), what, limit: most });
            }
            match next_page(&url, &answer) {
                Some(next) => url = next,
                None => return Ok(all),
            }
        }
        Err(self.too_many_pages(&first))
    }

    pub(crate) fn too_many_pages(&self, url: &Url) -> UpstreamError {
        UpstreamError::TooMany { url: printable(url), what: "pages", limit: self.limits().listing_pages }
    }
}

/// A request to an API.
pub(crate) fn api_get(url: &Url, auth: Option<&SecretString>, accept: &'static str) -> Get {
    let mut get = Get::new(url.clone()).header(ACCEPT, HeaderValue::from_static(accept));
    get.secret_headers.extend(auth.map(|secret| (AUTHORIZATION, secret.clone())));
    get
}

/// The answer as JSON.
pub(crate) fn parse<T: DeserializeOwned>(url: &Url, answer: &Answer) -> Result<T, UpstreamError> {
    serde_json::from_slice(&answer.bytes).map_err(|error| UpstreamError::UnexpectedContent {
        url: printable(url),
        reason: format!(
            "no JSON of the documented form ({error}); see whether the API's base URL under `integrations` is right"
        ),
    })
}

/// `Link: <…>; rel="next"` (RFC 8288), or GitLab's `X-Next-Page`.
fn next_page(current: &Url, answer: &Answer) -> Option<Url> {
    let links = answer.headers.get_all("link").iter().filter_map(|value| value.to_str().ok());
    let linked = links.flat_map(|value| value.split(',')).find_map(|link| {
        let (target, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = parameters.split(';').any(|one| matches!(one.trim(), "rel=\"next\"" | "rel=next"));
        is_next.then(|| same_origin(current, target)).flatten()
    });
    linked.or_else(|| {
        let page = answer.header("x-next-page").filter(|page| !page.is_empty())?;
        let others: Vec<_> = current.query_pairs().into_owned().filter(|(key, _)| key != "page").collect();
        let mut url = current.clone();
        url.query_pairs_mut().clear().extend_pairs(others).append_pair("page", page);
        Some(url)
    })
}

/// Path and query of a link, at the origin that the credentials are for: behind a proxy hosts name themselves wrongly, and worse may happen.
pub(crate) fn same_origin(current: &Url, target: &str) -> Option<Url> {
    let target = current.join(target).ok()?;
    let mut url = current.clone();
    url.set_path(target.path());
    url.set_query(target.query());
    Some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_at_the_same_origin() {
        let url: Url = "https://api.test/x?per_page=2".parse().unwrap();
        for (name, value, expected) in [
            (
                "link",
                "<https://api.test/x?page=2>; rel=\"next\", <https://api.test/x?page=9>; rel=\"last\"",
                Some("https://api.test/x?page=2"),
            ),
            ("link", "<http://evil.test/x?page=2>; rel=\"next\"", Some("https://api.test/x?page=2")),
            ("link", "<https://api.test/x?page=1>; rel=\"prev\"", None),
            ("link", "nonsense", None),
            ("x-next-page", "3", Some("https://api.test/x?per_page=2&page=3")),
            ("x-next-page", "", None),
            ("x-other", "", None),
        ] {
            let headers = [(name.parse::<http::HeaderName>().unwrap(), value.parse().unwrap())].into_iter().collect();
            let answer = Answer { not_modified: false, headers, bytes: bytes::Bytes::new(), final_url: url.clone() };
            assert_eq!(next_page(&url, &answer).as_ref().map(Url::as_str), expected, "{value}");
        }
    }
}
