//! <https://docs.gitlab.com/api/repositories/#list-repository-tree>

use serde::Deserialize;
use url::Url;

use super::{Entry, Listing, Tree, files};
use crate::error::UpstreamError;
use crate::integrations::api;

#[derive(Deserialize)]
struct Commit {
    id: String,
}

impl Listing<'_> {
    pub(super) async fn gitlab(&self, base: &Url) -> Result<Tree, UpstreamError> {
        let repository =
            |what, of| api(base, ["projects", &self.place.project, "repository", what].into_iter().chain(of), &[]);
        let Commit { id } = self.json(&repository("commits", Some(self.ref_or_head()))).await?;
        let mut url = repository("tree", None);
        // GitLab pages a tree by the last name, so later pages cost no more than the first.
        url.query_pairs_mut().extend_pairs([
            ("recursive", "true"),
            ("per_page", "100"),
            ("pagination", "keyset"),
            ("ref", &id),
        ]);
        // Folders are entries too, so more of them may come than there may be paths.
        let most = self.upstream.limits().tree_paths.saturating_mul(2);
        let entries: Vec<Entry> = self.upstream.linked_pages(url, self.auth.as_ref(), most, "paths").await?;
        Ok(Tree { commit: id, paths: files(entries).collect(), truncated: false })
    }
}
