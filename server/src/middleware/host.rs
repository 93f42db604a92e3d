//! While everyone is a guest, whoever can make a browser send requests here could act as one. A page of another site can't, by the rules of
//! browsers, unless its name suddenly means this machine (DNS rebinding): then its requests name a host that is none of ours.

use axum::{
    extract::{Request, State},
    http::{StatusCode, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use crate::{app::AppState, request::Peer};

/// Refuses, where only this machine can connect, a request that names another host than it or the one of `app.baseUrl`. Trusted proxies
/// may name any.
pub(crate) async fn check(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let backend = &state.config.backend;
    let peer = request.extensions().get::<Peer>().map(|Peer(address)| address.ip().to_canonical());
    let is_proxy = peer.is_some_and(|peer| backend.trust_proxy.contains(peer));
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let own = state.config.app.base_url.host();
    match host {
        Some(host) if !backend.allow_remote && !is_proxy && !is_ours(host, own) => {
            let message = "the request names a host that is not this one; set app.baseUrl to the address that you use, or \
                           backend.trustProxy to that of your proxy\n";
            (StatusCode::MISDIRECTED_REQUEST, message).into_response()
        }
        _ => next.run(request).await,
    }
}

fn is_ours(host: &str, own: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let host = authority.host();
    host.eq_ignore_ascii_case(own)
        || ["localhost", "127.0.0.1", "[::1]"].contains(&host)
        || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn ours_are_this_machine_and_the_base_url() {
        for (host, expected) in [
            ("127.0.0.1:7007", true),
            ("localhost", true),
            ("[::1]:7007", true),
            ("portal.localhost:7007", true),
            ("Portal.acme.example", true),
            ("evil.example:7007", false),
            ("127.0.0.1.evil.example", false),
            ("localhost.evil.example", false),
            ("a b", false),
        ] {
            assert_eq!(is_ours(host, "portal.acme.example"), expected, "{host}");
        }
    }
}
