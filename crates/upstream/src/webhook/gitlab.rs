//! <https://docs.gitlab.com/user/project/integrations/webhook_events/#push-events>

use serde::Deserialize;

use super::{Commit, Push, WebhookError, changed, commit, json, page};

#[derive(Deserialize)]
struct Event {
    object_kind: Option<String>,
    event_name: Option<String>,
}

#[derive(Deserialize)]
struct Payload {
    #[serde(rename = "ref")]
    git_ref: String,
    after: String,
    project: Project,
    /// The last twenty.
    #[serde(default)]
    commits: Vec<Commit>,
    #[serde(default)]
    total_commits_count: usize,
}

#[derive(Deserialize)]
struct Project {
    web_url: String,
}

pub(super) fn parse(body: &[u8]) -> Result<Vec<Push>, WebhookError> {
    let event: Event = json(body)?;
    let event = event.object_kind.or(event.event_name).unwrap_or_default();
    if event != "push" && event != "tag_push" {
        return Err(WebhookError::NotAPush { event });
    }
    let payload: Payload = json(body)?;
    let complete = payload.total_commits_count <= payload.commits.len();
    Ok(vec![Push {
        repository_url: page(&payload.project.web_url)?,
        git_ref: payload.git_ref,
        commit: commit(payload.after),
        changed_paths: changed(payload.commits, complete),
    }])
}
