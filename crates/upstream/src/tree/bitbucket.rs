//! Bitbucket Cloud's `src` and Bitbucket Server's `files`.

use serde::Deserialize;
use url::Url;

use super::{Entry, Listing, Tree};
use crate::error::UpstreamError;
use crate::integrations::{api, invalid, repository};
use crate::pages::same_origin;

/// How deep Bitbucket Cloud looks in one listing; deeper ones it gives up on (status 555).
const CLOUD_DEPTH: &str = "20";

#[derive(Deserialize)]
struct CloudCommit {
    hash: String,
}

#[derive(Deserialize)]
struct CloudRepository {
    mainbranch: CloudBranch,
}

#[derive(Deserialize)]
struct CloudBranch {
    name: String,
}

#[derive(Deserialize)]
struct CloudPage {
    values: Vec<Entry>,
    next: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServerPage<T> {
    values: Vec<T>,
    #[serde(default)]
    is_last_page: bool,
    next_page_start: Option<u64>,
}

#[derive(Deserialize)]
struct ServerCommit {
    id: String,
}

impl Listing<'_> {
    pub(super) async fn bitbucket_cloud(&self, base: &Url) -> Result<Tree, UpstreamError> {
        let own = || ["repositories"].into_iter().chain(self.project());
        let git_ref = if let Some(git_ref) = &self.place.git_ref {
            git_ref.clone()
        } else {
            self.json::<CloudRepository>(&api(base, own(), &[])).await?.mainbranch.name
        };
        let CloudCommit { hash } = self.json(&api(base, own().chain(["commit", &git_ref]), &[])).await?;
        // The empty segment is the root folder.
        let mut url = api(base, own().chain(["src", &hash, ""]), &[("max_depth", CLOUD_DEPTH), ("pagelen", "100")]);
        let mut tree = Tree { commit: hash, ..Tree::default() };
        for _ in 0..self.upstream.limits().listing_pages {
            let page: CloudPage = self.json(&url).await?;
            tree.paths
                .extend(page.values.into_iter().filter(|entry| entry.kind == "commit_file").map(|entry| entry.path));
            self.bound(tree.paths.len())?;
            match page.next.and_then(|next| same_origin(&url, &next)) {
                Some(next) => url = next,
                None => return Ok(tree),
            }
        }
        Err(self.upstream.too_many_pages(self.page))
    }

    pub(super) async fn bitbucket_server(&self, base: &Url) -> Result<Tree, UpstreamError> {
        let own = |what| repository(&self.place.project).chain([what]);
        let mut tip = api(base, own("commits"), &[("limit", "1")]);
        if let Some(git_ref) = &self.place.git_ref {
            tip.query_pairs_mut().append_pair("until", git_ref);
        }
        let commits: ServerPage<ServerCommit> = self.json(&tip).await?;
        let commit =
            commits.values.into_iter().next().ok_or_else(|| invalid(self.page, "its repository has no commit"))?.id;
        let mut tree = Tree { commit, ..Tree::default() };
        let mut start = 0;
        for _ in 0..self.upstream.limits().listing_pages {
            let from = start.to_string();
            let page: ServerPage<String> = self
                .json(&api(base, own("files"), &[("at", &tree.commit), ("limit", "1000"), ("start", &from)]))
                .await?;
            tree.paths.extend(page.values);
            self.bound(tree.paths.len())?;
            match page.next_page_start.filter(|next| !page.is_last_page && *next > start) {
                Some(next) => start = next,
                None => return Ok(tree),
            }
        }
        Err(self.upstream.too_many_pages(self.page))
    }
}
