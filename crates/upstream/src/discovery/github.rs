//! <https://docs.github.com/en/rest/repos/repos> and <https://docs.github.com/en/rest/teams>

use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use super::{Member, Repository, Team, as_url, no_owner};
use crate::client::Upstream;
use crate::error::UpstreamError;
use crate::integrations::{GitHubIntegration, api, bearer, segments};

const PAGE: &[(&str, &str)] = &[("per_page", "100")];

#[derive(Deserialize)]
struct Repo {
    name: String,
    full_name: String,
    #[serde(deserialize_with = "as_url")]
    html_url: Url,
    default_branch: Option<String>,
    description: Option<String>,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    fork: bool,
    /// Gitea may say `null`.
    #[serde(default)]
    topics: Option<Vec<String>>,
    /// Nothing was ever pushed: the default branch is only a wish.
    #[serde(default)]
    size: Option<u64>,
    pushed_at: Option<String>,
}

#[derive(Deserialize)]
struct GitHubTeam {
    slug: String,
    name: String,
    description: Option<String>,
    #[serde(deserialize_with = "as_url")]
    html_url: Url,
    parent: Option<Parent>,
}

#[derive(Deserialize)]
struct Parent {
    slug: String,
}

#[derive(Deserialize)]
struct Account {
    login: String,
    avatar_url: Option<String>,
    html_url: Option<String>,
}

impl Upstream {
    async fn organisation(
        &self,
        integration: &GitHubIntegration,
        url: &Url,
    ) -> Result<(String, Option<SecretString>), UpstreamError> {
        let parts = segments(url)?;
        let owner = match parts.as_slice() {
            [owner] => owner.clone(),
            [kind, owner, ..] if kind == "orgs" => owner.clone(),
            _ => return Err(no_owner(url)),
        };
        let auth = self.github_token(integration, &owner).await?.as_ref().map(bearer);
        Ok((owner, auth))
    }

    pub(super) async fn github_repositories(
        &self,
        integration: &GitHubIntegration,
        url: &Url,
    ) -> Result<Vec<Repository>, UpstreamError> {
        let (owner, auth) = self.organisation(integration, url).await?;
        let base = integration.api()?;
        let of = |kind| api(&base, [kind, owner.as_str(), "repos"], PAGE);
        let most = self.most_items();
        let found = match self.linked_pages::<Repo>(of("orgs"), auth.as_ref(), most, "repositories").await {
            Err(UpstreamError::NotFound { .. }) => {
                self.linked_pages(of("users"), auth.as_ref(), most, "repositories").await
            }
            other => other,
        };
        Ok(found?.into_iter().map(Repository::from).collect())
    }

    pub(super) async fn github_repository(
        &self,
        base: &Url,
        project: &str,
        auth: Option<&SecretString>,
    ) -> Result<Repository, UpstreamError> {
        let (repo, _): (Repo, _) =
            self.json(&api(base, ["repos"].into_iter().chain(project.split('/')), &[]), auth).await?;
        Ok(repo.into())
    }

    pub(super) async fn github_teams(
        &self,
        integration: &GitHubIntegration,
        url: &Url,
    ) -> Result<Vec<Team>, UpstreamError> {
        let (owner, auth) = self.organisation(integration, url).await?;
        let base = integration.api()?;
        let most = self.most_items();
        let teams: Vec<GitHubTeam> =
            self.linked_pages(api(&base, ["orgs", &owner, "teams"], PAGE), auth.as_ref(), most, "teams").await?;
        let mut all = Vec::with_capacity(teams.len());
        for team in teams {
            let members = api(&base, ["orgs", &owner, "teams", &team.slug, "members"], PAGE);
            let members: Vec<Account> = self.linked_pages(members, auth.as_ref(), most, "members").await?;
            all.push(Team {
                id: team.slug,
                name: team.name,
                description: team.description.filter(|text| !text.is_empty()),
                parent: team.parent.map(|parent| parent.slug),
                url: team.html_url,
                members: members.into_iter().map(Member::from).collect(),
            });
        }
        Ok(all)
    }
}

impl From<Repo> for Repository {
    fn from(repo: Repo) -> Self {
        let empty = repo.pushed_at.is_none() && repo.size == Some(0);
        Self {
            name: repo.name,
            full_name: repo.full_name,
            url: repo.html_url,
            default_branch: repo.default_branch.filter(|_| !empty),
            // Gitea says nothing by an empty text.
            description: repo.description.filter(|text| !text.is_empty()),
            archived: repo.archived,
            fork: repo.fork,
            topics: repo.topics.unwrap_or_default(),
        }
    }
}

impl From<Account> for Member {
    fn from(account: Account) -> Self {
        Self { login: account.login, name: None, avatar_url: account.avatar_url, url: account.html_url }
    }
}
