//! `/api/v1/catalog`.

use axum::http::StatusCode;

use crate::support::TestApp;

#[tokio::test]
async fn rows_have_counts_and_a_bounded_page() {
    let app = TestApp::configured("backend: { limits: { pageSize: 1 } }").await;
    let list = app.get("/api/v1/catalog/entities?kind=component&limit=100").await.json();
    assert_eq!((&list["total"], &list["limit"]), (&2.into(), &1.into()));
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let chosen = app.get("/api/v1/catalog/entities?kind=component&type=website").await.json();
    assert_eq!(chosen["items"][0]["name"], "web");
}

#[tokio::test]
async fn problems_name_their_entity_and_can_be_asked_for_by_it() {
    let app = TestApp::start().await;
    let all = app.get("/api/v1/catalog/problems").await.json();
    assert_eq!(all["items"][0]["entityRef"], "component:default/orphan");
    let of_web = app.get("/api/v1/catalog/problems?entityRef=Component:default/WEB").await.json();
    assert_eq!(of_web["items"], serde_json::json!([]));
}

#[tokio::test]
async fn errors_are_problem_details() {
    let app = TestApp::start().await;
    for (path, detail) in [
        ("/api/v1/catalog/entities?nonsense=1", "unknown query parameter `nonsense`"),
        ("/api/v1/catalog/problems?nonsense=1", "unknown query parameter `nonsense`; expected `entityRef`"),
        ("/api/v1/catalog/problems?entityRef=web", "entity ref `web` has no kind; write it as `kind:namespace/name`"),
    ] {
        let answer = app.get(path).await;
        assert_eq!(
            (answer.status, answer.content_type()),
            (StatusCode::BAD_REQUEST, "application/problem+json"),
            "{path}"
        );
        let body = answer.json();
        assert_eq!((&body["title"], &body["detail"]), (&"InputError".into(), &detail.into()), "{path}");
        assert_eq!(body["requestId"], answer.header("x-request-id"), "{path}");
    }
}
