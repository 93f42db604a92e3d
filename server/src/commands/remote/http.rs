//! The transport of the typed client over the network.

use std::{sync::Arc, time::Duration};

use anyhow::{Context as _, anyhow, bail};
use client::{Answer, AnswerFuture, PortalClient, Transport};
use model::reading::Read;
use reqwest::{Client, Method, RequestBuilder, header, redirect::Policy};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Serialize;
use serde_json::Value;
use url::Url;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const ANSWER_TIMEOUT: Duration = Duration::from_mins(1);
/// The longest answer, in bytes: a page of the largest entities is far below.
const MAX_ANSWER_BYTES: usize = 256 * 1024 * 1024;

/// The portal does not know who asks; the process exits with another status, for scripts.
#[derive(Debug, thiserror::Error)]
#[error(
    "{server} does not know who asks ({message}); run `callboard login`, or set CALLBOARD_TOKEN to a token that is neither revoked nor over"
)]
pub(crate) struct Unauthenticated {
    server: String,
    message: String,
}

impl Unauthenticated {
    /// Whoever asks is a guest.
    pub(super) fn guest(server: &str) -> Self {
        Self { server: server.to_owned(), message: "it takes you for a guest".to_owned() }
    }
}

/// A portal that is asked over the network.
pub(super) struct Remote {
    http: Http,
    client: PortalClient,
}

#[derive(Clone)]
struct Http {
    client: Client,
    server: Arc<str>,
    token: Option<SecretString>,
}

impl Remote {
    /// A portal at an address, which may have a path.
    ///
    /// # Errors
    /// If the address is none of the web, or TLS can't be set up.
    pub(super) fn new(server: &Url, token: Option<SecretString>) -> anyhow::Result<Self> {
        if !matches!(server.scheme(), "http" | "https") || !server.username().is_empty() || server.password().is_some()
        {
            bail!(
                "`{}` is no address of a portal; write it like https://portal.example",
                server.host_str().unwrap_or(server.scheme())
            );
        }
        if let Some(token) = &token
            && !token.expose_secret().bytes().all(|byte| byte.is_ascii_graphic())
        {
            bail!("the token has characters that no token has; copy it once more");
        }
        // Process-wide and only the first time, see `upstream`.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .user_agent(concat!("callboard/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            // A token goes to no other server than the one that was named.
            .redirect(Policy::none())
            .build()
            .context("connections can not be set up")?;
        let server = server.as_str().trim_end_matches('/').into();
        let http = Http { client, server, token };
        Ok(Self { client: PortalClient::new(http.clone()), http })
    }

    /// Where it is, without a slash at its end.
    pub(super) fn server(&self) -> &str {
        &self.http.server
    }

    /// Asks for an address of [`client`] and reads the answer.
    ///
    /// # Errors
    /// [`Unauthenticated`], and whatever else is not an answer to the question.
    pub(super) async fn read<T: Read>(&self, address: String) -> anyhow::Result<T> {
        self.decode(&self.client.get(address).await)
    }

    /// Asks for an address and gives the JSON as it is.
    ///
    /// # Errors
    /// As [`Remote::read`].
    pub(super) async fn json(&self, address: String) -> anyhow::Result<Value> {
        let answer = self.client.get(address).await;
        self.check(&answer)?;
        serde_json::from_str(answer.body())
            .with_context(|| format!("{} answered with something that is no JSON", self.server()))
    }

    /// Has something done, and reads the answer.
    ///
    /// # Errors
    /// As [`Remote::read`].
    pub(super) async fn post<T: Read>(&self, address: &str, body: &impl Serialize) -> anyhow::Result<T> {
        let body = serde_json::to_vec(body)?;
        let request = self.http.request(Method::POST, address).header(header::CONTENT_TYPE, "application/json");
        self.decode(&answer(request.body(body)).await)
    }

    /// Has something set, and reads the answer.
    ///
    /// # Errors
    /// As [`Remote::read`].
    pub(super) async fn put<T: Read>(&self, address: &str, body: &impl Serialize) -> anyhow::Result<T> {
        let body = serde_json::to_vec(body)?;
        let request = self.http.request(Method::PUT, address).header(header::CONTENT_TYPE, "application/json");
        self.decode(&answer(request.body(body)).await)
    }

    /// Has something deleted.
    ///
    /// # Errors
    /// As [`Remote::read`].
    pub(super) async fn delete(&self, address: &str) -> anyhow::Result<()> {
        self.check(&answer(self.http.request(Method::DELETE, address)).await)
    }

    fn decode<T: Read>(&self, answer: &Answer) -> anyhow::Result<T> {
        self.check(answer)?;
        answer.json().with_context(|| {
            format!(
                "{} answered with another shape than this version knows; is it a portal of Callboard?",
                self.server()
            )
        })
    }

    /// Fails for what is no success, in the server's own words.
    fn check(&self, answer: &Answer) -> anyhow::Result<()> {
        let server = self.server();
        match answer.status() {
            200..=299 => Ok(()),
            0 => Err(anyhow!("no answer from {server}: {}", answer.body())),
            401 => Err(Unauthenticated { server: server.to_owned(), message: message(answer) }.into()),
            300..=399 => Err(anyhow!("{server} leads elsewhere; name the portal by its own address")),
            _ => Err(anyhow!("{}", message(answer))),
        }
    }
}

/// What an error says, in either of the two forms.
fn message(answer: &Answer) -> String {
    let json: Value = serde_json::from_str(answer.body()).unwrap_or_default();
    let told = json["detail"].as_str().or_else(|| json["error"]["message"].as_str());
    told.map_or_else(|| format!("it answered with status {}", answer.status()), str::to_owned)
}

impl Http {
    fn request(&self, method: Method, address: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{address}", self.server));
        match &self.token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        }
    }
}

impl Transport for Http {
    fn get(&self, address: String) -> AnswerFuture {
        Box::pin(answer(self.request(Method::GET, &address)))
    }
}

async fn answer(request: RequestBuilder) -> Answer {
    let reading = async {
        let mut response = request.send().await?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > MAX_ANSWER_BYTES {
                return Ok(Answer::unreachable("the answer is longer than 256 MiB"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer::new(response.status().as_u16(), &*String::from_utf8_lossy(&body)))
    };
    reading.await.unwrap_or_else(|error: reqwest::Error| {
        let error = error.without_url();
        // The innermost cause is the one that says something.
        let mut cause: &dyn std::error::Error = &error;
        while let Some(source) = cause.source() {
            cause = source;
        }
        Answer::unreachable(&cause.to_string())
    })
}
