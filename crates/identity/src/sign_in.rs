use upstream::Upstream;
use url::Url;

use crate::{
    Person,
    github::{GithubProvider, GithubSettings},
    provider::{Begun, OidcProvider, OidcSettings, Pending, SignInError},
};

/// A provider as configured, by its protocol.
#[derive(Clone, Debug)]
pub enum SignInSettings {
    /// OpenID Connect.
    Oidc(OidcSettings),
    /// GitHub's way of OAuth 2.
    Github(GithubSettings),
}

/// A provider at which people sign in.
#[derive(Debug)]
pub enum SignInProvider {
    /// By OpenID Connect.
    Oidc(Box<OidcProvider>),
    /// By GitHub's way of OAuth 2.
    Github(Box<GithubProvider>),
}

impl SignInSettings {
    /// Names the provider in addresses and in the configuration.
    pub fn name(&self) -> &str {
        match self {
            Self::Oidc(settings) => &settings.name,
            Self::Github(settings) => &settings.name,
        }
    }

    /// Where the provider is.
    pub fn url(&self) -> &Url {
        match self {
            Self::Oidc(settings) => &settings.metadata_url,
            Self::Github(settings) => &settings.url,
        }
    }

    /// Where the provider leads back to.
    pub fn redirect_url(&self) -> &Url {
        match self {
            Self::Oidc(settings) => &settings.redirect_url,
            Self::Github(settings) => &settings.redirect_url,
        }
    }
}

impl SignInProvider {
    /// A provider that has not been asked yet: it need not be up when Callboard starts.
    pub fn new(settings: SignInSettings, upstream: Upstream) -> Self {
        match settings {
            SignInSettings::Oidc(settings) => Self::Oidc(Box::new(OidcProvider::new(settings, upstream))),
            SignInSettings::Github(settings) => Self::Github(Box::new(GithubProvider::new(settings, upstream))),
        }
    }

    /// Names it.
    pub fn name(&self) -> &str {
        match self {
            Self::Oidc(provider) => provider.name(),
            Self::Github(provider) => provider.name(),
        }
    }

    /// Begins a sign-in.
    ///
    /// # Errors
    /// [`SignInError::Provider`].
    pub async fn begin(&self, return_to: String, now: i64) -> Result<Begun, SignInError> {
        match self {
            Self::Oidc(provider) => provider.begin(return_to, now).await,
            Self::Github(provider) => Ok(provider.begin(return_to, now)),
        }
    }

    /// Ends a sign-in with the code that the provider gave the visitor: who it is, and the ID token; empty where the protocol has none.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn complete(&self, code: String, pending: Pending) -> Result<(Person, String), SignInError> {
        match self {
            Self::Oidc(provider) => provider.complete(code, pending).await,
            Self::Github(provider) => Ok((provider.complete(code, pending).await?, String::new())),
        }
    }

    /// Where the provider ends its own session, if it offers that; it leads back to `return_to`.
    pub async fn end_session(&self, id_token: &str, return_to: &Url) -> Option<Url> {
        match self {
            Self::Oidc(provider) => provider.end_session(id_token, return_to).await,
            Self::Github(_) => None,
        }
    }
}
