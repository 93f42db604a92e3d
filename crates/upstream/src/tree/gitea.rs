//! `GetTree` of Gitea's API: as GitHub's, in pages.

use serde::Deserialize;
use url::Url;

use super::{Entry, Listing, Tree, files};
use crate::error::UpstreamError;
use crate::integrations::api;

#[derive(Deserialize)]
struct Commit {
    sha: String,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    tree: Vec<Entry>,
    /// There are further pages.
    #[serde(default)]
    truncated: bool,
}

impl Listing<'_> {
    pub(super) async fn gitea(&self, base: &Url) -> Result<Tree, UpstreamError> {
        let repository = || ["repos"].into_iter().chain(self.project());
        let tip = api(base, repository().chain(["git", "commits", self.ref_or_head()]), &[]);
        let Commit { sha } = self.json(&tip).await?;
        let mut tree = Tree { commit: sha, ..Tree::default() };
        for nr in 1..=self.upstream.limits().listing_pages {
            let nr = nr.to_string();
            let url = api(
                base,
                repository().chain(["git", "trees", &tree.commit]),
                &[("recursive", "true"), ("per_page", "1000"), ("page", &nr)],
            );
            let page: Page = self.json(&url).await?;
            let more = page.truncated && !page.tree.is_empty();
            tree.paths.extend(files(page.tree));
            self.bound(tree.paths.len())?;
            if !more {
                return Ok(tree);
            }
        }
        Err(self.upstream.too_many_pages(self.page))
    }
}
