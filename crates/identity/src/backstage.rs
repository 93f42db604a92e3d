//! Users of a Backstage, by the tokens that it gives them.

use std::time::{Duration, Instant};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Method, Request, StatusCode, header};
use model::entity_ref::EntityRef;
use openidconnect::{
    JsonWebKey as _, JsonWebKeyId,
    core::{CoreJsonWebKey, CoreJsonWebKeySet, CoreJwsSigningAlgorithm},
};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::sync::Mutex;
use upstream::Upstream;
use url::Url;

use crate::{exchange::Http, sessions::now};

/// How long keys count as current.
const KEYS_AGE: Duration = Duration::from_hours(1);
/// At most so often keys are fetched for the sake of one that is unknown.
const UNKNOWN_KEY_PAUSE: Duration = Duration::from_secs(10);
/// Characters of a token: Backstage's are some hundred, more with many groups.
const MAX_TOKEN: usize = 16 * 1024;
/// Seconds by which clocks may differ.
const CLOCK_SKEW: i64 = 30;
/// `typ` of a user's token; that of a service is another.
const USER_TOKEN: &str = "vnd.backstage.user";
/// `aud` of all of them.
const AUDIENCE: &str = "backstage";

/// Why a token names nobody.
#[derive(Debug, thiserror::Error)]
pub enum BackstageTokenError {
    /// It is not valid.
    #[error("the token of Backstage's user is not valid: {0}")]
    Invalid(String),
    /// The keys of that Backstage can't be had.
    #[error("the keys of {backstage} can not be read: {why}")]
    Keys {
        /// Its address.
        backstage: String,
        /// What went wrong.
        why: String,
    },
}

/// A Backstage whose users' tokens are believed.
pub struct BackstageUsers {
    base_url: Url,
    http: Http,
    keys: Mutex<Option<(Instant, CoreJsonWebKeySet)>>,
}

#[derive(Deserialize)]
struct Header {
    alg: CoreJwsSigningAlgorithm,
    #[serde(default)]
    typ: String,
    kid: JsonWebKeyId,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    #[serde(default)]
    aud: Audience,
    exp: i64,
    #[serde(default)]
    iat: i64,
}

#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Audience {
    #[default]
    None,
    One(String),
    Many(Vec<String>),
}

impl BackstageUsers {
    /// The users of the Backstage whose backend is at this address. It is not asked before somebody comes.
    pub fn new(base_url: Url, upstream: Upstream) -> Self {
        Self { base_url, http: Http(upstream), keys: Mutex::default() }
    }

    /// The issuer of its users.
    pub fn issuer(&self) -> String {
        self.base_url.as_str().trim_end_matches('/').to_owned()
    }

    /// The canonical ref of the user whom a token names.
    ///
    /// # Errors
    /// [`BackstageTokenError`].
    pub async fn verify(&self, token: &str) -> Result<String, BackstageTokenError> {
        let invalid = |why: &str| BackstageTokenError::Invalid(why.to_owned());
        if token.len() > MAX_TOKEN {
            return Err(invalid("it is too long"));
        }
        let (signed, signature) = token.rsplit_once('.').ok_or_else(|| invalid("it is no JSON Web Token"))?;
        let (header, claims) = signed.split_once('.').ok_or_else(|| invalid("it is no JSON Web Token"))?;
        let header: Header = part(header).ok_or_else(|| invalid("its head can not be read"))?;
        if header.typ != USER_TOKEN {
            return Err(invalid("it is not that of a user"));
        }
        if !is_asymmetric(&header.alg) {
            return Err(invalid("it is not signed by a key pair"));
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| invalid("its signature can not be read"))?;
        let key = self.key(&header.kid).await?.ok_or_else(|| invalid("it is signed by a key that is not published"))?;
        key.verify_signature(&header.alg, signed.as_bytes(), &signature)
            .map_err(|error| BackstageTokenError::Invalid(error.to_string()))?;
        let claims: Claims = part(claims).ok_or_else(|| invalid("its claims can not be read"))?;
        let is_for_backstage = match &claims.aud {
            Audience::None => false,
            Audience::One(audience) => audience == AUDIENCE,
            Audience::Many(audiences) => audiences.iter().any(|audience| audience == AUDIENCE),
        };
        if !is_for_backstage {
            return Err(invalid("it is meant for somebody else"));
        }
        let now = now();
        if claims.exp <= now - CLOCK_SKEW {
            return Err(invalid("it has expired"));
        }
        if claims.iat > now + CLOCK_SKEW {
            return Err(invalid("it is from the future"));
        }
        let user = EntityRef::parse_full(&claims.sub).map_err(|_| invalid("its subject is no entity ref"))?;
        if !user.kind.eq_ignore_ascii_case("user") {
            return Err(invalid("its subject is no user"));
        }
        Ok(user.canonical())
    }

    /// A published key. Keys rotate: one that is unknown has them fetched again, though not by every token that somebody makes up.
    async fn key(&self, id: &JsonWebKeyId) -> Result<Option<CoreJsonWebKey>, BackstageTokenError> {
        let of = |keys: &CoreJsonWebKeySet| keys.keys().iter().find(|key| key.key_id() == Some(id)).cloned();
        let mut kept = self.keys.lock().await;
        let known = kept.as_ref().and_then(|(fetched, keys)| Some((*fetched, of(keys)?)));
        let age = kept.as_ref().map(|(fetched, _)| fetched.elapsed());
        match (known, age) {
            (Some((_, key)), Some(age)) if age < KEYS_AGE => return Ok(Some(key)),
            (None, Some(age)) if age < UNKNOWN_KEY_PAUSE => return Ok(None),
            (known, _) => match self.fetch().await {
                Ok(keys) => *kept = Some((Instant::now(), keys)),
                // It was down or away for a while: a key that was published does not become wrong by that.
                Err(error) if known.is_some() => {
                    tracing::warn!(%error, "older keys count on");
                    return Ok(known.map(|(_, key)| key));
                }
                Err(error) => return Err(error),
            },
        }
        Ok(kept.as_ref().and_then(|(_, keys)| of(keys)))
    }

    async fn fetch(&self) -> Result<CoreJsonWebKeySet, BackstageTokenError> {
        let failed = |why: String| BackstageTokenError::Keys { backstage: self.issuer(), why };
        let request = Request::builder()
            .method(Method::GET)
            .uri(format!("{}/api/auth/.well-known/jwks.json", self.issuer()))
            .header(header::ACCEPT, "application/json")
            .body(Vec::new())
            .map_err(|error| failed(error.to_string()))?;
        let answer = self.http.send(request).await.map_err(|error| failed(error.to_string()))?;
        if answer.status() != StatusCode::OK {
            return Err(failed(format!("it answered with status {}", answer.status())));
        }
        serde_json::from_slice(answer.body()).map_err(|error| failed(format!("they are no JSON Web Keys: {error}")))
    }
}

/// HMAC's key would be the published one, and `none` has none.
fn is_asymmetric(algorithm: &CoreJwsSigningAlgorithm) -> bool {
    use CoreJwsSigningAlgorithm::{
        EcdsaP256Sha256, EcdsaP384Sha384, EdDsa, RsaSsaPkcs1V15Sha256, RsaSsaPkcs1V15Sha384, RsaSsaPkcs1V15Sha512,
        RsaSsaPssSha256, RsaSsaPssSha384, RsaSsaPssSha512,
    };
    matches!(
        algorithm,
        EcdsaP256Sha256
            | EcdsaP384Sha384
            | EdDsa
            | RsaSsaPkcs1V15Sha256
            | RsaSsaPkcs1V15Sha384
            | RsaSsaPkcs1V15Sha512
            | RsaSsaPssSha256
            | RsaSsaPssSha384
            | RsaSsaPssSha512
    )
}

fn part<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}
