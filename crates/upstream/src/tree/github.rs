//! <https://docs.github.com/en/rest/git/trees#get-a-tree>

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
struct Answer {
    tree: Vec<Entry>,
    #[serde(default)]
    truncated: bool,
}

impl Listing<'_> {
    pub(super) async fn github(&self, base: &Url) -> Result<Tree, UpstreamError> {
        let repository = || ["repos"].into_iter().chain(self.project());
        let tip = api(base, repository().chain(["commits", self.ref_or_head()]), &[("per_page", "1")]);
        let Commit { sha } = self.json(&tip).await?;
        let tree = api(base, repository().chain(["git", "trees", &sha]), &[("recursive", "1")]);
        let answer: Answer = self.json(&tree).await?;
        Ok(Tree { paths: files(answer.tree).collect(), truncated: answer.truncated, commit: sha })
    }
}
