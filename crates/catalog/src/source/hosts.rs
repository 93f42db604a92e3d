use std::fmt;

use async_trait::async_trait;
use model::catalog::SourceHost;
use upstream::webhook::Push;
use url::Url;

use super::remote::{Request, Response};

/// The hosts that URLs lead to: how their addresses work, and the asking of them.
#[async_trait]
pub trait Hosts: fmt::Debug + Send + Sync {
    /// The URL that `relative` names in the file at `base`.
    ///
    /// # Errors
    /// Why there is none, for a person.
    fn resolve(&self, base: &str, relative: &str) -> Result<String, String>;

    /// Where a person edits the file at a URL.
    fn edit_url(&self, url: &str) -> Option<String>;

    /// The folder of the file at a URL, with a slash at its end, where the host keeps source code.
    fn source_folder(&self, url: &str) -> Option<String>;

    /// Whether a push may have changed what is at a URL, or what a pattern of URLs leads to.
    fn is_touched(&self, _url: &str, _push: &Push) -> bool {
        false
    }

    /// What is known of the repository that a URL leads into; `None` where there is none, or its host does not show it.
    async fn repository(&self, _url: &str) -> Option<KnownRepository> {
        None
    }

    /// The hosts that were asked, and what they still grant.
    fn states(&self) -> Vec<SourceHost> {
        Vec::new()
    }

    /// Asks a host, within the limits of what may be read.
    async fn ask(&self, request: &Request) -> Response;
}

/// What a host tells of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownRepository {
    /// `owner/name`, on GitLab with all groups.
    pub project: String,
    /// What it says of itself.
    pub description: Option<String>,
    /// Its topics.
    pub topics: Vec<String>,
    /// The annotation by which plugins find it.
    pub slug_annotation: Option<&'static str>,
    /// The URL that a `catalog-info.yaml` at its root has, or would have; `None` where it has no branch yet.
    pub descriptor_url: Option<String>,
}

/// Where nothing may be read from the network.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHosts;

#[async_trait]
impl Hosts for NoHosts {
    fn resolve(&self, base: &str, relative: &str) -> Result<String, String> {
        let base = Url::parse(base).map_err(|error| format!("`{base}` is no URL: {error}"))?;
        let resolved = base.join(relative).map_err(|error| format!("`{relative}` is no URL: {error}"))?;
        Ok(resolved.into())
    }

    fn edit_url(&self, _: &str) -> Option<String> {
        None
    }

    fn source_folder(&self, _: &str) -> Option<String> {
        None
    }

    async fn ask(&self, _: &Request) -> Response {
        Response::Failed { why: "URLs are not read here".to_owned(), retry_after: None }
    }
}
