//! Sessions under attack, without a provider being asked.

use axum::http::{Request, StatusCode};
use storage::{Database, DatabaseUrl};
use tower_sessions::{SessionStore as _, session::Id};

use crate::support::{
    TestApp,
    process::ServerProcess,
    signing_in::{CLOSED, keep, now, record, sign_in},
};

const ACCOUNT: &str = "/api/v1/identity/account";

async fn status(app: &TestApp, cookie: &str) -> StatusCode {
    app.send(Request::get(ACCOUNT).header("cookie", cookie)).await.status
}

#[tokio::test]
async fn a_cookie_that_was_tampered_with_is_nobodys() {
    let app = TestApp::configured(CLOSED).await;
    let cookie = sign_in(&app, "alice").await;
    assert_eq!(status(&app, &cookie).await, StatusCode::OK);
    let value = cookie.split_once('=').unwrap().1;
    let mut flipped = value.to_owned().into_bytes();
    flipped[0] = if flipped[0] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    for wrong in [flipped, value.to_lowercase(), value[1..].to_owned(), format!("{value}A"), value.repeat(400)] {
        assert_eq!(status(&app, &format!("callboard-session={wrong}")).await, StatusCode::UNAUTHORIZED, "{wrong}");
    }
    // The name that counts over https is none here, and the other way round.
    assert_eq!(status(&app, &format!("__Host-callboard-session={value}")).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_id_that_somebody_planted_is_never_taken_over() {
    let app = TestApp::configured(CLOSED).await;
    let planted = format!("callboard-session={}", Id::default());
    for path in ["/catalog", "/sign-in", "/api/catalog/entities"] {
        let answer = app.send(Request::get(path).header("cookie", &planted)).await;
        assert!(!answer.header("set-cookie").contains(planted.as_str()), "{path}");
    }
    assert_eq!(status(&app, &planted).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_ends_after_its_absolute_time_however_it_is_used_and_whatever_clocks_say() {
    let app = TestApp::configured(CLOSED).await;
    let week = 7 * 24 * 60 * 60;
    for (seconds_ago, expected) in [
        (week - 600, StatusCode::OK),
        (week + 600, StatusCode::UNAUTHORIZED),
        // Another server's clock is ahead.
        (-300, StatusCode::OK),
    ] {
        let cookie = keep(&app, record("alice", seconds_ago)).await;
        assert_eq!(status(&app, &cookie).await, expected, "{seconds_ago}");
    }
    let cookie = keep(&app, record("alice", week + 600)).await;
    assert_eq!(status(&app, &cookie).await, StatusCode::UNAUTHORIZED);
    let left = app.app.state.sign_in.sessions.load(&cookie.split_once('=').unwrap().1.parse().unwrap()).await.unwrap();
    assert_eq!(left, None, "it is deleted, not only passed over");
}

#[tokio::test]
async fn ten_thousand_sessions_are_each_their_own() {
    let app = TestApp::configured(CLOSED).await;
    let mut cookies = Vec::new();
    for number in 0..10_000 {
        cookies.push(sign_in(&app, &format!("person-{number}")).await);
    }
    for number in [0, 1, 4_999, 9_999] {
        let account = app.send(Request::get(ACCOUNT).header("cookie", &cookies[number])).await.json();
        assert_eq!(account["subject"], format!("person-{number}"));
        assert_eq!(account["sessions"].as_array().unwrap().len(), 1);
    }
    let end = Request::post("/form/end-sessions")
        .header("cookie", &cookies[1])
        .header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(app.send_body(end, "").await.status, StatusCode::SEE_OTHER);
    assert_eq!(status(&app, &cookies[1]).await, StatusCode::UNAUTHORIZED);
    assert_eq!(status(&app, &cookies[2]).await, StatusCode::OK);
}

#[tokio::test]
async fn over_long_headers_and_cookies_are_refused_and_the_next_request_is_answered() {
    let app = TestApp::configured(CLOSED).await;
    let cookie = sign_in(&app, "alice").await;
    let many = "c=x; ".repeat(5_000);
    assert_eq!(status(&app, &format!("{many}{cookie}")).await, StatusCode::OK);
    assert_eq!(status(&app, &"x".repeat(1_000_000)).await, StatusCode::UNAUTHORIZED);
    let form = Request::post("/form/end-sessions")
        .header("cookie", &cookie)
        .header("content-type", "application/x-www-form-urlencoded");
    let long = format!("handle={}", "x".repeat(20_000_000));
    assert_eq!(app.send_body(form, long).await.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(status(&app, &cookie).await, StatusCode::OK);
}

#[tokio::test]
async fn sessions_that_have_ended_leave_the_database() {
    let mut server = ServerProcess::new(
        tempfile::tempdir().unwrap(),
        serde_json::json!({
            "auth": { "session": { "pruneInterval": "100ms" } },
            "backend": { "database": { "client": "better-sqlite3", "connection": "data.sqlite" } },
        }),
    );
    let file = server.folder().join("data.sqlite");
    server.start();
    server.wait_until_ready();
    // One that ends while the server runs: the first look at the start does not count.
    let database = Database::connect(&DatabaseUrl::SqliteFile(file)).await.unwrap();
    for (id, expires) in [("over", now() - 1), ("open", now() + 3600)] {
        let mut transaction = database.begin_write().await.unwrap();
        sqlx::query("INSERT INTO identity_sessions VALUES ($1, $1, '', '', '', 0, 0, $2, '{}')")
            .bind(id)
            .bind(expires)
            .execute(transaction.connection())
            .await
            .unwrap();
        transaction.commit().await.unwrap();
    }
    let left = loop {
        let ids: Vec<String> =
            sqlx::query_scalar("SELECT id_hash FROM identity_sessions").fetch_all(database.reader()).await.unwrap();
        if !ids.iter().any(|id| id == "over") {
            break ids;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    assert_eq!(left, ["open"]);
    database.close().await;
}
