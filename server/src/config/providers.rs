use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use url::form_urlencoded::Serializer;

/// `catalog.providers`: where to look for repositories with catalog files, in Backstage's shape.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct ProvidersSection {
    pub github: BTreeMap<String, GitHubProvider>,
    pub gitlab: BTreeMap<String, GitLabProvider>,
}

/// `catalog.providers.github.<id>`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GitHubProvider {
    pub organization: String,
    #[serde(default = "github")]
    pub host: String,
    /// The file to look for; may be a pattern.
    #[serde(default = "catalog_path")]
    pub catalog_path: String,
    #[serde(default)]
    pub filters: GitHubFilters,
}

/// `catalog.providers.github.<id>.filters`.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GitHubFilters {
    /// The default branch without it.
    pub branch: Option<String>,
    /// A regular expression that the repository's name must match.
    pub repository: Option<String>,
    pub topic: TopicFilter,
    pub allow_forks: bool,
    pub allow_archived: bool,
}

/// Topics of which a repository must have one.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct TopicFilter {
    pub include: Vec<String>,
}

/// `catalog.providers.gitlab.<id>`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GitLabProvider {
    pub group: String,
    #[serde(default = "gitlab")]
    pub host: String,
    /// The default branch without it.
    #[serde(default)]
    pub branch: Option<String>,
    /// The file to look for; may be a pattern.
    #[serde(default = "entity_filename")]
    pub entity_filename: String,
    #[serde(default)]
    pub skip_forked_repos: bool,
    #[serde(default)]
    pub include_archived_repos: bool,
}

fn github() -> String {
    "github.com".to_owned()
}

fn gitlab() -> String {
    "gitlab.com".to_owned()
}

fn catalog_path() -> String {
    format!("/{}", entity_filename())
}

fn entity_filename() -> String {
    "catalog-info.yaml".to_owned()
}

impl ProvidersSection {
    /// Targets of locations of type `url` that mean the same.
    pub fn targets(&self) -> Vec<String> {
        self.github
            .values()
            .map(GitHubProvider::target)
            .chain(self.gitlab.values().map(GitLabProvider::target))
            .collect()
    }
}

impl GitHubProvider {
    fn target(&self) -> String {
        let Self { organization, host, catalog_path, filters } = self;
        let mut query = Vec::new();
        if let Some(repository) = &filters.repository {
            query.push(("repository", repository.clone()));
        }
        if !filters.topic.include.is_empty() {
            query.push(("topic", filters.topic.include.join(",")));
        }
        if filters.allow_forks {
            query.push(("forks", "true".to_owned()));
        }
        if filters.allow_archived {
            query.push(("archived", "true".to_owned()));
        }
        let base = base(host);
        let branch = filters.branch.as_deref().unwrap_or("-");
        with_query(format!("{base}/{organization}/*/blob/{branch}/{}", catalog_path.trim_start_matches('/')), &query)
    }
}

impl GitLabProvider {
    fn target(&self) -> String {
        let Self { group, host, branch, entity_filename, skip_forked_repos, include_archived_repos } = self;
        let mut query = Vec::new();
        if !skip_forked_repos {
            query.push(("forks", "true".to_owned()));
        }
        if *include_archived_repos {
            query.push(("archived", "true".to_owned()));
        }
        let branch = branch.as_deref().unwrap_or("-");
        let file = entity_filename.trim_start_matches('/');
        with_query(format!("{}/{group}/*/-/blob/{branch}/{file}", base(host)), &query)
    }
}

/// Hosts are named without a scheme; one that is written is taken.
fn base(host: &str) -> String {
    if host.contains("://") { host.trim_end_matches('/').to_owned() } else { format!("https://{host}") }
}

fn with_query(target: String, query: &[(&str, String)]) -> String {
    if query.is_empty() {
        return target;
    }
    let query = Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{target}?{query}")
}
