//! <https://docs.gitlab.com/api/groups/> and <https://docs.gitlab.com/api/members/>

use std::collections::HashMap;

use secrecy::SecretString;
use serde::Deserialize;
use serde::de::IgnoredAny;
use url::Url;

use super::{Member, Repository, Team, as_url, no_owner};
use crate::client::Upstream;
use crate::error::UpstreamError;
use crate::integrations::{GitLabIntegration, api};

const PAGE: &[(&str, &str)] = &[("per_page", "100")];

#[derive(Deserialize)]
struct Project {
    path: String,
    path_with_namespace: String,
    #[serde(deserialize_with = "as_url")]
    web_url: Url,
    default_branch: Option<String>,
    description: Option<String>,
    #[serde(default)]
    archived: bool,
    #[serde(rename = "forked_from_project")]
    fork_of: Option<IgnoredAny>,
    #[serde(default)]
    topics: Vec<String>,
    #[serde(default)]
    empty_repo: bool,
}

#[derive(Deserialize)]
struct Group {
    id: u64,
    full_path: String,
    name: String,
    description: Option<String>,
    #[serde(deserialize_with = "as_url")]
    web_url: Url,
    parent_id: Option<u64>,
}

#[derive(Deserialize)]
struct Account {
    username: String,
    name: Option<String>,
    avatar_url: Option<String>,
    web_url: Option<String>,
    state: Option<String>,
}

impl Upstream {
    pub(super) async fn gitlab_repositories(
        &self,
        integration: &GitLabIntegration,
        url: &Url,
    ) -> Result<Vec<Repository>, UpstreamError> {
        let group = group(integration, url)?;
        let query = [("include_subgroups", "true"), ("per_page", "100"), ("order_by", "id"), ("sort", "asc")];
        let first = api(&integration.api()?, ["groups", &group, "projects"], &query);
        let found: Vec<Project> =
            self.linked_pages(first, integration.auth().as_ref(), self.most_items(), "repositories").await?;
        Ok(found.into_iter().map(Repository::from).collect())
    }

    pub(super) async fn gitlab_repository(
        &self,
        base: &Url,
        project: &str,
        auth: Option<&SecretString>,
    ) -> Result<Repository, UpstreamError> {
        let (project, _): (Project, _) = self.json(&api(base, ["projects", project], &[]), auth).await?;
        Ok(project.into())
    }

    pub(super) async fn gitlab_teams(
        &self,
        integration: &GitLabIntegration,
        url: &Url,
    ) -> Result<Vec<Team>, UpstreamError> {
        let (group, auth, most) = (group(integration, url)?, integration.auth(), self.most_items());
        let base = integration.api()?;
        let (top, _): (Group, _) =
            self.json(&api(&base, ["groups", &group], &[("with_projects", "false")]), auth.as_ref()).await?;
        let mut groups = vec![top];
        let below = api(&base, ["groups", &group, "descendant_groups"], PAGE);
        groups.extend(self.linked_pages::<Group>(below, auth.as_ref(), most, "groups").await?);
        let paths: HashMap<u64, String> = groups.iter().map(|one| (one.id, one.full_path.clone())).collect();
        let mut all = Vec::with_capacity(groups.len());
        for one in groups {
            let members = api(&base, ["groups", &one.id.to_string(), "members"], PAGE);
            let members: Vec<Account> = self.linked_pages(members, auth.as_ref(), most, "members").await?;
            all.push(Team {
                id: one.full_path,
                name: one.name,
                description: one.description.filter(|text| !text.is_empty()),
                parent: one.parent_id.and_then(|id| paths.get(&id).cloned()),
                url: one.web_url,
                // Blocked accounts stay members.
                members: members
                    .into_iter()
                    .filter(|one| one.state.as_deref().is_none_or(|state| state == "active"))
                    .map(Member::from)
                    .collect(),
            });
        }
        Ok(all)
    }
}

/// The group's full path.
fn group(integration: &GitLabIntegration, url: &Url) -> Result<String, UpstreamError> {
    let parts = integration.own_segments(url)?;
    let parts = if parts.first().is_some_and(|part| part == "groups") { &parts[1..] } else { &parts[..] };
    if parts.is_empty() || parts.iter().any(|part| part == "-") { Err(no_owner(url)) } else { Ok(parts.join("/")) }
}

impl From<Project> for Repository {
    fn from(project: Project) -> Self {
        Self {
            name: project.path,
            full_name: project.path_with_namespace,
            url: project.web_url,
            default_branch: project.default_branch.filter(|_| !project.empty_repo),
            description: project.description.filter(|text| !text.is_empty()),
            archived: project.archived,
            fork: project.fork_of.is_some(),
            topics: project.topics,
        }
    }
}

impl From<Account> for Member {
    fn from(account: Account) -> Self {
        Self { login: account.username, name: account.name, avatar_url: account.avatar_url, url: account.web_url }
    }
}
