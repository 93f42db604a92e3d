//! The catalog API of a Backstage: <https://backstage.io/docs/features/software-catalog/software-catalog-api>

use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use crate::allow::AllowedTarget;
use crate::client::Upstream;
use crate::error::UpstreamError;
use crate::integrations::{api, bearer};
use crate::url_text::host_key;

/// Which entities of which Backstage are read, and how.
#[derive(Clone, Debug)]
pub struct BackstageCatalog {
    /// Where its backend is, without `/api`.
    pub base_url: Url,
    /// A token of its `backend.auth.externalAccess`; none where it lets everyone read.
    pub token: Option<SecretString>,
    /// Filters as its API takes them (`kind=component,spec.type=service`), of which an entity must pass one; all entities where there is none.
    pub filters: Vec<String>,
    /// Entities a page, at least 1.
    pub page_size: usize,
}

/// The entities of a Backstage, page by page; see [`Upstream::backstage_entities`].
#[derive(Debug)]
pub struct EntityPages<'a> {
    upstream: &'a Upstream,
    catalog: &'a BackstageCatalog,
    /// `None` when there is no further page.
    next: Option<Url>,
    pages: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    items: Vec<Value>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    next_cursor: Option<String>,
}

impl BackstageCatalog {
    /// Base URL and filters: the name of what is read.
    pub fn target(&self) -> String {
        let mut target = self.base_url.as_str().trim_end_matches('/').to_owned();
        for (at, filter) in self.filters.iter().enumerate() {
            target.push_str(if at == 0 { "?filter=" } else { "&filter=" });
            target.push_str(filter);
        }
        target
    }

    /// What has to be allowed so that it can be read: its catalog API and nothing else of its host.
    pub fn allowed(&self) -> AllowedTarget {
        AllowedTarget { host: host_key(&self.base_url), paths: vec![self.page(&[]).path().to_owned()] }
    }

    fn page(&self, parameters: &[(&str, &str)]) -> Url {
        let size = self.page_size.to_string();
        let query: Vec<_> = [("limit", size.as_str())].into_iter().chain(parameters.iter().copied()).collect();
        api(&self.base_url, ["api", "catalog", "entities", "by-query"], &query)
    }
}

impl Upstream {
    /// All entities of a Backstage that the filters let pass, a page at a time, so that they need not be in memory at once.
    pub fn backstage_entities<'a>(&'a self, catalog: &'a BackstageCatalog) -> EntityPages<'a> {
        let filters: Vec<_> = catalog.filters.iter().map(|filter| ("filter", filter.as_str())).collect();
        EntityPages { upstream: self, catalog, next: Some(catalog.page(&filters)), pages: 0 }
    }
}

impl EntityPages<'_> {
    /// The entities of the next page, as the other side answers them; `None` after the last.
    ///
    /// # Errors
    /// `TooMany` beyond [`crate::Limits::listing_pages`], `UnexpectedContent` for what is no page of entities; else as [`Upstream::get`].
    pub async fn next(&mut self) -> Result<Option<Vec<Value>>, UpstreamError> {
        let Some(url) = self.next.take() else { return Ok(None) };
        if self.pages >= self.upstream.limits().listing_pages {
            return Err(self.upstream.too_many_pages(&url));
        }
        self.pages += 1;
        let auth = self.catalog.token.as_ref().map(bearer);
        let (page, _): (Page, _) = self.upstream.json(&url, auth.as_ref()).await.map_err(in_our_words)?;
        self.next = page.page_info.next_cursor.map(|cursor| self.catalog.page(&[("cursor", &cursor)]));
        Ok(Some(page.items))
    }
}

/// Errors tell the way out, which for a Backstage is another than for a Git host.
fn in_our_words(error: UpstreamError) -> UpstreamError {
    let unexpected = |url, reason: &str| UpstreamError::UnexpectedContent { url, reason: reason.to_owned() };
    match error {
        UpstreamError::Unauthorized { url } => {
            unexpected(url, "it refused the credentials; set or renew `token` under `catalog.providers.backstage`")
        }
        UpstreamError::NotFound { url } => unexpected(
            url,
            "there is no catalog API; see whether `baseUrl` under `catalog.providers.backstage` is the backend's",
        ),
        UpstreamError::UnexpectedContent { url, .. } => unexpected(
            url,
            "no page of entities; see whether `baseUrl` under `catalog.providers.backstage` is the backend's, and no sign-in page before it",
        ),
        other => other,
    }
}
