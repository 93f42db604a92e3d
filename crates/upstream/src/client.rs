//! The guarded client.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use http::{Method, StatusCode};
use reqwest::{Client, Response};
use tokio::time::Instant;
use url::{Host as UrlHost, Url};

use crate::allow::{AllowList, Trust};
use crate::body::{BodyError, is_web_page, read_body};
use crate::budget::{Host, HostBudget, Hosts};
use crate::config::{Limits, UpstreamConfig};
use crate::error::UpstreamError;
use crate::github_app::Apps;
use crate::hop::{headers_for, is_redirect, next_hop};
use crate::integrations::Integrations;
use crate::rate_limit::Stated;
use crate::request::{Answer, Expect, Fetched, Get};
use crate::resolve::{Lookup, SystemLookup, permitted};
use crate::transport::{http_client, network_error, timeout_error};
use crate::url_text::{host_key, printable};

/// The way out. Clones share connections, budgets and tokens.
#[derive(Clone)]
pub struct Upstream {
    inner: Arc<Inner>,
    urgent: bool,
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream").field("urgent", &self.urgent).finish_non_exhaustive()
    }
}

struct Inner {
    limits: Limits,
    allow: AllowList,
    hosts: Hosts,
    integrations: Integrations,
    apps: Apps,
    /// For hosts that the operator wrote out.
    literal: Client,
    /// For hosts that match a wildcard. A client of its own, so that not even a pooled connection crosses over.
    wildcard: Client,
}

/// A request as it goes over the wire, besides what [`Get`] says.
pub(crate) struct Outgoing<'a> {
    pub(crate) get: &'a Get,
    pub(crate) method: Method,
    /// A JSON document to send.
    pub(crate) body: Option<Bytes>,
    /// Bound of the answer in bytes.
    pub(crate) limit: usize,
}

impl Upstream {
    /// A client that resolves names as the machine does.
    ///
    /// # Errors
    /// [`UpstreamError::Setup`] if an entry of the allow list, the proxy or the user agent is not valid.
    pub fn new(config: UpstreamConfig) -> Result<Self, UpstreamError> {
        Self::with_lookup(config, &(Arc::new(SystemLookup) as Arc<dyn Lookup>))
    }

    /// A client with another name service, for tests and for split networks. What it returns is checked all the same.
    ///
    /// # Errors
    /// As [`Upstream::new`].
    pub fn with_lookup(config: UpstreamConfig, lookup: &Arc<dyn Lookup>) -> Result<Self, UpstreamError> {
        let inner = Inner {
            allow: AllowList::new(&config.allow, &config.integrations.hosts()?)?,
            hosts: Hosts::default(),
            literal: http_client(&config, lookup, Trust::Literal)?,
            wildcard: http_client(&config, lookup, Trust::Wildcard)?,
            apps: Apps::default(),
            integrations: config.integrations,
            limits: config.limits,
        };
        Ok(Self { inner: Arc::new(inner), urgent: false })
    }

    /// The same client for somebody who waits: all its requests may spend the reserve of a host's budget.
    #[must_use]
    pub fn urgent(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), urgent: true }
    }

    /// Reads a URL within the rules of this crate.
    ///
    /// # Errors
    /// Every variant of [`UpstreamError`] but `Setup` and `TooMany`.
    pub async fn get(&self, request: Get) -> Result<Fetched, UpstreamError> {
        let send = Outgoing { get: &request, method: Method::GET, body: None, limit: self.inner.limits.body_bytes };
        Ok(self.send(send).await?.into())
    }

    /// The budget of a host, written as in a URL, with its port if it is not the scheme's own.
    pub fn budget(&self, host: &str) -> HostBudget {
        self.inner.hosts.budget(host)
    }

    /// The budgets of all hosts that were asked, by name.
    pub fn budgets(&self) -> Vec<HostBudget> {
        self.inner.hosts.budgets()
    }

    pub(crate) fn apps(&self) -> &Apps {
        &self.inner.apps
    }

    /// The Git hosts that are known.
    pub fn integrations(&self) -> &Integrations {
        &self.inner.integrations
    }

    /// The limits in force.
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// Whether the URL may be asked for at all, without asking: for a form that takes a URL.
    ///
    /// # Errors
    /// `InvalidUrl`, `NotAllowed`, and `PrivateAddress` for an address written in the URL.
    pub fn check(&self, url: &Url) -> Result<(), UpstreamError> {
        self.inner.trust(url).map(drop)
    }

    /// How well the host of a URL is known, if it may be asked at all.
    pub(crate) fn trust(&self, url: &Url) -> Result<Trust, UpstreamError> {
        self.inner.trust(url)
    }

    /// The client for hosts that the operator wrote out, or for those that match a wildcard.
    pub(crate) fn http(&self, is_literal: bool) -> &Client {
        if is_literal { &self.inner.literal } else { &self.inner.wildcard }
    }

    pub(crate) async fn send(&self, send: Outgoing<'_>) -> Result<Answer, UpstreamError> {
        let mut url = send.get.url.clone();
        let mut deadline = None;
        // Who was sent away does not get the credentials back, or a stranger could choose what is asked with them.
        let mut at_origin = true;
        for _ in 0..=self.inner.limits.redirects {
            match self
                .inner
                .hop(&send, &url, Pass { at_origin, urgent: self.urgent || send.get.urgent }, &mut deadline)
                .await?
            {
                Hop::Answer(answer) => return Ok(answer),
                Hop::Redirect(next) => {
                    at_origin &= next.origin() == url.origin();
                    url = next;
                }
            }
        }
        let limit = self.inner.limits.redirects;
        Err(UpstreamError::TooManyRedirects { url: printable(&send.get.url), limit })
    }
}

/// What a request may do on a hop.
#[derive(Clone, Copy)]
struct Pass {
    /// No redirect has led away: credentials may go along.
    at_origin: bool,
    /// It may spend the reserve.
    urgent: bool,
}

enum Hop {
    Answer(Answer),
    Redirect(Url),
}

impl Inner {
    /// Allow list and, for an address written in the URL, its class.
    fn trust(&self, url: &Url) -> Result<Trust, UpstreamError> {
        let trust = self.allow.check(url)?;
        let address = match url.host() {
            Some(UrlHost::Ipv4(address)) => IpAddr::V4(address),
            Some(UrlHost::Ipv6(address)) => IpAddr::V6(address),
            _ => return Ok(trust),
        };
        // An address that itself stands in the allow list is meant, whatever its class.
        if trust == Trust::Literal || permitted(trust, address) {
            return Ok(trust);
        }
        Err(UpstreamError::PrivateAddress { host: host_key(url), address: address.to_string() })
    }

    async fn hop(
        &self,
        send: &Outgoing<'_>,
        url: &Url,
        pass: Pass,
        deadline: &mut Option<Instant>,
    ) -> Result<Hop, UpstreamError> {
        let trust = self.trust(url)?;
        let host = self.hosts.of(&host_key(url), &self.limits);
        let _turn = host.turn(&self.limits, pass.urgent).await?;
        // Time in the queue does not count.
        let deadline = *deadline.get_or_insert_with(|| Instant::now() + self.limits.total_timeout);
        let result = match tokio::time::timeout_at(deadline, self.ask(send, url, pass, trust, &host)).await {
            Ok(result) => result,
            Err(_) => Err(timeout_error(url, self.limits.total_timeout)),
        };
        host.ended(result.as_ref().err().filter(|error| is_the_hosts_fault(error)));
        result
    }

    async fn ask(
        &self,
        send: &Outgoing<'_>,
        url: &Url,
        pass: Pass,
        trust: Trust,
        host: &Host,
    ) -> Result<Hop, UpstreamError> {
        let client = if trust == Trust::Literal { &self.literal } else { &self.wildcard };
        let mut request =
            client.request(send.method.clone(), url.clone()).headers(headers_for(send.get, url, pass.at_origin)?);
        if let Some(body) = &send.body {
            request = request.header(http::header::CONTENT_TYPE, "application/json").body(body.clone());
        }
        let response = request.send().await.map_err(|error| network_error(url, &self.limits, error))?;
        let now = SystemTime::now();
        let status = response.status();
        host.note(status, Stated::read(response.headers(), now), now, &self.limits)?;
        if is_redirect(status) && send.method == Method::GET {
            return next_hop(send.get, url, response.headers()).map(Hop::Redirect);
        }
        self.answer(send, url, response).await.map(Hop::Answer)
    }

    async fn answer(&self, send: &Outgoing<'_>, url: &Url, response: Response) -> Result<Answer, UpstreamError> {
        let status = response.status();
        let at = || printable(url);
        let conditional = send.get.earlier.etag.is_some() || send.get.earlier.last_modified.is_some();
        let headers = response.headers().clone();
        let answer =
            |not_modified, bytes| Answer { not_modified, headers: headers.clone(), bytes, final_url: url.clone() };
        match status {
            StatusCode::NOT_MODIFIED if conditional => return Ok(answer(true, Bytes::new())),
            StatusCode::NOT_FOUND | StatusCode::GONE => return Err(UpstreamError::NotFound { url: at() }),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err(UpstreamError::Unauthorized { url: at() }),
            status if !status.is_success() => return Err(UpstreamError::Status { url: at(), status: status.as_u16() }),
            _ => {}
        }
        let bytes = read_body(response, url, send.limit).await.map_err(|error| match error {
            BodyError::Known(error) => error,
            BodyError::Http(error) => network_error(url, &self.limits, error),
        })?;
        if send.get.expect == Expect::File && is_web_page(&headers, &bytes) {
            // Azure DevOps answers 203 with its sign-in page where others answer 401.
            if status == StatusCode::NON_AUTHORITATIVE_INFORMATION {
                return Err(UpstreamError::Unauthorized { url: at() });
            }
            let reason = "a web page, probably to sign in; set a token of its host under `integrations`, or write the URL of the raw file";
            return Err(UpstreamError::UnexpectedContent { url: at(), reason: reason.to_owned() });
        }
        Ok(answer(false, bytes))
    }
}

/// Whether the host's budget should show the error: a missing file says nothing of the host.
fn is_the_hosts_fault(error: &UpstreamError) -> bool {
    matches!(
        error,
        UpstreamError::Timeout { .. }
            | UpstreamError::Unauthorized { .. }
            | UpstreamError::RateLimited { .. }
            | UpstreamError::Status { .. }
            | UpstreamError::Connection { .. }
            | UpstreamError::PrivateAddress { .. }
    )
}
