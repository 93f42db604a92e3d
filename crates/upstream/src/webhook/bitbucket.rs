//! <https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/> and Bitbucket Server's "Event payload"; neither lists paths.

use serde::Deserialize;

use super::{Push, WebhookError, commit, json, page};

#[derive(Deserialize)]
struct Cloud {
    push: CloudPush,
    repository: CloudRepository,
}

#[derive(Deserialize)]
struct CloudPush {
    changes: Vec<CloudChange>,
}

#[derive(Deserialize)]
struct CloudChange {
    new: Option<CloudRef>,
    old: Option<CloudRef>,
}

#[derive(Deserialize)]
struct CloudRef {
    #[serde(rename = "type")]
    kind: String,
    name: String,
    target: Option<CloudTarget>,
}

#[derive(Deserialize)]
struct CloudTarget {
    hash: String,
}

#[derive(Deserialize)]
struct CloudRepository {
    links: CloudLinks,
}

#[derive(Deserialize)]
struct CloudLinks {
    html: Link,
}

#[derive(Deserialize)]
struct Link {
    href: String,
}

pub(super) fn parse_cloud(body: &[u8]) -> Result<Vec<Push>, WebhookError> {
    let payload: Cloud = json(body)?;
    let repository_url = page(&payload.repository.links.html.href)?;
    let push = |change: CloudChange| {
        // A deleted ref is only in `old`.
        let deleted = change.new.is_none();
        let moved = change.new.or(change.old)?;
        let folder = if moved.kind == "tag" { "tags" } else { "heads" };
        Some(Push {
            repository_url: repository_url.clone(),
            git_ref: format!("refs/{folder}/{}", moved.name),
            commit: moved.target.filter(|_| !deleted).map(|target| target.hash),
            changed_paths: None,
        })
    };
    Ok(payload.push.changes.into_iter().filter_map(push).collect())
}

#[derive(Deserialize)]
struct Server {
    repository: ServerRepository,
    changes: Vec<ServerChange>,
}

#[derive(Deserialize)]
struct ServerRepository {
    links: ServerLinks,
}

#[derive(Deserialize)]
struct ServerLinks {
    #[serde(rename = "self")]
    own: Vec<Link>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServerChange {
    ref_id: String,
    to_hash: String,
}

pub(super) fn parse_server(body: &[u8]) -> Result<Vec<Push>, WebhookError> {
    let payload: Server = json(body)?;
    let own = payload.repository.links.own.first();
    let repository_url =
        page(&own.ok_or_else(|| WebhookError::Malformed("the repository has no link".to_owned()))?.href)?;
    let push = |change: ServerChange| Push {
        repository_url: repository_url.clone(),
        git_ref: change.ref_id,
        commit: commit(change.to_hash),
        changed_paths: None,
    };
    Ok(payload.changes.into_iter().map(push).collect())
}
