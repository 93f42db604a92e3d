//! What an organisation has: its repositories, its teams and who is in them.

mod github;
mod gitlab;

use serde::de::{Deserialize, Deserializer, Error};
use url::Url;

use crate::client::Upstream;
use crate::error::UpstreamError;
use crate::integrations::{Integration, invalid};

/// A repository of an organisation or group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    /// Its name in URLs.
    pub name: String,
    /// With its owner or groups: `org/name`.
    pub full_name: String,
    /// Its page.
    pub url: Url,
    /// None: it is empty.
    pub default_branch: Option<String>,
    /// What it says of itself.
    pub description: Option<String>,
    /// Nobody may write to it any more.
    pub archived: bool,
    /// It is a copy of another.
    pub fork: bool,
    /// Its topics.
    pub topics: Vec<String>,
}

/// Which repositories are meant besides ordinary ones. Default: none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RepositoryFilter {
    /// Archived ones too.
    pub archived: bool,
    /// Forks too.
    pub forks: bool,
}

/// A team of an organisation, or a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its name in URLs: GitHub's slug, GitLab's full path.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it says of itself.
    pub description: Option<String>,
    /// The `id` of the team above it.
    pub parent: Option<String>,
    /// Its page.
    pub url: Url,
    /// Who is in it.
    pub members: Vec<Member>,
}

/// Somebody in a team.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// The account's name.
    pub login: String,
    /// The person's name, where the host tells it.
    pub name: Option<String>,
    /// The person's picture.
    pub avatar_url: Option<String>,
    /// The account's page.
    pub url: Option<String>,
}

impl Upstream {
    /// All repositories of a GitHub organisation or user, or of a GitLab group and the groups below it, by the URL of its page.
    ///
    /// # Errors
    /// `InvalidUrl` if the URL is no such page; `TooMany` beyond [`crate::Limits::listing_pages`]; else as [`Upstream::get`].
    pub async fn repositories(&self, owner: &Url, filter: RepositoryFilter) -> Result<Vec<Repository>, UpstreamError> {
        let all = match self.integrations().for_url(owner) {
            Some(Integration::GitHub(one)) => self.github_repositories(one, owner).await?,
            Some(Integration::GitLab(one)) => self.gitlab_repositories(one, owner).await?,
            _ => return Err(no_owner(owner)),
        };
        let meant = |one: &Repository| (filter.archived || !one.archived) && (filter.forks || !one.fork);
        Ok(all.into_iter().filter(meant).collect())
    }

    /// The repository that the URL of one of its pages names, as GitHub, GitLab and Gitea tell it.
    ///
    /// # Errors
    /// `InvalidUrl` if the host is another one, or the URL names no repository; else as [`Upstream::get`].
    pub async fn repository(&self, url: &Url) -> Result<Repository, UpstreamError> {
        let unknown = || invalid(url, "only GitHub, GitLab and Gitea are asked about a repository");
        let integration = self.integrations().for_url(url).ok_or_else(unknown)?;
        let auth = self.authorization(&integration, url).await?;
        let project = integration.place(url)?.project;
        match integration {
            Integration::GitHub(one) => self.github_repository(&one.api()?, &project, auth.as_ref()).await,
            // Its answer is GitHub's, as far as it is read here.
            Integration::Gitea(one) => self.github_repository(&one.api()?, &project, auth.as_ref()).await,
            Integration::GitLab(one) => self.gitlab_repository(&one.api()?, &project, auth.as_ref()).await,
            _ => Err(unknown()),
        }
    }

    /// All teams of a GitHub organisation, or a GitLab group and the groups below it, with their members. One request a team, besides the list.
    ///
    /// # Errors
    /// As [`Upstream::repositories`].
    pub async fn teams(&self, owner: &Url) -> Result<Vec<Team>, UpstreamError> {
        match self.integrations().for_url(owner) {
            Some(Integration::GitHub(one)) => self.github_teams(one, owner).await,
            Some(Integration::GitLab(one)) => self.gitlab_teams(one, owner).await,
            _ => Err(no_owner(owner)),
        }
    }

    /// How many items of a listing are taken.
    fn most_items(&self) -> usize {
        self.limits().listing_pages.saturating_mul(100)
    }
}

fn no_owner(url: &Url) -> UpstreamError {
    invalid(url, "discovery takes the page of a GitHub organisation or of a GitLab group")
}

/// A URL in JSON.
fn as_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}
