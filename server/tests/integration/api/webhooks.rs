//! `/api/events/http`.

use axum::http::{Request, StatusCode};

use crate::support::TestApp;

const CONFIG: &str = "events: { modules: { gitlab: { webhookSecret: s3cret } } }";
const PUSH: &str = r#"{"object_kind":"push","event_name":"push","ref":"refs/heads/main","checkout_sha":"da1560886d4f094c3e6c9ef40349f7d38b5d27d7","after":"da1560886d4f094c3e6c9ef40349f7d38b5d27d7","before":"95790bf891e76fee5e1747ab589903a6a1f80f22","project":{"web_url":"https://gitlab.com/acme/shop"},"commits":[],"total_commits_count":0}"#;

#[tokio::test]
async fn only_a_host_that_knows_the_secret_is_heard() {
    let app = TestApp::configured(CONFIG).await;
    for (host, token, event, body, expected) in [
        ("gitlab", Some("s3cret"), "Push Hook", PUSH, StatusCode::ACCEPTED),
        ("gitlab", Some("s3cret"), "Issue Hook", "{}", StatusCode::ACCEPTED),
        ("gitlab", Some("s3cret"), "Push Hook", "{", StatusCode::BAD_REQUEST),
        ("gitlab", Some("guess"), "Push Hook", PUSH, StatusCode::FORBIDDEN),
        ("gitlab", None, "Push Hook", PUSH, StatusCode::FORBIDDEN),
        ("github", Some("s3cret"), "Push Hook", PUSH, StatusCode::FORBIDDEN),
        ("sourceforge", Some("s3cret"), "Push Hook", PUSH, StatusCode::NOT_FOUND),
    ] {
        let mut request = Request::post(format!("/api/events/http/{host}")).header("x-gitlab-event", event);
        if let Some(token) = token {
            request = request.header("x-gitlab-token", token);
        }
        let answer = app.send_body(request, body).await;
        assert_eq!(answer.status, expected, "{host} {token:?} {event}: {}", answer.text());
        assert!(!answer.text().contains("s3cret"));
    }
}
