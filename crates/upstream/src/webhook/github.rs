//! <https://docs.github.com/en/webhooks/webhook-events-and-payloads#push>; Gitea copies it.

use serde::Deserialize;

use super::{Commit, Push, WebhookError, changed, commit, json, page};

#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "ref")]
    git_ref: String,
    after: String,
    /// GitHub: commits that were there before are gone, and what they changed is in no list.
    #[serde(default)]
    forced: bool,
    /// Gitea: how many commits there are, if not all are listed.
    total_commits: Option<usize>,
    #[serde(default)]
    commits: Vec<Commit>,
    repository: Repository,
}

#[derive(Deserialize)]
struct Repository {
    html_url: String,
}

/// GitHub lists no more commits than this.
const LISTED: usize = 2048;

pub(super) fn parse(body: &[u8]) -> Result<Vec<Push>, WebhookError> {
    let payload: Payload = json(body)?;
    let listed = payload.commits.len();
    let complete = !payload.forced && listed < LISTED && payload.total_commits.is_none_or(|total| total <= listed);
    Ok(vec![Push {
        repository_url: page(&payload.repository.html_url)?,
        git_ref: payload.git_ref,
        commit: commit(payload.after),
        changed_paths: changed(payload.commits, complete),
    }])
}
