//! Who is let in, without a provider being asked: that, the browser tests do with a real one.

use axum::http::{Request, StatusCode, request::Builder};

use crate::support::{TestApp, signing_in::CLOSED};

fn with_token(path: &str, token: &str) -> Builder {
    Request::get(path).header("authorization", format!("Bearer {token}"))
}

#[tokio::test]
async fn backstage_clients_are_told_as_backstage_tells_them() {
    let app = TestApp::configured(CLOSED).await;
    // Recordings 116 and 117 of a real Backstage.
    for (request, message) in [
        (Request::get("/api/catalog/entities?limit=1"), "Missing credentials"),
        (with_token("/api/catalog/entities?limit=1", "nonsense"), "Illegal token"),
    ] {
        let answer = app.send(request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.content_type(), "application/json; charset=utf-8");
        let expected = serde_json::json!({
            "error": { "name": "AuthenticationError", "message": message },
            "request": { "method": "GET", "url": "/entities?limit=1" },
            "response": { "statusCode": 401 },
        });
        assert_eq!(answer.json(), expected);
    }
}

#[tokio::test]
async fn a_token_of_the_configuration_opens_the_api_and_nothing_else_is_told_of_it() {
    let app = TestApp::configured(CLOSED).await;
    for path in ["/api/catalog/entities?limit=1", "/api/v1/catalog/entities?kind=component"] {
        assert_eq!(app.send(with_token(path, "t0ken-of-the-test")).await.status, StatusCode::OK, "{path}");
        for wrong in ["t0ken-of-the-tes", "t0ken-of-the-test1", "T0KEN-OF-THE-TEST", ""] {
            let answer = app.send(with_token(path, wrong)).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path} {wrong}");
            assert!(
                !answer.text().contains("t0ken-of-the-test") || wrong.contains("t0ken-of-the-test"),
                "{path} {wrong}"
            );
        }
    }
    // A program is nobody with sessions.
    let account = app.send(with_token("/api/v1/identity/account", "t0ken-of-the-test")).await;
    assert_eq!(account.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn pages_lead_to_the_sign_in_and_back() {
    let app = TestApp::configured(CLOSED).await;
    let page = app.get("/catalog?q=a%26b&filters[kind]=api").await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert_eq!(page.header("location"), "/sign-in?return=%2Fcatalog%3Fq%3Da%2526b%26filters%5Bkind%5D%3Dapi");
    let sign_in = app.get("/sign-in").await;
    assert_eq!(sign_in.status, StatusCode::OK);
    assert!(sign_in.text().contains("Continue with main"), "{}", sign_in.text());
    assert!(!sign_in.text().contains("s3cret") && !sign_in.text().contains("t0ken-of-the-test"));
    assert_eq!(sign_in.header("set-cookie"), "", "looking at the page begins no session");
}

#[tokio::test]
async fn a_made_up_or_malformed_session_is_a_guest() {
    let app = TestApp::configured(CLOSED).await;
    for cookie in [
        "callboard-session=AAAAAAAAAAAAAAAAAAAAAA",
        "callboard-session=",
        "callboard-session=x;y=%00",
        "callboard-session=ä",
    ] {
        let request = Request::get("/api/catalog/entities").header("cookie", cookie.as_bytes());
        assert_eq!(app.send(request).await.status, StatusCode::UNAUTHORIZED, "{cookie}");
    }
}

#[tokio::test]
async fn guests_come_in_beside_those_who_sign_in_where_that_is_configured() {
    let app = TestApp::configured(&CLOSED.replace("providers: {", "providers: { guest: {},")).await;
    assert_eq!(app.get("/catalog").await.status, StatusCode::OK);
    assert_eq!(app.get("/api/catalog/entities").await.status, StatusCode::OK);
    assert!(app.get("/sign-in").await.text().contains("Look around as a guest"));
    let illegal = app.send(with_token("/api/catalog/entities", "nonsense")).await;
    assert_eq!(illegal.status, StatusCode::UNAUTHORIZED, "who shows a token that is none is no guest");
}

#[tokio::test]
async fn forms_of_other_sites_sign_nobody_out() {
    let app = TestApp::configured(CLOSED).await;
    for path in ["/form/sign-out", "/form/end-sessions"] {
        let foreign = Request::post(path).header("origin", "https://evil.example").header("host", "127.0.0.1:7007");
        assert_eq!(app.send(foreign).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}
