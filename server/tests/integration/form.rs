//! `/form`.

use axum::http::{Request, StatusCode};

use crate::support::TestApp;

#[tokio::test]
async fn a_theme_is_kept_in_a_cookie_and_leads_back() {
    let app = TestApp::start().await;
    let post = || {
        Request::post("/form/set-theme")
            .header("host", "portal.localhost")
            .header("content-type", "application/x-www-form-urlencoded")
    };
    let answer = app.send_body(post().header("referer", "http://portal.localhost/catalog?x=1"), "theme=dark").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/catalog?x=1"));
    assert_eq!(answer.header("set-cookie"), "theme=dark; Path=/; Max-Age=31536000; SameSite=Lax");

    let elsewhere = app.send_body(post().header("referer", "http://evil.example/x"), "theme=light").await;
    assert_eq!(elsewhere.header("location"), "/");
    let wrong = app.send_body(post(), "theme=green").await;
    assert_eq!((wrong.status, wrong.header("set-cookie")), (StatusCode::UNPROCESSABLE_ENTITY, ""));
}
