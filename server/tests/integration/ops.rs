//! Probes, metrics, and the headers of every answer.

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use tower::ServiceExt as _;

use crate::support::TestApp;

#[tokio::test]
async fn readiness_ends_when_the_server_begins_to_stop() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/readyz").await.status, StatusCode::OK);
    app.app.state.shutdown.begin();
    for path in ["/readyz", "/.backstage/health/v1/readiness"] {
        assert_eq!(app.get(path).await.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
    }
    assert_eq!(app.get("/healthz").await.status, StatusCode::OK);
}

#[tokio::test]
async fn metrics_beside_the_api_want_their_token() {
    let closed = TestApp::start().await;
    assert_eq!(closed.get("/metrics").await.status, StatusCode::NOT_FOUND);

    server::install_metrics().unwrap();
    let app = TestApp::configured("backend: { metrics: { token: secret-of-the-test } }").await;
    app.get("/api/catalog/entities/by-name/component/default/web").await;
    let with = |value: &str| Request::get("/metrics").header("authorization", value);
    assert_eq!(app.get("/metrics").await.status, StatusCode::UNAUTHORIZED);
    for wrong in ["Bearer x", "Bearer ", "Basic secret-of-the-test"] {
        assert_eq!(app.send(with(wrong)).await.status, StatusCode::UNAUTHORIZED, "{wrong}");
    }
    let metrics = app.send(with("Bearer secret-of-the-test")).await;
    assert_eq!(metrics.status, StatusCode::OK);
    for expected in [
        "callboard_catalog_entities{kind=\"Component\"} 2",
        "callboard_catalog_revision ",
        "callboard_event_streams 0",
        "http_server_request_duration_seconds_count{method=\"GET\",route=\"/api/catalog/entities/by-name/{kind}/{namespace}/{name}\",status=\"200\"}",
    ] {
        assert!(metrics.text().contains(expected), "{expected} is not in\n{}", metrics.text());
    }
}

#[tokio::test]
async fn every_answer_forbids_what_browsers_can_forbid() {
    let app = TestApp::start().await;
    for path in ["/catalog", "/api/catalog/entities", "/api/nothing", "/healthz", "/form/nothing"] {
        let answer = app.get(path).await;
        assert!(answer.header("content-security-policy").contains("default-src 'none'"), "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        // These are of documents.
        let of_documents = if ["/catalog", "/form/nothing"].contains(&path) { "same-origin" } else { "" };
        assert_eq!(answer.header("referrer-policy"), of_documents, "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), of_documents, "{path}");
        assert_ne!(answer.header("x-request-id"), "", "{path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{path}: only where browsers use TLS");
    }
}

#[tokio::test]
async fn metrics_at_an_address_of_their_own_want_no_token() {
    _ = server::install_metrics();
    let app = TestApp::start().await;
    let own = server::metrics_router(app.app.state.clone());
    let answer = own.clone().oneshot(Request::get("/metrics").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    // And nothing else is served there.
    let other = own.oneshot(Request::get("/api/catalog/entities").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(other.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_request_for_another_host_is_refused_while_everyone_is_a_guest() {
    let app = TestApp::start().await;
    let rebound = Request::get("/api/catalog/entities").header("host", "evil.example:7007");
    assert_eq!(app.send(rebound).await.status, StatusCode::MISDIRECTED_REQUEST);
    let own = Request::get("/api/catalog/entities").header("host", "127.0.0.1:7007");
    assert_eq!(app.send(own).await.status, StatusCode::OK);
}
