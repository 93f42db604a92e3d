//! The HTTP library: how it is set up, and what its errors mean.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Certificate, Client, Proxy};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::allow::Trust;
use crate::config::{Limits, UpstreamConfig};
use crate::error::UpstreamError;
use crate::resolve::{GuardedResolver, Lookup, Refused};
use crate::url_text::{host_key, printable};

/// A client for hosts of this trust: no redirects of its own, no cookies, nothing of the environment.
pub(crate) fn http_client(
    config: &UpstreamConfig,
    lookup: &Arc<dyn Lookup>,
    trust: Trust,
) -> Result<Client, UpstreamError> {
    // Process-wide and only the first time: reqwest asks rustls for the provider, and ring is the one that builds without cmake.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let own = own_certificates(config)?;
    let builder = || -> Result<reqwest::ClientBuilder, UpstreamError> {
        let mut builder = Client::builder()
            .user_agent(&config.user_agent)
            .connect_timeout(config.limits.connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_proxy();
        let mut trust = trust;
        if let Some(proxy) = &config.proxy {
            builder = builder.proxy(proxy_of(proxy, config.proxy_credentials.as_ref())?);
            // The only name that is resolved here is the proxy's, which the operator wrote out.
            trust = Trust::Literal;
        }
        Ok(builder.dns_resolver(GuardedResolver { lookup: Arc::clone(lookup), trust }))
    };
    // A machine without CA certificates can still read over http; over https each connection then says what is missing.
    let merged = builder()?.tls_certs_merge(own.clone()).build();
    merged.or_else(|_| {
        builder()?.tls_certs_only(own).build().map_err(|error| UpstreamError::Setup(error.without_url().to_string()))
    })
}

fn own_certificates(config: &UpstreamConfig) -> Result<Vec<Certificate>, UpstreamError> {
    let Some(path) = &config.ca else { return Ok(Vec::new()) };
    let wrong = |why: &dyn std::fmt::Display| {
        UpstreamError::Setup(format!("`{}` of `backend.reading.ca` can not be read: {why}", path.display()))
    };
    let pem = std::fs::read(path).map_err(|error| wrong(&error))?;
    let certificates = Certificate::from_pem_bundle(&pem).map_err(|error| wrong(&error))?;
    if certificates.is_empty() { Err(wrong(&"it holds no certificate in PEM form")) } else { Ok(certificates) }
}

fn proxy_of(url: &Url, credentials: Option<&SecretString>) -> Result<Proxy, UpstreamError> {
    let wrong = |what: &str| UpstreamError::Setup(format!("the proxy `{}` {what}", printable(url)));
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("is no http or https URL"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("holds a user or a password; put them under `backend.reading.proxyCredentials`"));
    }
    let proxy = Proxy::all(url.clone()).map_err(|_| wrong("is no URL of a proxy"))?;
    let Some(credentials) = credentials else { return Ok(proxy) };
    let (user, password) = credentials
        .expose_secret()
        .split_once(':')
        .ok_or_else(|| wrong("has credentials that are not of the form `user:password`"))?;
    Ok(proxy.basic_auth(user, password))
}

/// What reqwest says, in our words. Its own texts hold URLs, so only the innermost cause is told.
pub(crate) fn network_error(url: &Url, limits: &Limits, error: reqwest::Error) -> UpstreamError {
    if error.is_timeout() {
        return timeout_error(url, if error.is_connect() { limits.connect_timeout } else { limits.total_timeout });
    }
    let error = error.without_url();
    let mut cause: &(dyn std::error::Error + 'static) = &error;
    loop {
        if let Some(refused) = cause.downcast_ref::<Refused>() {
            return UpstreamError::PrivateAddress { host: refused.host.clone(), address: refused.address.to_string() };
        }
        match cause.source() {
            Some(next) => cause = next,
            None => break,
        }
    }
    let mut reason = cause.to_string();
    if reason.contains("certificate") {
        reason.push_str("; install its CA on this machine (`ca-certificates`), or name it under `backend.reading.ca`");
    } else if error.is_connect() {
        reason.push_str("; see whether the host is up and reachable from here");
    } else {
        reason.push_str("; the answer was not complete, try again");
    }
    UpstreamError::Connection { host: host_key(url), reason }
}

/// No complete answer within the bound.
pub(crate) fn timeout_error(url: &Url, bound: Duration) -> UpstreamError {
    UpstreamError::Timeout { url: printable(url), seconds: bound.as_secs() }
}
