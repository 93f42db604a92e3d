//! GitHub Apps: from a private key to a token for one owner's repositories.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::Method;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Mutex as AsyncMutex;
use url::Url;

use crate::client::{Outgoing, Upstream};
use crate::error::UpstreamError;
use crate::integrations::{GitHubApp, GitHubIntegration, api, bearer};
use crate::pages::{api_get, parse};

/// A token is renewed when it has less than this left; GitHub gives it an hour.
const RENEW_BEFORE: Duration = Duration::from_mins(5);
/// How long the list of an app's installations is believed.
const INSTALLATIONS_FRESH: Duration = Duration::from_mins(10);
/// GitHub takes no JWT of more than ten minutes; a minute back for clocks that differ.
const JWT_LIFETIME: Duration = Duration::from_mins(9);

/// The integration's host and the app's number.
type AppKey = (String, u64);

/// What is known of all apps.
#[derive(Default)]
pub(crate) struct Apps {
    known: Mutex<HashMap<AppKey, Arc<AsyncMutex<App>>>>,
}

#[derive(Default)]
struct App {
    installations: Option<(SystemTime, Vec<Installation>)>,
    tokens: HashMap<u64, (SecretString, SystemTime)>,
}

#[derive(Clone, Deserialize)]
struct Installation {
    id: u64,
    account: Account,
    suspended_at: Option<String>,
}

#[derive(Clone, Deserialize)]
struct Account {
    // An enterprise has a slug instead.
    #[serde(alias = "slug")]
    login: String,
}

#[derive(Deserialize)]
struct AccessToken {
    token: String,
    expires_at: String,
}

impl Apps {
    fn of(&self, host: &str, app_id: u64) -> Arc<AsyncMutex<App>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(known.entry((host.to_owned(), app_id)).or_default())
    }
}

impl Upstream {
    /// The token for an owner's repositories: of the first app that is installed there, else the personal one.
    pub(crate) async fn github_token(
        &self,
        integration: &GitHubIntegration,
        owner: &str,
    ) -> Result<Option<SecretString>, UpstreamError> {
        for app in &integration.apps {
            let allowed = &app.allowed_installation_owners;
            if (allowed.is_empty() || allowed.iter().any(|name| name.eq_ignore_ascii_case(owner)))
                && let Some(token) = self.installation_token(integration, app, owner).await?
            {
                return Ok(Some(token));
            }
        }
        Ok(integration.token.clone())
    }

    async fn installation_token(
        &self,
        integration: &GitHubIntegration,
        config: &GitHubApp,
        owner: &str,
    ) -> Result<Option<SecretString>, UpstreamError> {
        let app = self.apps().of(&integration.host, config.app_id);
        // Held over the requests: many files are read at once, one token is enough for them.
        let mut app = app.lock().await;
        let now = SystemTime::now();
        let base = integration.api()?;
        let fresh = app
            .installations
            .as_ref()
            .filter(|(at, _)| now.duration_since(*at).is_ok_and(|age| age < INSTALLATIONS_FRESH));
        let installations = if let Some((_, installations)) = fresh {
            installations.clone()
        } else {
            let url = api(&base, ["app", "installations"], &[("per_page", "100")]);
            let auth = bearer(&jwt(config, now)?);
            let most = 100 * self.limits().listing_pages;
            let found: Vec<Installation> = self.linked_pages(url, Some(&auth), most, "installations").await?;
            app.installations = Some((now, found.clone()));
            found
        };
        let of_owner =
            |one: &&Installation| one.account.login.eq_ignore_ascii_case(owner) && one.suspended_at.is_none();
        let Some(id) = installations.iter().find(of_owner).map(|one| one.id) else {
            return Ok(None);
        };
        if let Some((token, expires)) = app.tokens.get(&id)
            && now + RENEW_BEFORE < *expires
        {
            return Ok(Some(token.clone()));
        }
        let url = api(&base, ["app", "installations", &id.to_string(), "access_tokens"], &[]);
        let new = self.new_token(&url, &bearer(&jwt(config, now)?)).await?;
        // A time that cannot be read means: use it now, and ask again the next time.
        let expires = new.expires_at.parse::<jiff::Timestamp>().map_or(now, SystemTime::from);
        let token = SecretString::from(new.token);
        app.tokens.insert(id, (token.clone(), expires));
        Ok(Some(token))
    }

    async fn new_token(&self, url: &Url, auth: &SecretString) -> Result<AccessToken, UpstreamError> {
        let get = api_get(url, Some(auth), "application/vnd.github+json");
        let body = Some(bytes::Bytes::from_static(b"{}"));
        let answer =
            self.send(Outgoing { get: &get, method: Method::POST, body, limit: self.limits().body_bytes }).await?;
        parse(url, &answer)
    }
}

/// The app's own token (RFC 7519, RS256), good for a few minutes.
fn jwt(app: &GitHubApp, now: SystemTime) -> Result<SecretString, UpstreamError> {
    let wrong = |what: &str| UpstreamError::Setup(format!("the private key of GitHub App {} {what}", app.app_id));
    let key = PrivateKeyDer::from_pem_slice(app.private_key.expose_secret().as_bytes())
        .map_err(|_| wrong("is no PEM; give the file that GitHub made"))?;
    let key = match &key {
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        _ => return Err(wrong("is no RSA key")),
    }
    .map_err(|_| wrong("is no RSA key of at least 2048 bits"))?;
    let seconds = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let claims = json!({ "iat": seconds.saturating_sub(60), "exp": seconds + JWT_LIFETIME.as_secs() - 60, "iss": app.app_id.to_string() });
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","typ":"JWT"}"#);
    let signed = format!("{header}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
        .map_err(|_| wrong("cannot sign"))?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)).into())
}

#[cfg(test)]
mod tests {
    use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

    use super::*;

    fn app(private_key: &str) -> GitHubApp {
        GitHubApp {
            app_id: 7,
            private_key: private_key.into(),
            webhook_secret: None,
            client_id: None,
            client_secret: None,
            allowed_installation_owners: Vec::new(),
        }
    }

    #[test]
    fn a_jwt_is_signed_by_the_apps_key() {
        for pem in
            [include_str!("../tests/upstream/test-key-pkcs1.pem"), include_str!("../tests/upstream/test-key-pkcs8.pem")]
        {
            let jwt = jwt(&app(pem), UNIX_EPOCH + Duration::from_secs(1_700_000_000)).unwrap();
            let (signed, signature) = jwt.expose_secret().rsplit_once('.').unwrap();
            let key = match PrivateKeyDer::from_pem_slice(pem.as_bytes()).unwrap() {
                PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).unwrap(),
                PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).unwrap(),
                _ => panic!("a key"),
            };
            let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key.public().as_ref());
            public.verify(signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
            let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap();
            let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
            assert_eq!(claims, serde_json::json!({ "exp": 1_700_000_480, "iat": 1_699_999_940, "iss": "7" }));
        }
    }

    #[test]
    fn a_wrong_key_is_told_without_showing_it() {
        for key in ["", "hidden", "-----BEGIN RSA PRIVATE KEY-----\naGlkZGVu\n-----END RSA PRIVATE KEY-----"] {
            let error = jwt(&app(key), SystemTime::now()).unwrap_err();
            assert!(error.to_string().contains("GitHub App 7") && !error.to_string().contains("hidden"), "{error}");
        }
    }
}
