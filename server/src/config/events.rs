use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use upstream::webhook::HostKind;

use super::backend::hidden;

/// `events`: webhooks of Git hosts, with Backstage's keys.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct EventsSection {
    pub modules: EventModules,
}

/// `events.modules`: one a kind of host.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EventModules {
    pub github: WebhookConfig,
    pub gitlab: WebhookConfig,
    pub bitbucket_cloud: WebhookConfig,
    pub bitbucket_server: WebhookConfig,
    pub gitea: WebhookConfig,
    pub azure: WebhookConfig,
}

/// What proves that a host sent a webhook.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct WebhookConfig {
    #[serde(serialize_with = "hidden")]
    pub webhook_secret: Option<SecretString>,
}

impl EventsSection {
    /// The secret of a kind of host.
    pub fn secret(&self, kind: HostKind) -> Option<&SecretString> {
        let modules = &self.modules;
        let module = match kind {
            HostKind::GitHub => &modules.github,
            HostKind::GitLab => &modules.gitlab,
            HostKind::BitbucketCloud => &modules.bitbucket_cloud,
            HostKind::BitbucketServer => &modules.bitbucket_server,
            HostKind::Gitea => &modules.gitea,
            HostKind::Azure => &modules.azure,
        };
        module.webhook_secret.as_ref()
    }
}
