//! Bitbucket Cloud.

use secrecy::SecretString;
use url::Url;

use super::location::{Place, api, base, basic, bearer, invalid, segments};
use crate::error::UpstreamError;

/// The one host of Bitbucket Cloud.
pub(crate) const HOST: &str = "bitbucket.org";

/// `integrations.bitbucketCloud[]`.
#[derive(Clone, Debug, Default)]
pub struct BitbucketCloudIntegration {
    /// Default `https://api.bitbucket.org/2.0`.
    pub api_base_url: Option<Url>,
    /// The account that the password or API token belongs to.
    pub username: Option<String>,
    /// An app password; Atlassian retires them for API tokens.
    pub app_password: Option<SecretString>,
    /// With a user name an API token, without one an access token of a repository, project or workspace.
    pub token: Option<SecretString>,
}

impl BitbucketCloudIntegration {
    pub(crate) fn api(&self) -> Result<Url, UpstreamError> {
        base(self.api_base_url.as_ref(), "api.bitbucket.org", "/2.0")
    }

    pub(crate) fn auth(&self) -> Option<SecretString> {
        match (&self.username, self.token.as_ref().or(self.app_password.as_ref()), &self.token) {
            (Some(user), Some(secret), _) => Some(basic(user, secret)),
            (None, _, Some(token)) => Some(bearer(token)),
            _ => None,
        }
    }

    /// `/{workspace}/{name}/{src|raw}/{ref}/{path}`.
    #[expect(clippy::unused_self, reason = "as its siblings")]
    pub(crate) fn place(&self, url: &Url) -> Result<Place, UpstreamError> {
        let parts = segments(url)?;
        match parts.as_slice() {
            [owner, name] => Ok(Place::at(url, &parts, format!("{owner}/{name}"), None, 2)),
            [owner, name, kind, git_ref, ..] if matches!(kind.as_str(), "src" | "raw") => {
                Ok(Place::at(url, &parts, format!("{owner}/{name}"), Some(git_ref.clone()), 4))
            }
            _ => Err(invalid(url, "a Bitbucket Cloud URL looks like `/workspace/name/src/branch/path`")),
        }
    }

    pub(crate) fn file_url(&self, url: &Url) -> Result<Url, UpstreamError> {
        let place = self.place(url)?;
        let segments = ["repositories"].into_iter().chain(place.project.split('/'));
        Ok(api(&self.api()?, segments.chain(["src", place.required_ref(url)?]).chain(place.file(url)?.split('/')), &[]))
    }

    pub(crate) fn edit_url(&self, url: &Url) -> Url {
        let Ok(place) = self.place(url) else { return url.clone() };
        let mut url = url.clone();
        let others: Vec<_> = url.query_pairs().into_owned().filter(|(key, _)| key != "mode" && key != "at").collect();
        url.query_pairs_mut()
            .clear()
            .extend_pairs(others)
            .append_pair("mode", "edit")
            .append_pair("at", &place.git_ref.unwrap_or_default());
        url
    }
}
