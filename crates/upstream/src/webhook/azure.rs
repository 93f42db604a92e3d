//! <https://learn.microsoft.com/azure/devops/service-hooks/events#code-pushed>; it lists no paths.

use serde::Deserialize;

use super::{Push, WebhookError, commit, json, page};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_type: String,
}

#[derive(Deserialize)]
struct Payload {
    resource: Resource,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    ref_updates: Vec<RefUpdate>,
    repository: Repository,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefUpdate {
    name: String,
    new_object_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repository {
    remote_url: String,
}

pub(super) fn parse(body: &[u8]) -> Result<Vec<Push>, WebhookError> {
    let Event { event_type } = json(body)?;
    if event_type != "git.push" {
        return Err(WebhookError::NotAPush { event: event_type });
    }
    let Payload { resource } = json(body)?;
    let repository_url = page(&resource.repository.remote_url)?;
    let push = |update: RefUpdate| Push {
        repository_url: repository_url.clone(),
        git_ref: update.name,
        commit: commit(update.new_object_id),
        changed_paths: None,
    };
    Ok(resource.ref_updates.into_iter().map(push).collect())
}
