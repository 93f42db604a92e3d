//! Callboard's own API in its own catalog.

use axum::http::StatusCode;
use serde_json::Value;

use crate::support::TestApp;

const PATH: &str = "/api/catalog/entities/by-name/api/default/callboard";

#[tokio::test]
async fn the_own_api_is_an_entity_of_its_owner_with_the_document_of_this_build() {
    let app = TestApp::configured("catalog: { ownApi: { owner: 'group:default/team' } }").await;
    let entity = app.get(PATH).await.json();
    assert_eq!((&entity["spec"]["owner"], &entity["spec"]["type"]), (&"group:default/team".into(), &"openapi".into()));
    let definition: Value = serde_json::from_str(entity["spec"]["definition"].as_str().unwrap()).unwrap();
    let served = app.get("/api/openapi.json").await.json();
    assert_eq!(definition["paths"], served["paths"]);
    let relations = entity["relations"].as_array().unwrap();
    assert!(relations.iter().any(|relation| relation["targetRef"] == "group:default/team"), "{relations:?}");
}

#[tokio::test]
async fn nothing_is_registered_that_nobody_owns() {
    let app = TestApp::start().await;
    assert_eq!(app.get(PATH).await.status, StatusCode::NOT_FOUND);
}
