//! Reading the file that a page's URL shows.

use http::HeaderValue;
use http::header::{ACCEPT, AUTHORIZATION};
use secrecy::SecretString;
use url::Url;

use crate::client::Upstream;
use crate::error::UpstreamError;
use crate::integrations::{Integration, bearer};
use crate::request::{Expect, Fetched, Get, Validators};
use crate::url_text::printable;

impl Upstream {
    /// Reads the file behind any URL that a catalog may name: a page of a known Git host, or the file itself on an allowed host. With what an
    /// earlier answer said, an unchanged file costs no content, and on GitHub no budget.
    ///
    /// # Errors
    /// As [`Upstream::get`]; `InvalidUrl` too for a Git host's page that shows no file.
    pub async fn read_file(&self, url: &Url, earlier: Option<&Validators>) -> Result<Fetched, UpstreamError> {
        let Some(integration) = self.integrations().for_url(url) else {
            return self.get(Get { expect: expected(url), ..Get::new(url.clone()).unless(earlier) }).await;
        };
        // What the URL says is told before credentials are fetched for it.
        integration.file_url(url, false)?;
        let auth = self.authorization(&integration, url).await?;
        let target = integration.file_url(url, auth.is_some())?;
        let mut get = Get { expect: expected(url), ..Get::new(target).unless(earlier) };
        if matches!(integration, Integration::GitHub(_)) {
            get = get.header(ACCEPT, HeaderValue::from_static("application/vnd.github.v3.raw"));
        }
        get.secret_headers.extend(auth.map(|secret| (AUTHORIZATION, secret)));
        self.get(get).await.map_err(|error| match error {
            // A person knows the page, not the API behind it.
            UpstreamError::NotFound { .. } => UpstreamError::NotFound { url: printable(url) },
            other => other,
        })
    }

    /// The `Authorization` for what a page's URL means, if there is one.
    pub(crate) async fn authorization(
        &self,
        integration: &Integration<'_>,
        url: &Url,
    ) -> Result<Option<SecretString>, UpstreamError> {
        match integration {
            Integration::GitHub(one) => {
                let place = one.place(url)?;
                let owner = place.project.split('/').next().unwrap_or_default();
                Ok(self.github_token(one, owner).await?.as_ref().map(bearer))
            }
            Integration::Azure(one) => Ok(one.auth(one.place(url)?.project.split('/').next().unwrap_or_default())),
            Integration::GitLab(one) => Ok(one.auth()),
            Integration::BitbucketCloud(one) => Ok(one.auth()),
            Integration::BitbucketServer(one) => Ok(one.auth()),
            Integration::Gitea(one) => Ok(one.auth()),
        }
    }
}

/// A web page is what was asked for only where the URL says so.
fn expected(url: &Url) -> Expect {
    let name = url.path().rsplit('.').next().unwrap_or_default();
    if name.eq_ignore_ascii_case("html") || name.eq_ignore_ascii_case("htm") { Expect::Anything } else { Expect::File }
}
