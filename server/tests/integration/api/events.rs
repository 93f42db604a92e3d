//! `/api/v1/events`.

use std::{fs, time::Duration};

use axum::{
    body::{Body, BodyDataStream},
    http::{Request, request::Builder},
    response::Response,
};
use futures::StreamExt as _;
use tokio::time::timeout;
use tower::ServiceExt as _;

use crate::support::{CATALOG, TestApp};

/// The next event of a stream, as its fields.
async fn next(body: &mut BodyDataStream) -> String {
    let chunk = timeout(Duration::from_secs(10), body.next()).await.expect("an event comes");
    String::from_utf8(chunk.expect("the stream goes on").unwrap().to_vec()).unwrap()
}

async fn connect(app: &TestApp, request: Builder) -> Response {
    app.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

#[tokio::test]
async fn a_change_of_a_file_is_told() {
    let app = TestApp::start().await;
    let response = connect(&app, Request::get("/api/v1/events").header("accept-encoding", "br")).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    assert!(!response.headers().contains_key("content-encoding"));
    let mut events = response.into_body().into_data_stream();
    let hello = next(&mut events).await;
    assert!(hello.contains("event: hello") && hello.contains("\"build\":"), "{hello}");
    let before = app.app.state.catalog.revision();
    assert!(hello.contains(&format!("id: {before}")), "{hello}");

    fs::write(app.folder().join("catalog-info.yaml"), CATALOG.replace("The shop", "The web shop")).unwrap();
    let change = next(&mut events).await;
    assert!(change.contains("event: catalog"), "{change}");
    assert!(app.app.state.catalog.revision() > before);
}

#[tokio::test]
async fn who_comes_back_is_told_what_they_missed() {
    let app = TestApp::start().await;
    let revision = app.app.state.catalog.revision();
    for (last_seen, expected) in
        [((revision - 1).to_string(), "catalog"), ((revision + 1).to_string(), "reset"), ("x".to_owned(), "reset")]
    {
        let response = connect(&app, Request::get("/api/v1/events").header("last-event-id", &last_seen)).await;
        let mut events = response.into_body().into_data_stream();
        assert!(next(&mut events).await.contains("event: hello"));
        let told = next(&mut events).await;
        assert!(told.contains(&format!("event: {expected}")), "{last_seen}: {told}");
    }
}
