//! What the server knows of a request before any handler sees it.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use access::Principal;
use axum::http::{HeaderMap, HeaderName, request::Parts};
use identity::Token;
use tower_sessions::Session;
use uuid::Uuid;

use crate::{config::TrustedProxies, trail::Trail};

/// Header that names a request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Longest id that is taken over from a proxy.
const MAX_REQUEST_ID: usize = 128;

/// Who is at the other end of the connection. Put into each request by the code that accepts connections.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Who asks, under which name the log has the request, and until when it must be answered.
///
/// It is an extension of the request: only this process can set it. The requests that a page sends in memory carry the one
/// of the visitor's request.
#[derive(Clone, Debug)]
pub(crate) struct RequestContext {
    /// Who asks.
    pub principal: Principal,
    /// The token they came with, where it is one of ours.
    pub token: Option<Arc<Token>>,
    /// The visitor's session, where visitors can sign in.
    pub session: Option<Session>,
    /// Names the request in the log.
    pub request_id: String,
    /// The client, or who a trusted proxy says it is.
    pub client: Option<IpAddr>,
    /// When the answer must have begun.
    pub deadline: Instant,
    /// What the audit log is told of it.
    pub trail: Trail,
}

impl RequestContext {
    /// Reads it off a request from outside, whose sender is not known yet. What proxies say counts only if they are trusted.
    pub(crate) fn of(parts: &Parts, proxies: &TrustedProxies, timeout: Duration) -> Self {
        let peer = parts.extensions.get::<Peer>().map(|Peer(address)| address.ip().to_canonical());
        let trusted = peer.is_some_and(|peer| proxies.contains(peer));
        let given_id = if trusted { given_request_id(&parts.headers) } else { None };
        Self {
            principal: Principal::guest(),
            token: None,
            session: parts.extensions.get().cloned(),
            request_id: given_id.unwrap_or_else(|| Uuid::now_v7().simple().to_string()),
            client: if trusted { forwarded_client(&parts.headers, proxies).or(peer) } else { peer },
            deadline: Instant::now() + timeout,
            trail: Trail::default(),
        }
    }
}

fn given_request_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let plain = (1..=MAX_REQUEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then(|| id.to_owned())
}

/// The last address of `X-Forwarded-For` that is no trusted proxy itself: those before it anybody could have written.
fn forwarded_client(headers: &HeaderMap, proxies: &TrustedProxies) -> Option<IpAddr> {
    let values: Vec<_> = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).collect();
    let mut client = None;
    for hop in values.iter().flat_map(|value| value.split(',')).rev() {
        let Ok(address) = hop.trim().parse::<IpAddr>() else { break };
        client = Some(address);
        if !proxies.contains(address) {
            break;
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;
    use crate::config::{Config, Environment, Overrides};

    fn proxies() -> TrustedProxies {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("callboard.yaml");
        std::fs::write(&file, "backend: { trustProxy: [10.0.0.0/8, loopback] }").unwrap();
        Config::load(&[file], &Environment::default(), &Overrides::default()).unwrap().config.backend.trust_proxy
    }

    fn context(peer: &str, headers: &[(&str, &str)]) -> RequestContext {
        let mut request = Request::new(());
        request.extensions_mut().insert(Peer(SocketAddr::new(peer.parse().unwrap(), 1)));
        for (name, value) in headers {
            request.headers_mut().append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
        }
        RequestContext::of(&request.into_parts().0, &proxies(), Duration::ZERO)
    }

    #[test]
    fn only_trusted_proxies_say_who_the_client_is() {
        for (peer, forwarded, expected) in [
            ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
            ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
            ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
            ("10.0.0.1", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
            ("10.0.0.1", "nonsense", "10.0.0.1"),
            ("10.0.0.1", "nonsense, 10.0.0.7", "10.0.0.7"),
        ] {
            let client = context(peer, &[("x-forwarded-for", forwarded)]).client;
            assert_eq!(client, Some(expected.parse().unwrap()), "{peer} {forwarded}");
        }
    }

    #[test]
    fn only_trusted_proxies_name_a_request() {
        assert_eq!(context("127.0.0.1", &[("x-request-id", "abc-1")]).request_id, "abc-1");
        for (peer, id) in [("192.0.2.1", "abc-1"), ("127.0.0.1", "a b"), ("127.0.0.1", "")] {
            assert_ne!(context(peer, &[("x-request-id", id)]).request_id, id);
        }
    }
}
