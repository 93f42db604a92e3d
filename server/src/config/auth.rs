//! `auth`: who may come in, in Backstage's shape.

use std::{collections::BTreeMap, time::Duration};

use identity::{GithubSettings, OidcSettings, Resolver, SignInSettings};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use upstream::AllowedTarget;
use url::Url;

use super::{BaseUrl, backend::hidden, duration, tokens::TokensSection};

/// `auth`.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AuthSection {
    /// Who may do everything: refs of User entities, or people as logs write them, `SUBJECT at ISSUER`.
    pub admins: Vec<String>,
    pub providers: AuthProviders,
    pub session: SessionSection,
    pub tokens: TokensSection,
}

/// `auth.session`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SessionSection {
    /// A session that nobody uses ends after this time.
    #[serde(with = "duration")]
    pub idle_timeout: Duration,
    /// Every session ends after this time.
    #[serde(with = "duration")]
    pub absolute_timeout: Duration,
    /// How often sessions that have ended, and tokens that expired a month ago, are taken out of the database.
    #[serde(with = "duration")]
    pub prune_interval: Duration,
}

impl Default for SessionSection {
    fn default() -> Self {
        Self {
            idle_timeout: Duration::from_hours(12),
            absolute_timeout: Duration::from_hours(7 * 24),
            prune_interval: Duration::from_hours(1),
        }
    }
}

/// `auth.providers`: each by a name of its own below its kind, where Backstage has the environment.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AuthProviders {
    pub guest: Option<GuestProvider>,
    pub oidc: BTreeMap<String, ProviderConfig>,
    pub github: BTreeMap<String, ProviderConfig>,
    pub google: BTreeMap<String, ProviderConfig>,
    pub gitlab: BTreeMap<String, ProviderConfig>,
    pub microsoft: BTreeMap<String, ProviderConfig>,
}

/// `auth.providers.guest`: who has not signed in may come in as well.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct GuestProvider {}

/// `auth.providers.<kind>.<name>`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ProviderConfig {
    /// On the button of the sign-in page.
    pub title: Option<String>,
    /// Of `oidc`: its issuer, or the address of its discovery document.
    pub metadata_url: Option<Url>,
    /// Of `microsoft`: the tenant's id.
    pub tenant_id: Option<String>,
    /// Of `gitlab`: where it is, if not `https://gitlab.com`.
    pub audience: Option<Url>,
    /// Of `github`: where it is, if not `https://github.com`.
    pub enterprise_instance_url: Option<Url>,
    pub client_id: String,
    #[serde(serialize_with = "hidden")]
    pub client_secret: Option<SecretString>,
    /// Asked for besides `openid`, `email` and `profile`, or what `github` needs.
    pub additional_scopes: Vec<String>,
    /// The claim that lists groups.
    pub groups_claim: Option<String>,
    /// Rules that find the User entity; the first that finds one counts.
    pub sign_in: SignInSection,
    /// Domains whose e-mail addresses this provider answers for.
    pub authoritative_domains: Vec<String>,
    /// Only people with a verified address of these domains, or of `allowedEmails`.
    pub allowed_domains: Vec<String>,
    /// Only people with these verified addresses, or of `allowedDomains`.
    pub allowed_emails: Vec<String>,
    /// Of `github`: members of these organisations, besides.
    pub allowed_organizations: Vec<String>,
}

/// `signIn`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct SignInSection {
    pub resolvers: Vec<Resolver>,
}

/// A provider that can be used.
#[derive(Clone, Debug)]
pub struct Provider {
    pub settings: SignInSettings,
    pub title: String,
    pub config: ProviderConfig,
}

/// A provider can't be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`auth.providers.{path}`: {message}")]
pub struct ProviderError {
    path: String,
    message: String,
}

const GOOGLE: &str = "https://accounts.google.com";
const GITHUB: &str = "https://github.com";
const GITHUB_API: &str = "https://api.github.com";
const GITLAB: &str = "https://gitlab.com";
const MICROSOFT: &str = "https://login.microsoftonline.com";
/// Tenants of Microsoft's that hold people of everywhere, and have no issuer of their own.
const SHARED_TENANTS: [&str; 3] = ["common", "organizations", "consumers"];

impl AuthSection {
    /// True if nobody need sign in: guests are configured, or there is no way to sign in.
    pub fn lets_guests_in(&self) -> bool {
        self.providers.guest.is_some() || self.providers.all().next().is_none()
    }

    /// True if there is a way to sign in.
    pub fn has_providers(&self) -> bool {
        self.providers.all().next().is_some()
    }

    /// The providers, in the order of their kinds and names.
    ///
    /// # Errors
    /// [`ProviderError`] of the first that can't be used.
    pub fn providers(&self, base_url: &BaseUrl) -> Result<Vec<Provider>, ProviderError> {
        self.providers.all().map(|(kind, name, config)| provider(kind, name, config, base_url)).collect()
    }
}

impl AuthProviders {
    fn all(&self) -> impl Iterator<Item = (&'static str, &str, &ProviderConfig)> {
        let kinds = [
            ("oidc", &self.oidc),
            ("github", &self.github),
            ("google", &self.google),
            ("gitlab", &self.gitlab),
            ("microsoft", &self.microsoft),
        ];
        kinds
            .into_iter()
            .flat_map(|(kind, by_name)| by_name.iter().map(move |(name, config)| (kind, name.as_str(), config)))
    }
}

impl Provider {
    /// The hosts that it may be asked at: its own, as it stands in the configuration, and what the public ones have besides.
    pub fn hosts(&self) -> Vec<AllowedTarget> {
        let url = self.settings.url();
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let own = format!("{}{port}", url.host_str().unwrap_or_default());
        let more: &[&str] = match own.as_str() {
            "accounts.google.com" => &["oauth2.googleapis.com", "openidconnect.googleapis.com", "www.googleapis.com"],
            "github.com" => &["api.github.com"],
            "login.microsoftonline.com" => &["graph.microsoft.com"],
            _ => &[],
        };
        let hosts = std::iter::once(own).chain(more.iter().map(|host| (*host).to_owned()));
        hosts.map(|host| AllowedTarget { host, paths: Vec::new() }).collect()
    }

    /// Whether somebody with this verified address, and in these organisations, may come in.
    pub fn admits(&self, verified_email: Option<&str>, organizations: &[String]) -> bool {
        let ProviderConfig { allowed_domains, allowed_emails, allowed_organizations, .. } = &self.config;
        if !self.config.is_listed() {
            return true;
        }
        let is_allowed = |name: &String| allowed_organizations.iter().any(|allowed| allowed.eq_ignore_ascii_case(name));
        if organizations.iter().any(is_allowed) {
            return true;
        }
        verified_email.is_some_and(|email| {
            let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
            allowed_domains.iter().any(|allowed| allowed.eq_ignore_ascii_case(domain))
                || allowed_emails.iter().any(|allowed| allowed.eq_ignore_ascii_case(email))
        })
    }
}

impl ProviderConfig {
    /// True if not everybody with an account at the provider may come in.
    fn is_listed(&self) -> bool {
        !(self.allowed_domains.is_empty() && self.allowed_emails.is_empty() && self.allowed_organizations.is_empty())
    }
}

fn provider(kind: &str, name: &str, config: &ProviderConfig, base_url: &BaseUrl) -> Result<Provider, ProviderError> {
    let wrong = |key: &str, message: &str| ProviderError {
        path: format!("{kind}.{name}{}{key}", if key.is_empty() { "" } else { "." }),
        message: message.to_owned(),
    };
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')) {
        return Err(wrong("", "the name stands in addresses; use letters, digits, `-` and `_`"));
    }
    if config.client_id.is_empty() {
        return Err(wrong("clientId", "it is missing; the provider gives it when Callboard is registered there"));
    }
    let parse = |text: &str| Url::parse(text).map_err(|error| wrong("", &error.to_string()));
    let (metadata_url, title, is_public) = match kind {
        "google" => (parse(GOOGLE)?, "Google", true),
        "gitlab" => {
            let url = config.audience.clone().map_or_else(|| parse(GITLAB), Ok)?;
            let is_public = url.host_str() == Some("gitlab.com");
            (url, "GitLab", is_public)
        }
        "microsoft" => {
            let tenant = config.tenant_id.as_deref().unwrap_or_default();
            if tenant.is_empty() || SHARED_TENANTS.contains(&tenant) {
                return Err(wrong("tenantId", "name your own tenant: in the shared ones anybody has an account"));
            }
            (parse(&format!("{MICROSOFT}/{tenant}/v2.0"))?, "Microsoft", false)
        }
        "github" => {
            let url = config.enterprise_instance_url.clone().map_or_else(|| parse(GITHUB), Ok)?;
            (url, "GitHub", false)
        }
        _ => (config.metadata_url.clone().ok_or_else(|| wrong("metadataUrl", "it is missing"))?, name, false),
    };
    let host = metadata_url.host_str().unwrap_or_default();
    if kind != "github" && !config.allowed_organizations.is_empty() {
        return Err(wrong(
            "allowedOrganizations",
            "only `github` knows organisations; use `allowedDomains` or `allowedEmails`",
        ));
    }
    if host == "github.com" && !config.is_listed() {
        let message = "anybody has an account there; say in `allowedOrganizations`, `allowedDomains` or `allowedEmails` who may come in";
        return Err(wrong("allowedOrganizations", message));
    }
    let is_public = is_public || host == "accounts.google.com" || host == "gitlab.com";
    if is_public && !config.is_listed() {
        let message = "anybody has an account there; say in `allowedDomains` or `allowedEmails` who may come in";
        return Err(wrong("allowedDomains", message));
    }
    let is_local = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
    if metadata_url.scheme() != "https" && !is_local {
        return Err(wrong("metadataUrl", "it must be https: over http anybody on the way could sign in as anybody"));
    }
    let id = format!("{kind}-{name}");
    let redirect = format!("{}/auth/{id}/callback", base_url.to_string().trim_end_matches('/'));
    let redirect_url = parse(&redirect)?;
    let settings = if kind == "github" {
        github(id, metadata_url, redirect_url, config)
    } else {
        let scopes = ["email", "profile"].map(str::to_owned).into_iter().chain(config.additional_scopes.clone());
        SignInSettings::Oidc(OidcSettings {
            name: id,
            metadata_url,
            client_id: config.client_id.clone(),
            client_secret: config.client_secret.clone(),
            scopes: scopes.collect(),
            groups_claim: config.groups_claim.clone(),
            redirect_url,
        })
    };
    let title = config.title.clone().unwrap_or_else(|| title.to_owned());
    Ok(Provider { settings, title, config: config.clone() })
}

/// The API of GitHub has a host of its own, that of an enterprise's a path.
fn github(name: String, url: Url, redirect_url: Url, config: &ProviderConfig) -> SignInSettings {
    let api = match url.host_str() {
        Some("github.com") => GITHUB_API.to_owned(),
        _ => format!("{}/api/v3", url.as_str().trim_end_matches('/')),
    };
    SignInSettings::Github(GithubSettings {
        name,
        url,
        api,
        client_id: config.client_id.clone(),
        client_secret: config.client_secret.clone(),
        scopes: config.additional_scopes.clone(),
        redirect_url,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(yaml: &serde_json::Value) -> AuthSection {
        serde_json::from_value(serde_json::json!({ "providers": yaml })).unwrap()
    }

    fn error(yaml: &serde_json::Value) -> String {
        section(yaml).providers(&"http://127.0.0.1:7007".parse().unwrap()).unwrap_err().to_string()
    }

    #[test]
    fn a_provider_of_everybody_needs_a_list_of_who_may_come_in() {
        use serde_json::json;
        for (kind, more) in [("google", json!({})), ("gitlab", json!({}))] {
            let mut config = json!({ "clientId": "x" });
            config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let message = error(&json!({ kind: { "main": config } }));
            assert!(message.contains("allowedDomains"), "{message}");
        }
        let message = error(&json!({ "github": { "main": { "clientId": "x" } } }));
        assert!(message.starts_with("`auth.providers.github.main.allowedOrganizations`"), "{message}");
        let message = error(&json!({ "google": { "main": { "clientId": "x", "allowedOrganizations": ["acme"] } } }));
        assert!(message.contains("only `github` knows organisations"), "{message}");
        let message = error(&json!({ "microsoft": { "main": { "clientId": "x", "tenantId": "common" } } }));
        assert!(message.starts_with("`auth.providers.microsoft.main.tenantId`"), "{message}");
        let message =
            error(&json!({ "oidc": { "main": { "clientId": "x", "metadataUrl": "http://id.acme.example" } } }));
        assert!(message.contains("must be https"), "{message}");
    }

    #[test]
    fn only_listed_people_are_admitted() {
        let google = serde_json::json!({ "google": { "main": {
            "clientId": "x", "allowedDomains": ["acme.example"], "allowedEmails": ["guest@other.example"],
        } } });
        let provider =
            section(&google).providers(&"https://portal.acme.example/sub".parse().unwrap()).unwrap().remove(0);
        assert_eq!(
            provider.settings.redirect_url().as_str(),
            "https://portal.acme.example/sub/auth/google-main/callback"
        );
        for (email, expected) in [
            (Some("a@ACME.example"), true),
            (Some("guest@other.example"), true),
            (Some("b@other.example"), false),
            (Some("a@acme.example.evil.example"), false),
            (None, false),
        ] {
            assert_eq!(provider.admits(email, &["acme".to_owned()]), expected, "{email:?}");
        }
    }

    #[test]
    fn members_of_listed_organisations_are_admitted_at_github() {
        let github = serde_json::json!({ "github": { "main": { "clientId": "x", "allowedOrganizations": ["Acme"] } } });
        let provider = section(&github).providers(&"https://portal.acme.example".parse().unwrap()).unwrap().remove(0);
        let hosts: Vec<_> = provider.hosts().into_iter().map(|target| target.host).collect();
        assert_eq!(hosts, ["github.com", "api.github.com"]);
        for (organizations, expected) in
            [(vec!["acme"], true), (vec!["other", "ACME"], true), (vec!["acme-evil"], false), (vec![], false)]
        {
            let organizations: Vec<_> = organizations.into_iter().map(str::to_owned).collect();
            assert_eq!(provider.admits(Some("a@acme.example"), &organizations), expected, "{organizations:?}");
        }
    }

    #[test]
    fn guests_come_in_where_there_is_no_other_way_or_it_is_said() {
        use serde_json::json;
        let oidc = json!({ "main": { "clientId": "x", "metadataUrl": "https://id.acme.example" } });
        for (providers, expected) in
            [(json!({}), true), (json!({ "oidc": oidc }), false), (json!({ "oidc": oidc, "guest": {} }), true)]
        {
            assert_eq!(section(&providers).lets_guests_in(), expected, "{providers}");
        }
    }
}
