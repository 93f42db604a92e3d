//! Bitbucket Server and Data Center.

use secrecy::SecretString;
use url::Url;

use super::location::{Place, api, base, basic, bearer, invalid, segments};
use crate::error::UpstreamError;

/// `integrations.bitbucketServer[]`.
#[derive(Clone, Debug, Default)]
pub struct BitbucketServerIntegration {
    /// The host of repository URLs.
    pub host: String,
    /// Default `https://{host}/rest/api/1.0`.
    pub api_base_url: Option<Url>,
    /// An HTTP access token.
    pub token: Option<SecretString>,
    /// An account, used with the password if there is no token.
    pub username: Option<String>,
    /// The account's password.
    pub password: Option<SecretString>,
}

impl BitbucketServerIntegration {
    /// Without credentials.
    pub fn new(host: &str) -> Self {
        Self { host: host.to_owned(), ..Self::default() }
    }

    pub(crate) fn api(&self) -> Result<Url, UpstreamError> {
        base(self.api_base_url.as_ref(), &self.host, "/rest/api/1.0")
    }

    pub(crate) fn auth(&self) -> Option<SecretString> {
        let account = || Some(basic(self.username.as_deref()?, self.password.as_ref()?));
        self.token.as_ref().map(bearer).or_else(account)
    }

    /// `/projects/{project}/repos/{name}/{browse|raw}/{path}?at={ref}`, or `/users/{user}/…` for a personal repository.
    #[expect(clippy::unused_self, reason = "as its siblings")]
    pub(crate) fn place(&self, url: &Url) -> Result<Place, UpstreamError> {
        let parts = segments(url)?;
        // The server may live below a path.
        let found =
            parts.windows(4).position(|four| matches!(four[0].as_str(), "projects" | "users") && four[2] == "repos");
        let Some(at) = found else {
            return Err(invalid(url, "a Bitbucket Server URL looks like `/projects/KEY/repos/name/browse/path`"));
        };
        let owner = if parts[at] == "users" { format!("~{}", parts[at + 1]) } else { parts[at + 1].clone() };
        let project = format!("{owner}/{}", parts[at + 3]);
        let git_ref = url
            .query_pairs()
            .find(|(key, value)| key == "at" && !value.is_empty())
            .map(|(_, value)| value.into_owned());
        match parts.get(at + 4).map(String::as_str) {
            None | Some("browse" | "raw") => Ok(Place::at(url, &parts, project, git_ref, at + 5)),
            Some(_) => Err(invalid(url, "a Bitbucket Server URL looks like `/projects/KEY/repos/name/browse/path`")),
        }
    }

    pub(crate) fn file_url(&self, url: &Url) -> Result<Url, UpstreamError> {
        let place = self.place(url)?;
        let query: Vec<_> = place.git_ref.iter().map(|git_ref| ("at", git_ref.as_str())).collect();
        Ok(api(&self.api()?, repository(&place.project).chain(["raw"]).chain(place.file(url)?.split('/')), &query))
    }
}

/// `projects/{key}/repos/{name}` in the API.
pub(crate) fn repository(project: &str) -> impl Iterator<Item = &str> {
    let (owner, name) = project.split_once('/').unwrap_or((project, ""));
    ["projects", owner, "repos", name].into_iter()
}
