use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use upstream::BackstageCatalog;
use url::form_urlencoded::Serializer;

use super::{BackstageProvider, ScheduleConfig};

/// `catalog.providers`: where to look for repositories with catalog files, in Backstage's shape.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ProvidersSection {
    pub github: BTreeMap<String, GitHubProvider>,
    pub gitlab: BTreeMap<String, GitLabProvider>,
    pub github_org: Vec<GitHubOrgProvider>,
    pub backstage: BTreeMap<String, BackstageProvider>,
}

/// `catalog.providers.githubOrg[]`: people and teams.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GitHubOrgProvider {
    pub id: String,
    #[serde(default = "github_url")]
    pub github_url: String,
    pub orgs: Vec<String>,
    #[serde(default)]
    pub schedule: ScheduleConfig,
}

/// Type and target of a location that means the same as a provider, and whether people and teams come from it.
pub struct ProvidedLocation {
    pub location_type: &'static str,
    pub target: String,
    pub has_people: bool,
    pub schedule: ScheduleConfig,
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
    #[serde(default)]
    pub schedule: ScheduleConfig,
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
    /// People and groups as well.
    #[serde(default)]
    pub org_enabled: bool,
    #[serde(default)]
    pub include_archived_repos: bool,
    #[serde(default)]
    pub schedule: ScheduleConfig,
}

fn github() -> String {
    "github.com".to_owned()
}

fn github_url() -> String {
    base(&github())
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
    /// Locations that mean the same.
    pub fn locations(&self) -> Vec<ProvidedLocation> {
        let files =
            |target: String, schedule| ProvidedLocation { location_type: "url", target, has_people: false, schedule };
        let people = |location_type: &'static str, target: String, schedule| ProvidedLocation {
            location_type,
            target,
            has_people: true,
            schedule,
        };
        let github = self.github.values().map(|provider| files(provider.target(), provider.schedule));
        let gitlab = self.gitlab.values().map(|provider| files(provider.target(), provider.schedule));
        let of_github = self.github_org.iter().flat_map(|provider| {
            let base = provider.github_url.trim_end_matches('/');
            provider.orgs.iter().map(move |org| people("github-org", format!("{base}/{org}"), provider.schedule))
        });
        let of_gitlab = self.gitlab.values().filter(|provider| provider.org_enabled);
        let of_gitlab = of_gitlab.map(|provider| {
            people("gitlab-org", format!("{}/{}", base(&provider.host), provider.group), provider.schedule)
        });
        let backstage = self.backstage.values().map(|provider| ProvidedLocation {
            location_type: "backstage",
            ..files(provider.catalog().target(), provider.schedule)
        });
        github.chain(gitlab).chain(of_github).chain(of_gitlab).chain(backstage).collect()
    }

    /// The Backstages that are read.
    pub fn backstages(&self) -> Vec<BackstageCatalog> {
        self.backstage.values().map(BackstageProvider::catalog).collect()
    }
}

impl GitHubProvider {
    fn target(&self) -> String {
        let Self { organization, host, catalog_path, filters, .. } = self;
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
        let Self { group, host, branch, entity_filename, skip_forked_repos, include_archived_repos, .. } = self;
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
