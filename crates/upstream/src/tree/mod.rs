//! The files of a repository, by one listing of one commit.

mod azure;
mod bitbucket;
mod gitea;
mod github;
mod gitlab;

use globset::GlobBuilder;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use crate::client::Upstream;
use crate::error::UpstreamError;
use crate::integrations::{Integration, Place, invalid};
use crate::url_text::printable;

/// The files of a repository at a commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// The commit that the ref named when it was asked.
    pub commit: String,
    /// Paths of all files from the repository's root, without leading slash, in the host's order.
    pub paths: Vec<String>,
    /// The host gave only a part: GitHub stops at 100,000 entries or 7 MB.
    pub truncated: bool,
}

/// A repository to list, and how to ask for it.
struct Listing<'a> {
    upstream: &'a Upstream,
    /// The page that the caller named, for messages.
    page: &'a Url,
    place: Place,
    auth: Option<SecretString>,
}

/// An entry of a listing as most hosts write it.
#[derive(Deserialize)]
struct Entry {
    path: String,
    #[serde(rename = "type")]
    kind: String,
}

/// The paths of files, not of folders and submodules.
fn files(entries: impl IntoIterator<Item = Entry>) -> impl Iterator<Item = String> {
    entries.into_iter().filter(|entry| entry.kind == "blob").map(|entry| entry.path)
}

impl Upstream {
    /// Lists all files of the repository that the URL of one of its pages names, at the ref of that URL or on the default branch.
    ///
    /// # Errors
    /// `InvalidUrl` if no integration knows the host or the URL names no repository; `TooMany` beyond [`crate::Limits::tree_paths`] and
    /// [`crate::Limits::listing_pages`]; else as [`Upstream::get`].
    pub async fn read_tree(&self, url: &Url) -> Result<Tree, UpstreamError> {
        let integration = self
            .integrations()
            .for_url(url)
            .ok_or_else(|| invalid(url, "only repositories of hosts under `integrations` can be listed"))?;
        let place = integration.place(url)?;
        let auth = self.authorization(&integration, url).await?;
        let listing = Listing { upstream: self, page: url, place, auth };
        let tree = match integration {
            Integration::GitHub(one) => listing.github(&one.api()?).await,
            Integration::GitLab(one) => listing.gitlab(&one.api()?).await,
            Integration::BitbucketCloud(one) => listing.bitbucket_cloud(&one.api()?).await,
            Integration::BitbucketServer(one) => listing.bitbucket_server(&one.api()?).await,
            Integration::Gitea(one) => listing.gitea(&one.api()?).await,
            Integration::Azure(one) => listing.azure(one).await,
        }?;
        listing.bound(tree.paths.len())?;
        Ok(tree)
    }

    /// The URLs of all files that a URL with a glob in its path means, `https://github.com/o/r/blob/main/**/catalog-info.yaml`. `*` stays within a
    /// folder, `**` does not, `{a,b}` is either; names that begin with a dot are found only where the glob writes the dot, as Backstage's
    /// minimatch does. A URL without a glob is itself, unasked.
    ///
    /// # Errors
    /// As [`Upstream::read_tree`], and `UnexpectedContent` if the host gave only a part: entities would seem to be gone.
    pub async fn search(&self, url: &Url) -> Result<Vec<Url>, UpstreamError> {
        let is_glob = |place: &Place| place.path.contains(['*', '{', '[']);
        let Some(integration) = self.integrations().for_url(url) else { return Ok(vec![url.clone()]) };
        if !integration.place(url).is_ok_and(|place| is_glob(&place)) {
            return Ok(vec![url.clone()]);
        }
        let tree = self.read_tree(url).await?;
        if tree.truncated {
            let reason = "the host lists only a part of so large a repository; write targets without a glob".to_owned();
            return Err(UpstreamError::UnexpectedContent { url: printable(url), reason });
        }
        self.matching(url, &tree)
    }

    /// As [`Upstream::search`], in a tree that the caller has already.
    ///
    /// # Errors
    /// `InvalidUrl` if the host is not known or the glob is none.
    pub fn matching(&self, url: &Url, tree: &Tree) -> Result<Vec<Url>, UpstreamError> {
        let place = match self.integrations().for_url(url) {
            Some(integration) => integration.place(url)?,
            None => return Err(invalid(url, "no integration knows its host")),
        };
        let glob = GlobBuilder::new(&place.path).literal_separator(true).build();
        let matcher =
            glob.map_err(|error| invalid(url, &format!("its glob is none: {}", error.kind())))?.compile_matcher();
        let matching = tree.paths.iter().filter(|path| matcher.is_match(path) && dots_are_written(&place.path, path));
        Ok(matching.map(|path| place.with_path(url, path)).collect())
    }
}

/// Whether each name that begins with a dot has its like in the glob.
fn dots_are_written(glob: &str, path: &str) -> bool {
    let hidden = |text: &str| text.split('/').filter(|name| name.starts_with('.')).count();
    hidden(path) <= hidden(glob)
}

impl Listing<'_> {
    fn bound(&self, paths: usize) -> Result<(), UpstreamError> {
        let limit = self.upstream.limits().tree_paths;
        if paths > limit {
            return Err(UpstreamError::TooMany { url: printable(self.page), what: "paths", limit });
        }
        Ok(())
    }

    async fn json<T: serde::de::DeserializeOwned>(&self, url: &Url) -> Result<T, UpstreamError> {
        Ok(self.upstream.json(url, self.auth.as_ref()).await?.0)
    }

    /// The ref, or what hosts take for the default branch's tip.
    fn ref_or_head(&self) -> &str {
        self.place.git_ref.as_deref().unwrap_or("HEAD")
    }

    fn project(&self) -> impl Iterator<Item = &str> {
        self.place.project.split('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Integrations, UpstreamConfig};

    #[test]
    fn globs_find_files_and_keep_the_form_of_the_url() {
        let config =
            UpstreamConfig { integrations: Integrations::default().with_public_hosts(), ..UpstreamConfig::default() };
        let upstream = Upstream::new(config).unwrap();
        let paths = [
            "catalog-info.yaml",
            "a/catalog-info.yaml",
            "a/b/catalog-info.yaml",
            "a/b/other.yaml",
            ".hidden/catalog-info.yaml",
            "a b/x.yml",
        ];
        let tree = Tree { paths: paths.map(str::to_owned).to_vec(), ..Tree::default() };
        let base = "https://github.com/o/r/blob/main/";
        for (glob, expected) in [
            ("**/catalog-info.yaml", ["catalog-info.yaml", "a/catalog-info.yaml", "a/b/catalog-info.yaml"].as_slice()),
            ("*/catalog-info.yaml", &["a/catalog-info.yaml"]),
            ("a/**", &["a/catalog-info.yaml", "a/b/catalog-info.yaml", "a/b/other.yaml"]),
            ("a/b/{other,none}.yaml", &["a/b/other.yaml"]),
            (".hidden/*", &[".hidden/catalog-info.yaml"]),
            ("a*/*.yml", &["a%20b/x.yml"]),
            ("none/*", &[]),
        ] {
            let found = upstream.matching(&format!("{base}{glob}").parse().unwrap(), &tree).unwrap();
            let expected: Vec<_> = expected.iter().map(|path| format!("{base}{path}")).collect();
            assert_eq!(found.iter().map(Url::to_string).collect::<Vec<_>>(), expected, "{glob}");
        }
        let azure = "https://dev.azure.com/o/p/_git/r?path=/a/*/other.yaml&version=GBmain".parse().unwrap();
        let found = upstream.matching(&azure, &tree).unwrap();
        assert_eq!(found[0].as_str(), "https://dev.azure.com/o/p/_git/r?path=%2Fa%2Fb%2Fother.yaml&version=GBmain");
    }
}
