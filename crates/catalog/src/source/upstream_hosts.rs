use std::{fmt, sync::Arc, time::SystemTime};

use async_trait::async_trait;
use model::catalog::SourceHost;
use upstream::{
    BackstageCatalog, Document, Fetched, HostBudget, Upstream, UpstreamError, Validators,
    webhook::{HostKind, Push},
};
use url::Url;

use super::{
    backstage,
    discovery::Discovery,
    hosts::{Hosts, KnownRepository},
    organisation,
    remote::{Question, Request, Response},
};
use crate::{kinds::KindRegistry, utc::in_utc};

/// What a descriptor file at a repository's root is called.
const DESCRIPTOR: &str = "catalog-info.yaml";

/// The real hosts, by way of the guarded client.
#[derive(Clone)]
pub struct UpstreamHosts {
    upstream: Upstream,
    backstages: Arc<[BackstageCatalog]>,
    kinds: Arc<KindRegistry>,
}

impl UpstreamHosts {
    /// Reads what the client may read.
    pub fn new(upstream: Upstream, kinds: Arc<KindRegistry>) -> Self {
        Self { upstream, kinds, backstages: Arc::default() }
    }

    /// With catalogs that may be read whole.
    #[must_use]
    pub fn with_backstages(self, backstages: Vec<BackstageCatalog>) -> Self {
        Self { backstages: backstages.into(), ..self }
    }

    async fn read(&self, url: &str, request: &Request) -> Result<Response, UpstreamError> {
        let url = parse(url)?;
        let earlier = Validators { etag: request.etag.clone(), last_modified: request.last_modified.clone() };
        Ok(match self.upstream.read_file(&url, Some(&earlier)).await? {
            Fetched::NotModified => Response::Unchanged,
            Fetched::Body(Document { bytes, validators: Validators { etag, last_modified }, commit, .. }) => {
                Response::Content { bytes: bytes.to_vec(), etag, last_modified, commit }
            }
        })
    }

    async fn people(&self, url: &str) -> Result<Response, UpstreamError> {
        let bytes = organisation::descriptors(&self.upstream, &parse(url)?).await?;
        Ok(Response::Content { bytes, etag: None, last_modified: None, commit: None })
    }

    async fn entities(&self, target: &str, request: &Request) -> Result<Response, UpstreamError> {
        match self.backstages.iter().find(|catalog| catalog.target() == target) {
            Some(catalog) => backstage::read(&self.upstream, catalog, &self.kinds, &request.stored).await,
            None => Ok(Response::Failed {
                why: "it is not configured under `catalog.providers.backstage`".to_owned(),
                retry_after: None,
            }),
        }
    }

    async fn answer(&self, request: &Request) -> Result<Response, UpstreamError> {
        let urls = |found: Vec<Url>| Response::Urls(found.into_iter().map(Into::into).collect());
        match &request.question {
            Question::File(url) => self.read(url, request).await,
            Question::People(url) => self.people(url).await,
            Question::Pattern(pattern) => self.upstream.search(&parse(pattern)?).await.map(urls),
            Question::Entities(target) => self.entities(target, request).await,
            Question::Repositories(pattern) => Discovery::parse(pattern)?.urls(&self.upstream).await.map(urls),
        }
    }
}

impl fmt::Debug for UpstreamHosts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UpstreamHosts")
    }
}

#[async_trait]
impl Hosts for UpstreamHosts {
    fn resolve(&self, base: &str, relative: &str) -> Result<String, String> {
        let in_words = |error: UpstreamError| error.to_string();
        let base = parse(base).map_err(in_words)?;
        self.upstream.integrations().resolve_url(&base, relative).map(Into::into).map_err(in_words)
    }

    fn edit_url(&self, url: &str) -> Option<String> {
        let url = Url::parse(url).ok()?;
        self.upstream.integrations().for_url(&url)?;
        Some(self.upstream.integrations().edit_url(&url).into())
    }

    fn source_folder(&self, url: &str) -> Option<String> {
        let url = Url::parse(url).ok()?;
        self.upstream.integrations().for_url(&url)?;
        self.upstream.integrations().source_folder(&url).ok().map(Into::into)
    }

    fn is_touched(&self, url: &str, push: &Push) -> bool {
        let Ok(url) = Url::parse(url) else { return false };
        let integrations = self.upstream.integrations();
        if !integrations.same_repository(&url, &push.repository_url) {
            return false;
        }
        let Some(place) = integrations.for_url(&url).and_then(|integration| integration.place(&url).ok()) else {
            return true;
        };
        // `HEAD` and a missing ref mean the default branch, which a push does not name.
        let same_ref = match (place.git_ref.as_deref(), push.branch()) {
            (None | Some("HEAD"), _) => true,
            (Some(git_ref), Some(branch)) => git_ref == branch,
            (Some(git_ref), None) => push.git_ref.ends_with(&format!("/{git_ref}")),
        };
        let is_pattern = place.path.contains('*');
        let changed = push.changed_paths.as_ref().is_none_or(|paths| is_pattern || paths.contains(&place.path));
        same_ref && changed
    }

    async fn repository(&self, url: &str) -> Option<KnownRepository> {
        let url = Url::parse(url).ok()?;
        let kind = self.upstream.integrations().for_url(&url)?.kind();
        let repository = self.upstream.repository(&url).await.ok()?;
        let (slug_annotation, folder) = match kind {
            HostKind::GitHub => (Some("github.com/project-slug"), "blob"),
            HostKind::GitLab => (Some("gitlab.com/project-slug"), "-/blob"),
            _ => (None, "src/branch"),
        };
        let descriptor_url = repository.default_branch.and_then(|branch| {
            let mut url = repository.url;
            let path = [folder, &branch, DESCRIPTOR].join("/");
            url.path_segments_mut().ok()?.pop_if_empty().extend(path.split('/'));
            Some(url.into())
        });
        Some(KnownRepository {
            descriptor_url,
            project: repository.full_name,
            description: repository.description,
            topics: repository.topics,
            slug_annotation,
        })
    }

    fn states(&self) -> Vec<SourceHost> {
        let state = |budget: HostBudget| SourceHost {
            host: budget.host,
            limit: budget.limit,
            remaining: budget.remaining,
            resets_at: budget.resets_at.and_then(in_utc),
            blocked_until: budget.blocked_until.and_then(in_utc),
            last_error: budget.last_error,
            waiting: budget.waiting as u64,
        };
        let mut states: Vec<_> = self.upstream.budgets().into_iter().map(state).collect();
        states.sort_by(|a, b| a.host.cmp(&b.host));
        states
    }

    async fn ask(&self, request: &Request) -> Response {
        self.answer(request).await.unwrap_or_else(|error| match error {
            UpstreamError::NotFound { .. } => Response::Missing(error.to_string()),
            UpstreamError::RateLimited { until, .. } => {
                Response::Failed { retry_after: until.duration_since(SystemTime::now()).ok(), why: error.to_string() }
            }
            error => Response::Failed { why: error.to_string(), retry_after: None },
        })
    }
}

fn parse(url: &str) -> Result<Url, UpstreamError> {
    // What can't be parsed may hold a password, and nobody can tell where.
    Url::parse(url).map_err(|error| UpstreamError::InvalidUrl { url: "…".to_owned(), reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use upstream::{Integrations, UpstreamConfig};

    use super::*;

    fn hosts() -> UpstreamHosts {
        let integrations = Integrations::default().with_public_hosts();
        let upstream = Upstream::new(UpstreamConfig { integrations, ..UpstreamConfig::default() }).unwrap();
        UpstreamHosts::new(upstream, Arc::new(KindRegistry::core()))
    }

    #[test]
    fn a_push_touches_what_it_names_on_its_branch() {
        let push = |changed: Option<&[&str]>| Push {
            repository_url: Url::parse("https://github.com/Acme/shop").unwrap(),
            git_ref: "refs/heads/main".to_owned(),
            commit: None,
            changed_paths: changed.map(|paths| paths.iter().map(|path| (*path).to_owned()).collect()),
        };
        let hosts = hosts();
        for (url, changed, expected) in [
            ("https://github.com/acme/shop/blob/main/a.yaml", Some(&["a.yaml"][..]), true),
            ("https://github.com/acme/shop/blob/main/a.yaml", None, true),
            ("https://github.com/acme/shop/blob/main/a.yaml", Some(&["b.yaml"]), false),
            ("https://github.com/acme/shop/blob/main/**/a.yaml", Some(&["x/a.yaml"]), true),
            ("https://github.com/acme/shop/blob/other/a.yaml", None, false),
            ("https://github.com/acme/other/blob/main/a.yaml", None, false),
            ("https://gitlab.com/acme/shop/-/blob/main/a.yaml", None, false),
            ("https://files.example/a.yaml", None, false),
            ("no URL", None, false),
        ] {
            assert_eq!(hosts.is_touched(url, &push(changed)), expected, "{url} {changed:?}");
        }
    }

    #[test]
    fn only_git_hosts_have_pages_to_edit_and_source_folders() {
        let hosts = hosts();
        let url = "https://github.com/acme/shop/blob/main/x/a.yaml";
        assert_eq!(hosts.edit_url(url).as_deref(), Some("https://github.com/acme/shop/edit/main/x/a.yaml"));
        assert_eq!(hosts.source_folder(url).as_deref(), Some("https://github.com/acme/shop/tree/main/x/"));
        assert_eq!(hosts.resolve(url, "../b.yaml").as_deref(), Ok("https://github.com/acme/shop/tree/main/b.yaml"));
        let plain = "https://files.example/x/a.yaml";
        assert_eq!((hosts.edit_url(plain), hosts.source_folder(plain)), (None, None));
        assert_eq!(hosts.resolve(plain, "../b.yaml").as_deref(), Ok("https://files.example/b.yaml"));
    }
}
