//! Gitea and Forgejo.

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::location::{Place, api, base, basic, invalid, segments};
use crate::error::UpstreamError;

/// `integrations.gitea[]`.
#[derive(Clone, Debug, Default)]
pub struct GiteaIntegration {
    /// The host of repository URLs.
    pub host: String,
    /// Default `https://{host}`; with a path if Gitea lives below one.
    pub base_url: Option<Url>,
    /// An account.
    pub username: Option<String>,
    /// The account's password, or without a user name an access token.
    pub password: Option<SecretString>,
}

impl GiteaIntegration {
    /// Without credentials.
    pub fn new(host: &str) -> Self {
        Self { host: host.to_owned(), ..Self::default() }
    }

    fn base(&self) -> Result<Url, UpstreamError> {
        base(self.base_url.as_ref(), &self.host, "")
    }

    pub(crate) fn api(&self) -> Result<Url, UpstreamError> {
        Ok(api(&self.base()?, ["api", "v1"], &[]))
    }

    pub(crate) fn auth(&self) -> Option<SecretString> {
        let password = self.password.as_ref()?;
        Some(match &self.username {
            Some(user) => basic(user, password),
            None => format!("Token {}", password.expose_secret()).into(),
        })
    }

    /// `/{owner}/{name}/{src|raw}/{branch|tag|commit}/{ref}/{path}`, or `/{owner}/{name}/_edit/{ref}/{path}`.
    pub(crate) fn place(&self, url: &Url) -> Result<Place, UpstreamError> {
        let parts = segments(url)?;
        let relative =
            self.base_url.as_ref().map_or(0, |base| base.path().split('/').filter(|part| !part.is_empty()).count());
        let project = |owner: &str, name: &str| format!("{owner}/{name}");
        match parts.get(relative..).unwrap_or_default() {
            [owner, name] => Ok(Place::at(url, &parts, project(owner, name), None, relative + 2)),
            [owner, name, kind, git_ref, ..] if kind == "_edit" => {
                Ok(Place::at(url, &parts, project(owner, name), Some(git_ref.clone()), relative + 4))
            }
            [owner, name, kind, what, git_ref, ..]
                if matches!(kind.as_str(), "src" | "raw") && matches!(what.as_str(), "branch" | "tag" | "commit") =>
            {
                Ok(Place::at(url, &parts, project(owner, name), Some(git_ref.clone()), relative + 5))
            }
            _ => Err(invalid(url, "a Gitea URL looks like `/owner/name/src/branch/main/path`")),
        }
    }

    /// The raw file. Backstage asks `contents`, which wraps the same bytes in JSON and knows no `ETag`.
    pub(crate) fn file_url(&self, url: &Url) -> Result<Url, UpstreamError> {
        let place = self.place(url)?;
        let segments =
            ["repos"].into_iter().chain(place.project.split('/')).chain(["raw"]).chain(place.file(url)?.split('/'));
        Ok(api(&self.api()?, segments, &[("ref", place.required_ref(url)?)]))
    }

    pub(crate) fn edit_url(&self, url: &Url) -> Url {
        let edit = || -> Result<Url, UpstreamError> {
            let place = self.place(url)?;
            let segments =
                place.project.split('/').chain(["_edit", place.required_ref(url)?]).chain(place.path.split('/'));
            Ok(api(&self.base()?, segments, &[]))
        };
        edit().unwrap_or_else(|_| url.clone())
    }
}
