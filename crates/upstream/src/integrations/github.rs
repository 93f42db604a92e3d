//! GitHub and GitHub Enterprise Server.

use secrecy::SecretString;
use url::Url;

use super::location::{Place, api, base, decoded, invalid, segments};
use crate::error::UpstreamError;

/// `integrations.github[]`.
#[derive(Clone, Debug, Default)]
pub struct GitHubIntegration {
    /// The host of repository URLs, e.g. `github.com`.
    pub host: String,
    /// Default `https://api.github.com` for github.com, else `https://{host}/api/v3`.
    pub api_base_url: Option<Url>,
    /// Where files are read without credentials. Default `https://raw.githubusercontent.com` for github.com, else none.
    pub raw_base_url: Option<Url>,
    /// A personal access token; used where no app is installed.
    pub token: Option<SecretString>,
    /// GitHub Apps, asked first.
    pub apps: Vec<GitHubApp>,
}

/// `integrations.github[].apps[]`.
#[derive(Clone, Debug)]
pub struct GitHubApp {
    /// The app's number.
    pub app_id: u64,
    /// Its private key, PEM (PKCS#1 as GitHub gives it, or PKCS#8).
    pub private_key: SecretString,
    /// The secret of its webhook.
    pub webhook_secret: Option<SecretString>,
    /// The OAuth client id.
    pub client_id: Option<String>,
    /// The OAuth client secret.
    pub client_secret: Option<SecretString>,
    /// Owners whose installations are used; empty: all.
    pub allowed_installation_owners: Vec<String>,
}

impl GitHubIntegration {
    /// Without credentials.
    pub fn new(host: &str) -> Self {
        Self { host: host.to_owned(), ..Self::default() }
    }

    pub(crate) fn api(&self) -> Result<Url, UpstreamError> {
        if self.api_base_url.is_none() && self.host == "github.com" {
            return base(None, "api.github.com", "");
        }
        base(self.api_base_url.as_ref(), &self.host, "/api/v3")
    }

    pub(crate) fn raw(&self) -> Result<Option<Url>, UpstreamError> {
        if self.raw_base_url.is_none() && self.host == "github.com" {
            return base(None, "raw.githubusercontent.com", "").map(Some);
        }
        Ok(self.raw_base_url.clone())
    }

    /// `/{owner}/{name}/{blob|tree|raw|edit}/{ref}/{path}`, or `…/{ref with slashes}?path={path}`.
    #[expect(clippy::unused_self, reason = "as its siblings")]
    pub(crate) fn place(&self, url: &Url) -> Result<Place, UpstreamError> {
        let parts = segments(url)?;
        let [owner, name, rest @ ..] = parts.as_slice() else {
            return Err(invalid(url, "it names no repository"));
        };
        let project = format!("{owner}/{}", name.strip_suffix(".git").unwrap_or(name));
        match rest {
            [] => Ok(Place { project, git_ref: None, path: String::new(), prefix: Some(2) }),
            [kind, git_ref, ..] if matches!(kind.as_str(), "blob" | "tree" | "raw" | "edit") => {
                if let Some((_, path)) = url.query_pairs().find(|(key, _)| key == "path") {
                    let path = decoded(url, path.trim_start_matches('/'))?;
                    return Ok(Place { project, git_ref: Some(rest[1..].join("/")), path, prefix: None });
                }
                Ok(Place::at(url, &parts, project, Some(git_ref.clone()), 4))
            }
            _ => Err(invalid(url, "a GitHub URL looks like `/owner/name/blob/branch/path`")),
        }
    }

    /// The contents API, or the raw host if there are no credentials to spend a budget on (`chooseEndpoint`).
    pub(crate) fn file_url(&self, url: &Url, with_token: bool) -> Result<Url, UpstreamError> {
        let place = self.place(url)?;
        let (path, git_ref) = (place.file(url)?, place.required_ref(url)?);
        let project = place.project.split('/');
        match self.raw()? {
            Some(raw) if !with_token => Ok(api(&raw, project.chain(git_ref.split('/')).chain(path.split('/')), &[])),
            _ => {
                let segments = ["repos"].into_iter().chain(project).chain(["contents"]).chain(path.split('/'));
                Ok(api(&self.api()?, segments, &[("ref", git_ref)]))
            }
        }
    }
}

/// The same place as another kind of page: `tree`, `edit`.
pub(crate) fn as_kind(url: &Url, kind: &str) -> Url {
    let mut parts: Vec<_> = url.path().split('/').collect();
    // The first part is empty: the path begins with a slash.
    if parts.get(3).is_some_and(|part| matches!(*part, "blob" | "tree" | "edit")) && parts.len() > 4 {
        parts[3] = kind;
    }
    let path = parts.join("/");
    let mut url = url.clone();
    url.set_path(&path);
    url
}
