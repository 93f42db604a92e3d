use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use upstream::integrations::{
    AzureCredential, AzureIntegration, BitbucketCloudIntegration, BitbucketServerIntegration, GitHubApp,
    GitHubIntegration, GitLabIntegration, GiteaIntegration, Integrations,
};
use url::Url;

use super::backend::{hidden, hidden_always};

/// `integrations`: Git hosts, in Backstage's shape. The public ones are known without being named.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct IntegrationsSection {
    pub github: Vec<GitHubConfig>,
    pub gitlab: Vec<GitLabConfig>,
    pub bitbucket_cloud: Vec<BitbucketCloudConfig>,
    pub bitbucket_server: Vec<BitbucketServerConfig>,
    pub gitea: Vec<GiteaConfig>,
    pub azure: Vec<AzureConfig>,
}

/// `integrations.github[]`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GitHubConfig {
    pub host: String,
    pub api_base_url: Option<Url>,
    pub raw_base_url: Option<Url>,
    #[serde(serialize_with = "hidden")]
    pub token: Option<SecretString>,
    pub apps: Vec<GitHubAppConfig>,
}

/// `integrations.github[].apps[]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GitHubAppConfig {
    pub app_id: u64,
    #[serde(serialize_with = "hidden_always")]
    pub private_key: SecretString,
    #[serde(default, serialize_with = "hidden")]
    pub webhook_secret: Option<SecretString>,
    #[serde(default)]
    pub client_id: Option<String>,
    #[serde(default, serialize_with = "hidden")]
    pub client_secret: Option<SecretString>,
    #[serde(default)]
    pub allowed_installation_owners: Vec<String>,
}

/// `integrations.gitlab[]`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GitLabConfig {
    pub host: String,
    pub api_base_url: Option<Url>,
    pub base_url: Option<Url>,
    #[serde(serialize_with = "hidden")]
    pub token: Option<SecretString>,
}

/// `integrations.bitbucketCloud[]`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BitbucketCloudConfig {
    pub username: Option<String>,
    #[serde(serialize_with = "hidden")]
    pub app_password: Option<SecretString>,
    #[serde(serialize_with = "hidden")]
    pub token: Option<SecretString>,
}

/// `integrations.bitbucketServer[]`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BitbucketServerConfig {
    pub host: String,
    pub api_base_url: Option<Url>,
    #[serde(serialize_with = "hidden")]
    pub token: Option<SecretString>,
    pub username: Option<String>,
    #[serde(serialize_with = "hidden")]
    pub password: Option<SecretString>,
}

/// `integrations.gitea[]`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GiteaConfig {
    pub host: String,
    pub base_url: Option<Url>,
    pub username: Option<String>,
    #[serde(serialize_with = "hidden")]
    pub password: Option<SecretString>,
}

/// `integrations.azure[]`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AzureConfig {
    pub host: String,
    pub credentials: Vec<AzureCredentialConfig>,
}

/// `integrations.azure[].credentials[]`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AzureCredentialConfig {
    #[serde(serialize_with = "hidden_always")]
    pub personal_access_token: SecretString,
    #[serde(default)]
    pub organizations: Vec<String>,
}

impl IntegrationsSection {
    /// As the client of these hosts wants it, with the public hosts.
    pub fn integrations(&self) -> Integrations {
        Integrations {
            github: self.github.iter().cloned().map(Into::into).collect(),
            gitlab: self.gitlab.iter().cloned().map(Into::into).collect(),
            bitbucket_cloud: self.bitbucket_cloud.iter().cloned().map(Into::into).collect(),
            bitbucket_server: self.bitbucket_server.iter().cloned().map(Into::into).collect(),
            gitea: self.gitea.iter().cloned().map(Into::into).collect(),
            azure: self.azure.iter().cloned().map(Into::into).collect(),
        }
        .with_public_hosts()
    }
}

impl From<GitHubConfig> for GitHubIntegration {
    fn from(config: GitHubConfig) -> Self {
        let GitHubConfig { host, api_base_url, raw_base_url, token, apps } = config;
        Self { host, api_base_url, raw_base_url, token, apps: apps.into_iter().map(Into::into).collect() }
    }
}

impl From<GitHubAppConfig> for GitHubApp {
    fn from(config: GitHubAppConfig) -> Self {
        let GitHubAppConfig {
            app_id,
            private_key,
            webhook_secret,
            client_id,
            client_secret,
            allowed_installation_owners,
        } = config;
        Self { app_id, private_key, webhook_secret, client_id, client_secret, allowed_installation_owners }
    }
}

impl From<GitLabConfig> for GitLabIntegration {
    fn from(GitLabConfig { host, api_base_url, base_url, token }: GitLabConfig) -> Self {
        Self { host, api_base_url, base_url, token }
    }
}

impl From<BitbucketCloudConfig> for BitbucketCloudIntegration {
    fn from(BitbucketCloudConfig { username, app_password, token }: BitbucketCloudConfig) -> Self {
        Self { api_base_url: None, username, app_password, token }
    }
}

impl From<BitbucketServerConfig> for BitbucketServerIntegration {
    fn from(config: BitbucketServerConfig) -> Self {
        let BitbucketServerConfig { host, api_base_url, token, username, password } = config;
        Self { host, api_base_url, token, username, password }
    }
}

impl From<GiteaConfig> for GiteaIntegration {
    fn from(GiteaConfig { host, base_url, username, password }: GiteaConfig) -> Self {
        Self { host, base_url, username, password }
    }
}

impl From<AzureConfig> for AzureIntegration {
    fn from(AzureConfig { host, credentials }: AzureConfig) -> Self {
        let credential = |AzureCredentialConfig { personal_access_token, organizations }| AzureCredential {
            personal_access_token,
            organizations,
        };
        Self { host, base_url: None, credentials: credentials.into_iter().map(credential).collect() }
    }
}
