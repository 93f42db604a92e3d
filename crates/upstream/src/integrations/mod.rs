//! Git hosts: what their URLs mean, and which credentials are theirs. After Backstage's `packages/integration`.

mod azure;
mod bitbucket_cloud;
mod bitbucket_server;
mod gitea;
mod github;
mod gitlab;
mod location;
#[cfg(test)]
mod tests;

use url::Url;

pub use azure::{AzureCredential, AzureIntegration};
pub use bitbucket_cloud::BitbucketCloudIntegration;
pub use bitbucket_server::BitbucketServerIntegration;
pub use gitea::GiteaIntegration;
pub use github::{GitHubApp, GitHubIntegration};
pub use gitlab::GitLabIntegration;
pub use location::Place;

pub(crate) use azure::API_VERSION;
pub(crate) use bitbucket_server::repository;
pub(crate) use location::{api, bearer, invalid, segments};

use crate::error::UpstreamError;
use crate::url_text::host_key;
use crate::webhook::HostKind;

/// `integrations`: the Git hosts that are known. Their hosts may always be asked.
#[derive(Clone, Debug, Default)]
pub struct Integrations {
    /// `integrations.github`.
    pub github: Vec<GitHubIntegration>,
    /// `integrations.gitlab`.
    pub gitlab: Vec<GitLabIntegration>,
    /// `integrations.bitbucketCloud`; there is one host, so only the first counts.
    pub bitbucket_cloud: Vec<BitbucketCloudIntegration>,
    /// `integrations.bitbucketServer`.
    pub bitbucket_server: Vec<BitbucketServerIntegration>,
    /// `integrations.gitea`.
    pub gitea: Vec<GiteaIntegration>,
    /// `integrations.azure`.
    pub azure: Vec<AzureIntegration>,
}

/// One known Git host.
#[derive(Clone, Copy, Debug)]
pub enum Integration<'a> {
    /// GitHub.
    GitHub(&'a GitHubIntegration),
    /// GitLab.
    GitLab(&'a GitLabIntegration),
    /// Bitbucket Cloud.
    BitbucketCloud(&'a BitbucketCloudIntegration),
    /// Bitbucket Server or Data Center.
    BitbucketServer(&'a BitbucketServerIntegration),
    /// Gitea or Forgejo.
    Gitea(&'a GiteaIntegration),
    /// Azure DevOps.
    Azure(&'a AzureIntegration),
}

impl Integrations {
    /// With github.com, gitlab.com, bitbucket.org and dev.azure.com added without credentials where they are not configured, as Backstage does.
    #[must_use]
    pub fn with_public_hosts(mut self) -> Self {
        if !self.github.iter().any(|one| one.host == "github.com") {
            self.github.push(GitHubIntegration::new("github.com"));
        }
        if !self.gitlab.iter().any(|one| one.host == "gitlab.com") {
            self.gitlab.push(GitLabIntegration::new("gitlab.com"));
        }
        if self.bitbucket_cloud.is_empty() {
            self.bitbucket_cloud.push(BitbucketCloudIntegration::default());
        }
        if !self.azure.iter().any(|one| one.host == "dev.azure.com") {
            self.azure.push(AzureIntegration::new("dev.azure.com"));
        }
        self
    }

    /// The integration that the URL's host belongs to.
    pub fn for_url(&self, url: &Url) -> Option<Integration<'_>> {
        let host = host_key(url);
        let github = self.github.iter().find(|one| one.host == host).map(Integration::GitHub);
        let gitlab = || self.gitlab.iter().find(|one| one.host == host).map(Integration::GitLab);
        let cloud =
            || self.bitbucket_cloud.first().filter(|_| host == bitbucket_cloud::HOST).map(Integration::BitbucketCloud);
        let server = || self.bitbucket_server.iter().find(|one| one.host == host).map(Integration::BitbucketServer);
        let gitea = || self.gitea.iter().find(|one| one.host == host).map(Integration::Gitea);
        let azure = || self.azure.iter().find(|one| one.host == host).map(Integration::Azure);
        github.or_else(gitlab).or_else(cloud).or_else(server).or_else(gitea).or_else(azure)
    }

    /// What a path in a file means: a full URL is itself; anything else is relative to the file's folder at the same ref, or with a leading slash
    /// to the repository's root, and stays in the repository. On hosts that are no Git hosts: ordinary URL resolution.
    ///
    /// # Errors
    /// `InvalidUrl` if the two make no URL.
    pub fn resolve_url(&self, base: &Url, relative: &str) -> Result<Url, UpstreamError> {
        if let Ok(absolute) = Url::parse(relative) {
            return Ok(absolute);
        }
        let plain =
            || base.join(relative).map_err(|error| invalid(base, &format!("`{relative}` cannot be resolved: {error}")));
        let Some(integration) = self.for_url(base) else { return plain() };
        let Ok(place) = integration.place(base) else { return plain() };
        let resolved = place.resolved(base, relative)?;
        // GitHub leads from `tree` to `blob` for a file, but not the other way.
        Ok(if matches!(integration, Integration::GitHub(_)) { github::as_kind(&resolved, "tree") } else { resolved })
    }

    /// Where a person edits the file; the URL itself where the host has no such page.
    pub fn edit_url(&self, url: &Url) -> Url {
        match self.for_url(url) {
            Some(Integration::GitHub(_)) => github::as_kind(url, "edit"),
            Some(Integration::GitLab(_)) => gitlab::edit_url(url),
            Some(Integration::BitbucketCloud(one)) => one.edit_url(url),
            Some(Integration::BitbucketServer(_)) => {
                let mut url = url.clone();
                url.set_query(None);
                url
            }
            Some(Integration::Gitea(one)) => one.edit_url(url),
            Some(Integration::Azure(_)) | None => url.clone(),
        }
    }

    /// The folder that a file lies in (Backstage's `source-location`); it ends with a slash, or its `path` does.
    ///
    /// # Errors
    /// As [`Integrations::resolve_url`].
    pub fn source_folder(&self, url: &Url) -> Result<Url, UpstreamError> {
        self.resolve_url(url, "./")
    }

    /// Whether two URLs of pages, files or pushes are of one repository. Hosts that are no Git hosts have none.
    pub fn same_repository(&self, one: &Url, other: &Url) -> bool {
        let repository =
            |url: &Url| Some((host_key(url), self.for_url(url)?.place(url).ok()?.project.to_ascii_lowercase()));
        repository(one).is_some_and(|one| repository(other) == Some(one))
    }

    /// `host[:port]` of all that may always be asked.
    pub(crate) fn hosts(&self) -> Result<Vec<String>, UpstreamError> {
        let mut hosts = Vec::new();
        let mut add = |host: &str, urls: &[Option<Url>]| {
            hosts.push(host.to_owned());
            hosts.extend(urls.iter().flatten().map(host_key));
        };
        for one in &self.github {
            add(&one.host, &[Some(one.api()?), one.raw()?]);
        }
        for one in &self.gitlab {
            add(&one.host, &[Some(one.api()?), one.base_url.clone()]);
        }
        for one in &self.bitbucket_cloud {
            add(bitbucket_cloud::HOST, &[Some(one.api()?)]);
        }
        for one in &self.bitbucket_server {
            add(&one.host, &[Some(one.api()?)]);
        }
        for one in &self.gitea {
            add(&one.host, &[Some(one.api()?)]);
        }
        for one in &self.azure {
            add(&one.host, &[Some(one.base()?)]);
        }
        Ok(hosts)
    }
}

impl Integration<'_> {
    /// The kind of host.
    pub fn kind(&self) -> HostKind {
        match self {
            Integration::GitHub(_) => HostKind::GitHub,
            Integration::GitLab(_) => HostKind::GitLab,
            Integration::BitbucketCloud(_) => HostKind::BitbucketCloud,
            Integration::BitbucketServer(_) => HostKind::BitbucketServer,
            Integration::Gitea(_) => HostKind::Gitea,
            Integration::Azure(_) => HostKind::Azure,
        }
    }

    /// Which repository, ref and path the URL of a page means.
    ///
    /// # Errors
    /// `InvalidUrl` with the form that the host's URLs have.
    pub fn place(&self, url: &Url) -> Result<Place, UpstreamError> {
        match self {
            Integration::GitHub(one) => one.place(url),
            Integration::GitLab(one) => one.place(url),
            Integration::BitbucketCloud(one) => one.place(url),
            Integration::BitbucketServer(one) => one.place(url),
            Integration::Gitea(one) => one.place(url),
            Integration::Azure(one) => one.place(url),
        }
    }

    /// Where the API gives the raw file. `with_token`: whether there are credentials for it, which decides between GitHub's two ways.
    ///
    /// # Errors
    /// As [`Integration::place`], and if the URL names no file or no ref.
    pub fn file_url(&self, url: &Url, with_token: bool) -> Result<Url, UpstreamError> {
        match self {
            Integration::GitHub(one) => one.file_url(url, with_token),
            Integration::GitLab(one) => one.file_url(url),
            Integration::BitbucketCloud(one) => one.file_url(url),
            Integration::BitbucketServer(one) => one.file_url(url),
            Integration::Gitea(one) => one.file_url(url),
            Integration::Azure(one) => one.file_url(url),
        }
    }
}
