//! <https://learn.microsoft.com/rest/api/azure/devops/git/items/list>

use serde::Deserialize;

use super::{Listing, Tree};
use crate::error::UpstreamError;
use crate::integrations::{API_VERSION, AzureIntegration, invalid};

#[derive(Deserialize)]
struct Answer<T> {
    value: Vec<T>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Commit {
    commit_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    path: String,
    git_object_type: String,
}

impl Listing<'_> {
    pub(super) async fn azure(&self, integration: &AzureIntegration) -> Result<Tree, UpstreamError> {
        let mut query = vec![API_VERSION, ("searchCriteria.$top", "1")];
        query.extend(self.place.git_ref.as_deref().map(|branch| ("searchCriteria.itemVersion.version", branch)));
        let url = integration.repository_api(self.page, &self.place, "commits", &query)?;
        let commits: Answer<Commit> = self.json(&url).await?;
        let commit =
            commits.value.into_iter().next().ok_or_else(|| invalid(self.page, "its branch has no commit"))?.commit_id;
        let query = [
            API_VERSION,
            ("recursionLevel", "full"),
            ("scopePath", "/"),
            ("versionDescriptor.versionType", "commit"),
            ("versionDescriptor.version", commit.as_str()),
        ];
        let items: Answer<Item> =
            self.json(&integration.repository_api(self.page, &self.place, "items", &query)?).await?;
        let files = items.value.into_iter().filter(|item| item.git_object_type == "blob");
        let paths = files.map(|item| item.path.trim_start_matches('/').to_owned()).collect();
        Ok(Tree { commit, paths, truncated: false })
    }
}
