//! Push webhooks: who sent it, and what it says has changed.

mod azure;
mod bitbucket;
mod github;
mod gitlab;
mod signature;
#[cfg(test)]
mod tests;

use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use url::Url;

/// A kind of Git host. For webhooks each proves itself its own way, as its variant says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HostKind {
    /// `X-Hub-Signature-256`.
    GitHub,
    /// `X-Gitlab-Token`.
    GitLab,
    /// `X-Hub-Signature`.
    BitbucketCloud,
    /// `X-Hub-Signature`.
    BitbucketServer,
    /// `X-Gitea-Signature`, or Forgejo's.
    Gitea,
    /// Basic authentication; the secret is the password, or `user:password`.
    Azure,
}

impl HostKind {
    /// Backstage's name of it, the key below `integrations`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::BitbucketCloud => "bitbucketCloud",
            Self::BitbucketServer => "bitbucketServer",
            Self::Gitea => "gitea",
            Self::Azure => "azure",
        }
    }
}

/// One ref of one repository was moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// The repository's page.
    pub repository_url: Url,
    /// The full ref, `refs/heads/main`.
    pub git_ref: String,
    /// What the ref names now; none: it was deleted.
    pub commit: Option<String>,
    /// All paths that changed, sorted; none if the host does not say, or not completely.
    pub changed_paths: Option<Vec<String>>,
}

impl Push {
    /// The branch, if the ref is one.
    pub fn branch(&self) -> Option<&str> {
        self.git_ref.strip_prefix("refs/heads/")
    }
}

/// Why a webhook is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookError {
    /// No secret is configured, so anybody could have sent it.
    #[error("no webhook secret is configured; set one here and at the Git host")]
    NoSecret,
    /// The header that proves the sender is missing.
    #[error("the header `{0}` is missing; set the webhook's secret at the Git host")]
    Unsigned(&'static str),
    /// The proof is wrong.
    #[error("the webhook's signature is wrong; the secret here and at the Git host must be the same")]
    WrongSignature,
    /// Another event than a push. Answer it with success, or hosts switch the webhook off.
    #[error("the webhook's event `{event}` is no push; nothing was done")]
    NotAPush {
        /// The event, as the host names it.
        event: String,
    },
    /// Not what the host documents.
    #[error("the webhook's body is no push as the host documents it: {0}")]
    Malformed(String),
}

/// Checks that the host sent the request, in constant time, and says what was pushed: one entry a ref, as one push may move several.
///
/// # Errors
/// Every variant of [`WebhookError`]; before the sender is proven nothing of the body is read.
pub fn verify_and_parse(
    kind: HostKind,
    headers: &HeaderMap,
    body: &[u8],
    secret: &SecretString,
) -> Result<Vec<Push>, WebhookError> {
    if secret.expose_secret().is_empty() {
        return Err(WebhookError::NoSecret);
    }
    match kind {
        HostKind::GitHub => {
            signature::hmac(headers, &["x-hub-signature-256"], body, secret)?;
            event(headers, "x-github-event", "push")?;
            github::parse(body)
        }
        HostKind::Gitea => {
            signature::hmac(
                headers,
                &["x-gitea-signature", "x-forgejo-signature", "x-hub-signature-256"],
                body,
                secret,
            )?;
            event(headers, "x-gitea-event", "push")?;
            github::parse(body)
        }
        HostKind::GitLab => {
            signature::token(headers, secret)?;
            gitlab::parse(body)
        }
        HostKind::BitbucketCloud => {
            signature::hmac(headers, &["x-hub-signature"], body, secret)?;
            event(headers, "x-event-key", "repo:push")?;
            bitbucket::parse_cloud(body)
        }
        HostKind::BitbucketServer => {
            signature::hmac(headers, &["x-hub-signature"], body, secret)?;
            event(headers, "x-event-key", "repo:refs_changed")?;
            bitbucket::parse_server(body)
        }
        HostKind::Azure => {
            signature::basic(headers, secret)?;
            azure::parse(body)
        }
    }
}

fn event(headers: &HeaderMap, header: &'static str, push: &str) -> Result<(), WebhookError> {
    let event = headers.get(header).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if event == push { Ok(()) } else { Err(WebhookError::NotAPush { event: event.to_owned() }) }
}

fn json<T: DeserializeOwned>(body: &[u8]) -> Result<T, WebhookError> {
    serde_json::from_slice(body).map_err(|error| WebhookError::Malformed(error.to_string()))
}

fn page(url: &str) -> Result<Url, WebhookError> {
    let mut url: Url = url.parse().map_err(|error| WebhookError::Malformed(format!("`{url}` is no URL: {error}")))?;
    // Azure DevOps writes the organisation as a user; it is none. Both fail only for URLs that cannot have one.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    Ok(url)
}

/// A hash, unless it is the one of nothing but zeros that hosts write for "deleted".
fn commit(hash: String) -> Option<String> {
    hash.bytes().any(|byte| byte != b'0').then_some(hash)
}

/// What commits say of paths; none if they do not say all.
fn changed(commits: Vec<Commit>, complete: bool) -> Option<Vec<String>> {
    if !complete || commits.is_empty() {
        return None;
    }
    let mut paths: Vec<_> =
        commits.into_iter().flat_map(|one| [one.added, one.modified, one.removed]).flatten().flatten().collect();
    paths.sort_unstable();
    paths.dedup();
    Some(paths)
}

/// A commit as GitHub, GitLab and Gitea write it.
#[derive(serde::Deserialize)]
struct Commit {
    // Gitea writes null for none.
    #[serde(default)]
    added: Option<Vec<String>>,
    #[serde(default)]
    modified: Option<Vec<String>>,
    #[serde(default)]
    removed: Option<Vec<String>>,
}
