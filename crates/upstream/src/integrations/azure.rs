//! Azure DevOps.

use secrecy::SecretString;
use url::Url;

use super::location::{Place, api, base, basic, decoded, invalid, segments};
use crate::error::UpstreamError;

/// The version of the API that is asked.
pub(crate) const API_VERSION: (&str, &str) = ("api-version", "6.0");

/// `integrations.azure[]`.
#[derive(Clone, Debug, Default)]
pub struct AzureIntegration {
    /// The host of repository URLs, e.g. `dev.azure.com`.
    pub host: String,
    /// Default `https://{host}`, whatever the scheme of a page's URL, so that no token goes out in clear.
    pub base_url: Option<Url>,
    /// The first whose organisations hold the URL's, else the first without organisations.
    pub credentials: Vec<AzureCredential>,
}

/// `integrations.azure[].credentials[]`.
#[derive(Clone, Debug)]
pub struct AzureCredential {
    /// A personal access token.
    pub personal_access_token: SecretString,
    /// Organisations that it is for; empty: all that have none of their own.
    pub organizations: Vec<String>,
}

impl AzureIntegration {
    /// Without credentials.
    pub fn new(host: &str) -> Self {
        Self { host: host.to_owned(), ..Self::default() }
    }

    pub(crate) fn base(&self) -> Result<Url, UpstreamError> {
        base(self.base_url.as_ref(), &self.host, "")
    }

    pub(crate) fn auth(&self, organisation: &str) -> Option<SecretString> {
        let own = self
            .credentials
            .iter()
            .find(|one| one.organizations.iter().any(|name| name.eq_ignore_ascii_case(organisation)));
        let found = own.or_else(|| self.credentials.iter().find(|one| one.organizations.is_empty()));
        found.map(|one| basic("", &one.personal_access_token))
    }

    /// `/{organisation}/{project}/_git/{repository}?path={path}&version=GB{branch}`, as `AzureUrl.ts` reads it.
    #[expect(clippy::unused_self, reason = "as its siblings")]
    pub(crate) fn place(&self, url: &Url) -> Result<Place, UpstreamError> {
        let parts = segments(url)?;
        let host = url.host_str().unwrap_or_default();
        let texts: Vec<_> = parts.iter().map(String::as_str).collect();
        let (owner, project, repository) = match texts.as_slice() {
            [project, "_git", repository] if is_visual_studio(url) => {
                (host.split('.').next().unwrap_or_default().to_owned(), *project, *repository)
            }
            [owner, "_git", repository] => ((*owner).to_owned(), *repository, *repository),
            [owner, project, "_git", repository] => ((*owner).to_owned(), *project, *repository),
            [first, second, project, "_git", repository] => (format!("{first}/{second}"), *project, *repository),
            _ => {
                return Err(invalid(
                    url,
                    "an Azure DevOps URL looks like `/organisation/project/_git/repository?path=/file`",
                ));
            }
        };
        let parameter = |name: &str| {
            url.query_pairs().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.into_owned())
        };
        let git_ref = match parameter("version") {
            Some(version) => match version.strip_prefix("GB") {
                Some(branch) => Some(branch.to_owned()),
                None => return Err(invalid(url, "its `version` must be a branch (`GB…`)")),
            },
            None => None,
        };
        let path = parameter("path").unwrap_or_default();
        let path = decoded(url, path.trim_start_matches('/'))?;
        Ok(Place { project: format!("{owner}/{project}/{repository}"), git_ref, path, prefix: None })
    }

    /// The API of a repository: `{base_url}/{organisation}/{project}/_apis/git/repositories/{repository}/…`.
    pub(crate) fn repository_api(
        &self,
        url: &Url,
        place: &Place,
        what: &str,
        query: &[(&str, &str)],
    ) -> Result<Url, UpstreamError> {
        let mut parts: Vec<_> = place.project.split('/').collect();
        let (Some(repository), Some(project)) = (parts.pop(), parts.pop()) else {
            return Err(invalid(url, "it names no repository"));
        };
        let owner = if is_visual_studio(url) { Vec::new() } else { parts };
        let segments = owner.into_iter().chain([project, "_apis", "git", "repositories", repository, what]);
        Ok(api(&self.base()?, segments, query))
    }

    pub(crate) fn file_url(&self, url: &Url) -> Result<Url, UpstreamError> {
        let place = self.place(url)?;
        let path = format!("/{}", place.file(url)?);
        let mut query = vec![API_VERSION, ("path", path.as_str())];
        query.extend(place.git_ref.as_deref().map(|branch| ("version", branch)));
        self.repository_api(url, &place, "items", &query)
    }
}

fn is_visual_studio(url: &Url) -> bool {
    url.host_str().is_some_and(|host| host.ends_with(".visualstudio.com"))
}
