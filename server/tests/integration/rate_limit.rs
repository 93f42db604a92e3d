//! `backend.rateLimit`: how much one caller may ask.

use axum::http::{Request, StatusCode};

use crate::support::TestApp;

const CONFIG: &str = "
backend:
  rateLimit: { requestsPerSecond: 1, burst: 3 }
  auth: { externalAccess: [{ type: static, options: { token: t0ken-of-ci, subject: ci } }] }
";
const LIST: &str = "/api/catalog/entities/by-query?limit=1";

#[tokio::test]
async fn who_asks_too_much_is_refused_and_told_when_to_come_back() {
    let app = TestApp::configured(CONFIG).await;
    for left in [2, 1, 0] {
        let answer = app.get(LIST).await;
        assert_eq!((answer.status, answer.header("ratelimit-policy")), (StatusCode::OK, "\"default\";q=3;w=3"));
        assert_eq!(answer.header("ratelimit"), format!("\"default\";r={left}"));
    }
    let refused = app.get(LIST).await;
    assert_eq!((refused.status, refused.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, "1"));
    assert_eq!(refused.json()["error"]["name"], "TooManyRequestsError", "in Backstage's form where Backstage is asked");
    let ours = app.get("/api/v1/catalog/sources").await;
    assert_eq!((ours.status, ours.content_type()), (StatusCode::TOO_MANY_REQUESTS, "application/problem+json"));
    assert!(ours.text().contains("`backend.rateLimit`"), "{}", ours.text());

    let ci = || Request::get(LIST).header("authorization", "Bearer t0ken-of-ci");
    assert_eq!(app.send(ci()).await.status, StatusCode::OK, "another caller has a quota of their own");
    for path in ["/catalog", "/catalog", "/catalog", "/catalog", "/healthz"] {
        assert_eq!(app.get(path).await.status, StatusCode::OK, "what a page asks in memory counts as nothing");
    }
}

#[tokio::test]
async fn nothing_is_limited_where_that_is_configured() {
    let app = TestApp::configured("backend: { rateLimit: { requestsPerSecond: 0 } }").await;
    let answer = app.get(LIST).await;
    assert!(answer.headers.get("ratelimit").is_none(), "{:?}", answer.headers);
}
