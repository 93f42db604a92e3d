//! Signing in and out: what the visitor's browser is led through. Who somebody is decides `identity`.

mod begin_sign_in;
mod complete_sign_in;
mod directory;
mod identify;
mod prune;
mod return_to;
pub(crate) mod tokens;
mod visitor;

use std::{sync::Arc, time::Duration};

use axum::http::StatusCode;
use identity::{Person, SessionStore, SignInProvider, SignInSettings};
use time::Duration as SessionDuration;
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};
use upstream::Upstream;

pub(crate) use self::{
    begin_sign_in::begin_sign_in,
    complete_sign_in::complete_sign_in,
    directory::CatalogDirectory,
    identify::{Unidentified, identify},
    prune::prune,
    return_to::own_page,
};
use crate::config::{BaseUrl, Config, Provider};

/// Where a session keeps the sign-ins that have begun.
const PENDING_KEY: &str = "pending";
/// Sign-ins that may be under way in one browser: tabs.
const MAX_PENDING: usize = 5;
/// How long somebody may take at the provider, in seconds.
const PENDING_SECONDS: i64 = 600;

/// How visitors sign in, if they can.
#[derive(Clone)]
pub struct SignIn {
    providers: Arc<[ConfiguredProvider]>,
    /// Sessions of visitors.
    pub sessions: SessionStore,
    absolute_timeout: Duration,
}

struct ConfiguredProvider {
    way: SignInProvider,
    config: Provider,
}

/// Why the sign-in page is shown again; part of its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It took too long, or was begun in another browser.
    Expired,
    /// The provider said no, or the person did.
    Denied,
    /// Not on the list of who may come in.
    NotAllowed,
    /// The provider can't be used.
    Provider,
}

impl Refusal {
    fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Denied => "denied",
            Self::NotAllowed => "not-allowed",
            Self::Provider => "provider",
        }
    }
}

impl SignIn {
    /// The providers of the configuration.
    pub fn new(providers: Vec<Provider>, sessions: SessionStore, upstream: &Upstream, config: &Config) -> Self {
        let provider = |config: Provider| ConfiguredProvider {
            way: SignInProvider::new(config.settings.clone(), upstream.clone()),
            config,
        };
        Self {
            providers: providers.into_iter().map(provider).collect(),
            sessions,
            absolute_timeout: config.auth.session.absolute_timeout,
        }
    }

    /// True if there is a way to sign in.
    pub fn is_possible(&self) -> bool {
        !self.providers.is_empty()
    }

    /// Name and title of each way.
    pub fn ways(&self) -> Vec<(String, String)> {
        self.providers.iter().map(|known| (known.way.name().to_owned(), known.config.title.clone())).collect()
    }

    /// Origins of the providers that offer to end their session: a form that signs out ends there.
    pub fn origins(&self) -> Vec<String> {
        let origin = |known: &ConfiguredProvider| match &known.config.settings {
            SignInSettings::Oidc(settings) => Some(settings.metadata_url.origin().ascii_serialization()),
            SignInSettings::Github(_) => None,
        };
        self.providers.iter().filter_map(origin).collect()
    }

    /// Title of a provider; its name where it is not configured any more.
    pub fn title(&self, provider: &str) -> String {
        self.provider(provider).map_or_else(|| provider.to_owned(), |known| known.config.title.clone())
    }

    /// Where the provider of a session ends its own, if it offers that.
    pub async fn end_session(&self, provider: &str, id_token: &str, base_url: &BaseUrl) -> Option<String> {
        let back = format!("{}/sign-in", base_url.to_string().trim_end_matches('/')).parse().ok()?;
        let address = self.provider(provider)?.way.end_session(id_token, &back).await?;
        Some(address.to_string())
    }

    /// True for a provider that is configured.
    pub fn has(&self, provider: &str) -> bool {
        self.provider(provider).is_some()
    }

    fn provider(&self, name: &str) -> Option<&ConfiguredProvider> {
        self.providers.iter().find(|known| known.way.name() == name)
    }
}

impl ConfiguredProvider {
    fn admits(&self, person: &Person) -> bool {
        self.config.admits(person.email.as_deref().filter(|_| person.email_verified), &person.groups)
    }
}

/// Keeps a visitor's session by a cookie that scripts can't read and other sites' pages don't send along.
pub(crate) fn session_layer(sign_in: &SignIn, config: &Config) -> SessionManagerLayer<SessionStore> {
    let is_https = config.app.base_url.is_https();
    let idle = SessionDuration::try_from(config.auth.session.idle_timeout).unwrap_or(SessionDuration::HOUR);
    SessionManagerLayer::new(sign_in.sessions.clone())
        // With this prefix a browser takes it only from this host, over https.
        .with_name(if is_https { "__Host-callboard-session" } else { "callboard-session" })
        .with_secure(is_https)
        .with_http_only(true)
        // The provider leads back by a link of another site, with which a strict cookie would not come.
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(idle))
}

/// Leads to the sign-in page, which says why.
fn lead_to_sign_in(base_url: &BaseUrl, refusal: Refusal) -> axum::response::Response {
    found(&format!("{}/sign-in?error={}", base_url.path(), refusal.as_str()))
}

fn found(location: &str) -> axum::response::Response {
    use axum::{http::header, response::IntoResponse as _};
    let no_store = (header::CACHE_CONTROL, "no-store".to_owned());
    (StatusCode::SEE_OTHER, [(header::LOCATION, location.to_owned()), no_store]).into_response()
}

fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
