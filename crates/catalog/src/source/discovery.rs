use globset::{GlobBuilder, GlobMatcher};
use regex::Regex;
use upstream::{
    Upstream, UpstreamError,
    discovery::{Repository, RepositoryFilter},
    webhook::HostKind,
};
use url::Url;

/// A pattern of URLs whose repository is open: `https://github.com/acme/*/blob/-/catalog-info.yaml` means that file in every repository of
/// the organisation `acme`, on its default branch; with another branch instead of `-`, on that one.
///
/// More of a repository may be asked in the query: `repository` (a regular expression that its name must match whole), `topic` (it must have
/// one of these, separated by commas), `forks=true`, `archived=true`.
///
/// Source of the form: Backstage, `GithubDiscoveryProcessor` and `GitLabDiscoveryProcessor`.
#[derive(Debug)]
pub(super) struct Discovery {
    owner: Url,
    names: GlobMatcher,
    expression: Option<Regex>,
    topics: Vec<String>,
    filter: RepositoryFilter,
    branch: Option<String>,
    path: String,
}

/// Stands for the default branch.
const DEFAULT_BRANCH: &str = "-";

impl Discovery {
    /// True if a pattern is one of these.
    pub(super) fn is_meant(pattern: &str) -> bool {
        let before_blob = pattern.split("/blob/").next().filter(|before| before.len() < pattern.len());
        before_blob.is_some_and(|before| before.contains('*'))
    }

    /// Reads a pattern for which [`Discovery::is_meant`].
    pub(super) fn parse(pattern: &str) -> Result<Self, UpstreamError> {
        let invalid = |reason: &str| UpstreamError::InvalidUrl { url: pattern.to_owned(), reason: reason.to_owned() };
        let mut owner = Url::parse(pattern).map_err(|error| invalid(&error.to_string()))?;
        let full_path = owner.path().to_owned();
        let form = "expected `https://host/organisation/*/blob/-/path`";
        let (repository, file) = full_path.split_once("/blob/").ok_or_else(|| invalid(form))?;
        let repository = repository.strip_suffix("/-").unwrap_or(repository);
        let (owner_path, name) = repository.rsplit_once('/').ok_or_else(|| invalid(form))?;
        let (branch, path) = file.split_once('/').ok_or_else(|| invalid(form))?;
        if owner_path.contains('*') || owner_path.is_empty() || path.is_empty() {
            return Err(invalid(form));
        }
        let mut discovery = Self {
            names: GlobBuilder::new(name).build().map_err(|error| invalid(&error.to_string()))?.compile_matcher(),
            expression: None,
            topics: Vec::new(),
            filter: RepositoryFilter::default(),
            branch: Some(branch.to_owned()).filter(|branch| branch != DEFAULT_BRANCH),
            path: path.to_owned(),
            owner: owner.clone(),
        };
        for (key, value) in owner.query_pairs() {
            match &*key {
                "repository" => {
                    let expression =
                        Regex::new(&format!("^(?:{value})$")).map_err(|error| invalid(&error.to_string()))?;
                    discovery.expression = Some(expression);
                }
                "topic" => discovery.topics.extend(value.split(',').map(|topic| topic.trim().to_owned())),
                "forks" => discovery.filter.forks = value == "true",
                "archived" => discovery.filter.archived = value == "true",
                other => {
                    return Err(invalid(&format!(
                        "`{other}` is not known; known are repository, topic, forks and archived"
                    )));
                }
            }
        }
        owner.set_query(None);
        owner.set_path(owner_path);
        discovery.owner = owner;
        Ok(discovery)
    }

    /// The URLs that it means now. Files are not looked for, unless the path is a pattern itself: that is one listing a repository.
    pub(super) async fn urls(&self, upstream: &Upstream) -> Result<Vec<Url>, UpstreamError> {
        let repositories = upstream.repositories(&self.owner, self.filter).await?;
        let is_gitlab =
            upstream.integrations().for_url(&self.owner).is_some_and(|host| host.kind() == HostKind::GitLab);
        let mut urls = Vec::new();
        for repository in repositories.iter().filter(|repository| self.means(repository)) {
            let Some(url) = self.file_of(repository, is_gitlab) else { continue };
            if self.path.contains('*') {
                urls.extend(upstream.search(&url).await?);
            } else {
                urls.push(url);
            }
        }
        Ok(urls)
    }

    fn means(&self, repository: &Repository) -> bool {
        self.names.is_match(&repository.name)
            && self.expression.as_ref().is_none_or(|expression| expression.is_match(&repository.name))
            && (self.topics.is_empty() || repository.topics.iter().any(|topic| self.topics.contains(topic)))
    }

    /// `None` for a repository without any commit.
    fn file_of(&self, repository: &Repository, is_gitlab: bool) -> Option<Url> {
        let branch = self.branch.as_ref().or(repository.default_branch.as_ref())?;
        let mut url = repository.url.clone();
        let separator = if is_gitlab { "/-/blob/" } else { "/blob/" };
        let path =
            format!("{}{separator}{}/{}", url.path().trim_end_matches('/'), branch.replace('/', "%2F"), self.path);
        url.set_path(&path);
        Some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository(name: &str, default_branch: Option<&str>, topics: &[&str]) -> Repository {
        Repository {
            name: name.to_owned(),
            full_name: format!("acme/{name}"),
            url: Url::parse(&format!("https://github.com/acme/{name}")).unwrap(),
            default_branch: default_branch.map(str::to_owned),
            description: None,
            archived: false,
            fork: false,
            topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
        }
    }

    #[test]
    fn a_pattern_with_an_open_repository_is_read() {
        assert!(Discovery::is_meant("https://github.com/acme/*/blob/-/catalog-info.yaml"));
        assert!(!Discovery::is_meant("https://github.com/acme/shop/blob/main/**/catalog-info.yaml"));
        let discovery = Discovery::parse("https://gitlab.com/acme/web/svc-*/-/blob/-/catalog-info.yaml").unwrap();
        assert_eq!(discovery.owner.as_str(), "https://gitlab.com/acme/web");
        assert!(discovery.means(&repository("svc-cart", None, &[])) && !discovery.means(&repository("lib", None, &[])));
        for wrong in [
            "https://github.com/*/*/blob/-/catalog-info.yaml",
            "https://github.com/*/blob/-/catalog-info.yaml",
            "https://github.com/acme/*/blob/catalog-info.yaml",
            "https://github.com/acme/*/blob/-/catalog-info.yaml?language=rust",
            "https://github.com/acme/*/blob/-/catalog-info.yaml?repository=(",
        ] {
            assert!(Discovery::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_topics_and_branches_decide() {
        let pattern = "https://github.com/acme/*/blob/-/a/catalog-info.yaml?repository=svc-.*%7Cshop&topic=live,new";
        let discovery = Discovery::parse(pattern).unwrap();
        for (name, topics, expected) in [
            ("svc-a", &["live"][..], true),
            ("shop", &["x", "new"], true),
            ("shopping", &["live"], false),
            ("shop", &[], false),
        ] {
            assert_eq!(discovery.means(&repository(name, None, topics)), expected, "{name} {topics:?}");
        }
        let url = |discovery: &Discovery, branch, gitlab| {
            discovery.file_of(&repository("shop", branch, &[]), gitlab).map(String::from)
        };
        let expected = "https://github.com/acme/shop/blob/main/a/catalog-info.yaml";
        assert_eq!(url(&discovery, Some("main"), false).as_deref(), Some(expected));
        assert_eq!(url(&discovery, Some("main"), true).as_deref(), Some(&*expected.replace("/blob", "/-/blob")));
        assert_eq!(url(&discovery, None, false), None);
        let release = Discovery::parse("https://github.com/acme/*/blob/release/x.yaml").unwrap();
        assert_eq!(url(&release, None, false).as_deref(), Some("https://github.com/acme/shop/blob/release/x.yaml"));
    }
}
