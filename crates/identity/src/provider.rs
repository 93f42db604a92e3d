//! Sign-in at an OpenID provider.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use openidconnect::{
    AccessToken, AdditionalClaims, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, IdTokenFields, IssuerUrl, LogoutRequest,
    Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier, PostLogoutRedirectUrl,
    ProviderMetadataWithLogout, RedirectUrl, Scope, SignatureVerificationError, StandardErrorResponse,
    StandardTokenResponse, TokenResponse as _, UserInfoClaims,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim,
        CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::RwLock;
use upstream::Upstream;
use url::Url;

use crate::{Person, exchange::Http};

/// How long metadata and keys count as current.
const METADATA_AGE: Duration = Duration::from_hours(1);
/// Groups of a claim that are kept.
const MAX_GROUPS: usize = 500;

/// An OpenID provider as configured.
#[derive(Clone, Debug)]
pub struct OidcSettings {
    /// Names it in addresses and in the configuration.
    pub name: String,
    /// Its issuer, or the address of its discovery document.
    pub metadata_url: Url,
    /// Who we are to it.
    pub client_id: String,
    /// Proves it; a public client has none.
    pub client_secret: Option<SecretString>,
    /// Asked for besides `openid`.
    pub scopes: Vec<String>,
    /// The claim that lists groups, if one does.
    pub groups_claim: Option<String>,
    /// Where the provider leads back to.
    pub redirect_url: Url,
}

/// A provider, with what it says of itself.
#[derive(Debug)]
pub struct OidcProvider {
    settings: OidcSettings,
    http: Http,
    discovered: RwLock<Option<(Instant, Arc<Discovered>)>>,
}

/// Where the visitor is sent, and what has to be known when they come back.
#[derive(Debug)]
pub struct Begun {
    /// At the provider.
    pub address: Url,
    /// For the session.
    pub pending: Pending,
}

/// A sign-in that has begun. It is used once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pending {
    /// The configured provider.
    pub provider: String,
    /// Names the sign-in on the way back.
    pub state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
    /// The page of ours that the visitor came from: path and query.
    pub return_to: String,
    /// When, in seconds since 1970.
    pub since: i64,
}

/// Why somebody is not signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The provider can't be asked, or answers nonsense.
    #[error("the sign-in provider `{provider}` can not be used now: {why}")]
    Provider {
        /// Names it.
        provider: String,
        /// For the operator.
        why: String,
    },
    /// What the provider vouches with is not right.
    #[error("what the sign-in provider `{provider}` answered is not valid: {why}")]
    Invalid {
        /// Names it.
        provider: String,
        /// For the operator.
        why: String,
    },
}

type Discovered = ProviderMetadataWithLogout;
type Fields = IdTokenFields<
    Extra,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;
type Client = openidconnect::Client<
    Extra,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Claims that the standard does not name.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Extra(Map<String, Value>);

impl AdditionalClaims for Extra {}

/// What [`OidcProvider::complete`] gives besides the person.
type IdToken = String;

impl OidcProvider {
    /// A provider that has not been asked yet: it need not be up when Callboard starts.
    pub fn new(settings: OidcSettings, upstream: Upstream) -> Self {
        Self { settings, http: Http(upstream), discovered: RwLock::default() }
    }

    /// Names it.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Begins a sign-in.
    ///
    /// # Errors
    /// [`SignInError::Provider`].
    pub async fn begin(&self, return_to: String, now: i64) -> Result<Begun, SignInError> {
        let client = self.client(&*self.metadata(false).await?);
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = self.settings.scopes.iter().cloned().map(Scope::new);
        let (address, state, nonce) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
            .add_scopes(scopes)
            .set_pkce_challenge(challenge)
            .url();
        let pending = Pending {
            provider: self.settings.name.clone(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
            return_to,
            since: now,
        };
        Ok(Begun { address, pending })
    }

    /// Ends a sign-in with the code that the provider gave the visitor: who it is, and the ID token.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn complete(&self, code: String, pending: Pending) -> Result<(Person, IdToken), SignInError> {
        let mut metadata = self.metadata(false).await?;
        let mut client = self.client(&metadata);
        let request = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(|error| self.unusable(&error))?
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier));
        let tokens = request.request_async(&self.http).await.map_err(|error| self.invalid(&error))?;
        let id_token = tokens.id_token().ok_or_else(|| self.invalid(&"it gave no ID token"))?;
        let nonce = Nonce::new(pending.nonce);
        let mut claims = id_token.claims(&client.id_token_verifier(), &nonce);
        if let Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey)) = claims {
            // Its keys have changed.
            metadata = self.metadata(true).await?;
            client = self.client(&metadata);
            claims = id_token.claims(&client.id_token_verifier(), &nonce);
        }
        let claims = claims.map_err(|error| self.invalid(&error))?;
        let of_token = self.of_claims(&serde_json::to_value(claims).unwrap_or_default())?;
        let of_user = self.userinfo(&client, tokens.access_token(), &of_token).await?;
        Ok((
            of_user.map_or_else(|| of_token.clone(), |of_user| of_token.clone().filled_from(of_user)),
            id_token.to_string(),
        ))
    }

    /// Where the provider ends its own session, if it offers that; it leads back to `return_to`.
    pub async fn end_session(&self, id_token: &str, return_to: &Url) -> Option<Url> {
        let metadata = self.metadata(false).await.ok()?;
        let end = metadata.additional_metadata().end_session_endpoint.clone()?;
        let back = PostLogoutRedirectUrl::new(return_to.to_string()).ok()?;
        let mut address = LogoutRequest::from(end)
            .set_client_id(ClientId::new(self.settings.client_id.clone()))
            .set_post_logout_redirect_uri(back)
            .http_get_url();
        address.query_pairs_mut().append_pair("id_token_hint", id_token);
        Some(address)
    }

    async fn metadata(&self, is_stale: bool) -> Result<Arc<Discovered>, SignInError> {
        if !is_stale
            && let Some((since, known)) = &*self.discovered.read().await
            && since.elapsed() < METADATA_AGE
        {
            return Ok(Arc::clone(known));
        }
        let issuer = self.settings.metadata_url.as_str().trim_end_matches("/.well-known/openid-configuration");
        // Issuers are compared letter by letter, and most are written without the slash that a URL's empty path has.
        let issuer = if self.settings.metadata_url.path() == "/" { issuer.trim_end_matches('/') } else { issuer };
        let issuer = IssuerUrl::new(issuer.to_owned()).map_err(|error| self.unusable(&error))?;
        let discovering = Discovered::discover_async(issuer, &self.http).await;
        let discovered = Arc::new(discovering.map_err(|error| self.unusable(&error))?);
        *self.discovered.write().await = Some((Instant::now(), Arc::clone(&discovered)));
        Ok(discovered)
    }

    fn client(&self, metadata: &Discovered) -> Client {
        let secret = self.settings.client_secret.as_ref();
        let secret = secret.map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
        Client::from_provider_metadata(metadata.clone(), ClientId::new(self.settings.client_id.clone()), secret)
            .set_redirect_uri(RedirectUrl::from_url(self.settings.redirect_url.clone()))
    }

    async fn userinfo(
        &self,
        client: &Client,
        token: &AccessToken,
        expected: &Person,
    ) -> Result<Option<Person>, SignInError> {
        let subject = openidconnect::SubjectIdentifier::new(expected.subject.clone());
        // A provider without it has told all in the ID token.
        let Ok(request) = client.user_info(token.clone(), Some(subject)) else { return Ok(None) };
        let claims: UserInfoClaims<Extra, CoreGenderClaim> =
            request.request_async(&self.http).await.map_err(|error| self.invalid(&error))?;
        let mut claims = serde_json::to_value(claims).unwrap_or_default();
        claims["iss"] = expected.issuer.clone().into();
        self.of_claims(&claims).map(Some)
    }

    fn of_claims(&self, claims: &Value) -> Result<Person, SignInError> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let (Some(issuer), Some(subject)) = (text("iss"), text("sub")) else {
            return Err(self.invalid(&"it does not say who it is: `iss` or `sub` is missing"));
        };
        let groups = self.settings.groups_claim.as_ref().and_then(|claim| claims.get(claim));
        let groups = groups.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let user_name = text("preferred_username");
        Ok(Person {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
            name: text("name").or(user_name).unwrap_or(subject).to_owned(),
            user_name: user_name.map(str::to_owned),
            email: text("email").map(str::to_owned),
            email_verified: claims.get("email_verified").and_then(Value::as_bool).unwrap_or(false),
            groups: groups.iter().filter_map(Value::as_str).take(MAX_GROUPS).map(str::to_owned).collect(),
        })
    }

    fn unusable(&self, why: &dyn std::fmt::Display) -> SignInError {
        SignInError::Provider { provider: self.settings.name.clone(), why: why.to_string() }
    }

    fn invalid(&self, why: &dyn std::fmt::Display) -> SignInError {
        SignInError::Invalid { provider: self.settings.name.clone(), why: why.to_string() }
    }
}

impl Person {
    /// With what userinfo tells besides.
    fn filled_from(self, other: Self) -> Self {
        let is_named = self.name != self.subject;
        let (email, email_verified) = match self.email {
            Some(email) => (Some(email), self.email_verified),
            None => (other.email, other.email_verified),
        };
        Self {
            name: if is_named { self.name } else { other.name },
            user_name: self.user_name.or(other.user_name),
            email,
            email_verified,
            groups: if self.groups.is_empty() { other.groups } else { self.groups },
            ..self
        }
    }
}
