//! Sign-in at a GitHub: OAuth 2, and what its REST API says of who it is.

use std::pin::Pin;

use http::{HeaderMap, Method, Request, StatusCode, header};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, HttpRequest, HttpResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    TokenResponse as _, TokenUrl,
    basic::{BasicClient, BasicErrorResponseType},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, de::DeserializeOwned};
use upstream::{Upstream, UpstreamError};
use url::Url;

use crate::{
    Person,
    exchange::Http,
    provider::{Begun, Pending, SignInError},
};

/// Organisations that are read, one page of them.
const MAX_ORGANIZATIONS: usize = 100;

/// A GitHub as configured.
#[derive(Clone, Debug)]
pub struct GithubSettings {
    /// Names it in addresses and in the configuration.
    pub name: String,
    /// Where it is, for example `https://github.com`; also the issuer of its people.
    pub url: Url,
    /// Where its REST API is, without a slash at the end.
    pub api: String,
    /// Who we are to it.
    pub client_id: String,
    /// Proves it.
    pub client_secret: Option<SecretString>,
    /// Asked for besides what is needed.
    pub scopes: Vec<String>,
    /// Where it leads back to.
    pub redirect_url: Url,
}

/// A GitHub at which people sign in.
#[derive(Debug)]
pub struct GithubProvider {
    settings: GithubSettings,
    client: BasicClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointSet>,
    http: Http,
}

/// `GET /user`.
#[derive(Deserialize)]
struct User {
    id: u64,
    login: String,
    name: Option<String>,
}

/// Of `GET /user/emails`.
#[derive(Deserialize)]
struct Email {
    #[serde(rename = "email")]
    address: String,
    primary: bool,
    verified: bool,
}

/// Of `GET /user/orgs`.
#[derive(Deserialize)]
struct Organization {
    login: String,
}

impl GithubProvider {
    /// A provider that has not been asked yet.
    pub fn new(settings: GithubSettings, upstream: Upstream) -> Self {
        let at = |path: &str| {
            let mut url = settings.url.clone();
            url.set_path(&[url.path().trim_end_matches('/'), path].concat());
            url
        };
        let authorize = AuthUrl::from_url(at("/login/oauth/authorize"));
        let token = TokenUrl::from_url(at("/login/oauth/access_token"));
        let mut client = BasicClient::new(ClientId::new(settings.client_id.clone()))
            .set_auth_uri(authorize)
            .set_token_uri(token)
            .set_redirect_uri(RedirectUrl::from_url(settings.redirect_url.clone()))
            // GitHub reads the secret in the body, and knows no basic authentication.
            .set_auth_type(AuthType::RequestBody);
        if let Some(secret) = &settings.client_secret {
            client = client.set_client_secret(ClientSecret::new(secret.expose_secret().to_owned()));
        }
        Self { settings, client, http: Http(upstream) }
    }

    /// Names it.
    pub fn name(&self) -> &str {
        &self.settings.name
    }

    /// Begins a sign-in.
    pub fn begin(&self, return_to: String, now: i64) -> Begun {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let scopes = ["read:user", "user:email", "read:org"].map(str::to_owned);
        let scopes = scopes.into_iter().chain(self.settings.scopes.iter().cloned()).map(Scope::new);
        let (address, state) =
            self.client.authorize_url(CsrfToken::new_random).add_scopes(scopes).set_pkce_challenge(challenge).url();
        let pending = Pending {
            provider: self.settings.name.clone(),
            state: state.into_secret(),
            nonce: String::new(),
            verifier: verifier.into_secret(),
            return_to,
            since: now,
        };
        Begun { address, pending }
    }

    /// Ends a sign-in with the code that GitHub gave the visitor: who it is, with their organisations as groups.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn complete(&self, code: String, pending: Pending) -> Result<Person, SignInError> {
        let tokens = self
            .client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(pending.verifier))
            .request_async(&TokenHttp(&self.http))
            .await
            .map_err(|error| match &error {
                RequestTokenError::ServerResponse(response) if is_of_the_code(response.error()) => {
                    SignInError::Invalid { provider: self.settings.name.clone(), why: response.to_string() }
                }
                _ => unusable(&self.settings.name, &error),
            })?;
        let token = tokens.access_token().secret();
        let user: User = self.get("/user", token).await?;
        let emails: Vec<Email> = self.get_if_allowed("/user/emails", token).await?;
        let organizations = format!("/user/orgs?per_page={MAX_ORGANIZATIONS}");
        let organizations: Vec<Organization> = self.get_if_allowed(&organizations, token).await?;
        // What is shown on the profile anybody may write there: only what GitHub has verified counts.
        let email = emails.into_iter().find(|email| email.primary && email.verified).map(|email| email.address);
        Ok(Person {
            issuer: self.settings.url.as_str().trim_end_matches('/').to_owned(),
            subject: user.id.to_string(),
            name: user.name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| user.login.clone()),
            user_name: Some(user.login),
            email_verified: email.is_some(),
            email,
            groups: organizations.into_iter().take(MAX_ORGANIZATIONS).map(|known| known.login).collect(),
        })
    }

    /// What the token is not allowed to see (a scope that the person took away, an organisation behind its own sign-on) is not there.
    async fn get_if_allowed<T: DeserializeOwned + Default>(&self, path: &str, token: &str) -> Result<T, SignInError> {
        match self.ask(path, token).await? {
            (StatusCode::FORBIDDEN | StatusCode::NOT_FOUND, headers, _) if !is_rate_limited(&headers) => {
                Ok(T::default())
            }
            answer => self.read(path, answer),
        }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str, token: &str) -> Result<T, SignInError> {
        let answer = self.ask(path, token).await?;
        self.read(path, answer)
    }

    async fn ask(&self, path: &str, token: &str) -> Result<(StatusCode, HeaderMap, Vec<u8>), SignInError> {
        let request = Request::builder()
            .method(Method::GET)
            .uri(format!("{}{path}", self.settings.api))
            .header(header::ACCEPT, "application/vnd.github+json")
            .header(header::USER_AGENT, "callboard")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Vec::new())
            .map_err(|error| unusable(&self.settings.name, &error))?;
        let answer = self.http.send(request).await.map_err(|error| unusable(&self.settings.name, &error))?;
        let (parts, body) = answer.into_parts();
        Ok((parts.status, parts.headers, body))
    }

    fn read<T: DeserializeOwned>(
        &self,
        path: &str,
        (status, headers, body): (StatusCode, HeaderMap, Vec<u8>),
    ) -> Result<T, SignInError> {
        let why = if is_rate_limited(&headers) && !status.is_success() {
            "its rate limit is used up; try again later".to_owned()
        } else if status.is_success() {
            match serde_json::from_slice(&body) {
                Ok(read) => return Ok(read),
                Err(error) => format!("it answered no JSON that is known: {error}"),
            }
        } else {
            format!("it answered with status {status}")
        };
        Err(unusable(&self.settings.name, &format!("`{path}`: {why}")))
    }
}

/// GitHub's token endpoint tells of errors with status 200.
struct TokenHttp<'h>(&'h Http);

#[derive(Deserialize)]
struct Failure {
    #[serde(rename = "error")]
    _name: String,
}

impl<'c> AsyncHttpClient<'c> for TokenHttp<'_> {
    type Error = UpstreamError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, UpstreamError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let mut answer = self.0.send(request).await?;
            if answer.status().is_success() && serde_json::from_slice::<Failure>(answer.body()).is_ok() {
                *answer.status_mut() = StatusCode::BAD_REQUEST;
            }
            Ok(answer)
        })
    }
}

/// True where the visitor's code is at fault, and not what the operator has configured.
fn is_of_the_code(error: &BasicErrorResponseType) -> bool {
    match error {
        BasicErrorResponseType::InvalidGrant => true,
        BasicErrorResponseType::Extension(name) => name == "bad_verification_code",
        _ => false,
    }
}

fn is_rate_limited(headers: &HeaderMap) -> bool {
    let is_used_up = headers.get("x-ratelimit-remaining").is_some_and(|remaining| remaining == "0");
    is_used_up || headers.contains_key(header::RETRY_AFTER)
}

fn unusable(provider: &str, why: &dyn std::fmt::Display) -> SignInError {
    SignInError::Provider { provider: provider.to_owned(), why: why.to_string() }
}
