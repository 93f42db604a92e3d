//! `/api/openapi.json`.

use axum::http::{Method, Request, StatusCode};
use serde_json::Value;

use crate::support::TestApp;

#[tokio::test]
async fn the_document_is_as_reviewed() {
    let app = TestApp::start().await;
    let document = app.get("/api/openapi.json").await.json();
    assert_eq!(document["openapi"], "3.1.0");
    insta::assert_json_snapshot!("openapi", document);
}

#[tokio::test]
async fn each_documented_operation_is_served() {
    let app = TestApp::start().await;
    let document: Value = serde_json::from_str(&server::openapi_document()).unwrap();
    let mut operations = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        // The stream would not end.
        for method in methods.as_object().unwrap().keys().filter(|_| path != "/api/v1/events") {
            operations += 1;
            let path = path.replace("{kind}", "component").replace("{namespace}", "default").replace("{name}", "web");
            let method: Method = method.to_uppercase().parse().unwrap();
            let answer = app.send(Request::builder().method(method.clone()).uri(&path)).await;
            // An operation that finds nothing says so; an unknown route has no body.
            let missing = match answer.status {
                StatusCode::NOT_FOUND => answer.body.is_empty(),
                status => status == StatusCode::METHOD_NOT_ALLOWED,
            };
            assert!(!missing, "{method} {path}: {}", answer.status);
        }
    }
    assert!(operations >= 7, "{operations}");
}
