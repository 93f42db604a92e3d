//! Tokens for scripts, as scripts and thieves use them.

use axum::http::{Request, StatusCode, request::Builder};
use serde_json::{Value, json};
use storage::{Database, DatabaseUrl};

use crate::support::{
    Answer, TestApp,
    signing_in::{CLOSED, sign_in},
};

const TOKENS: &str = "/api/v1/identity/tokens";
const READ: &str = "/api/catalog/entities?limit=1";

fn bearer(request: Builder, token: &str) -> Builder {
    request.header("authorization", format!("Bearer {token}")).header("content-type", "application/json")
}

async fn create_with(app: &TestApp, request: Builder, body: &Value) -> Answer {
    app.send_body(request.header("content-type", "application/json"), body.to_string()).await
}

/// Makes a token by the session of a cookie; its id and secret.
async fn create(app: &TestApp, cookie: &str, name: &str, scopes: &[&str]) -> (String, String) {
    let body = json!({ "name": name, "scopes": scopes });
    let answer = create_with(app, Request::post(TOKENS).header("cookie", cookie), &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    assert_eq!(answer.header("cache-control"), "no-store");
    let json = answer.json();
    (json["token"]["id"].as_str().unwrap().to_owned(), json["secret"].as_str().unwrap().to_owned())
}

async fn status_of(app: &TestApp, request: Builder, token: &str) -> StatusCode {
    app.send(bearer(request, token)).await.status
}

async fn register(app: &TestApp, token: &str) -> Answer {
    let body = json!({ "type": "url", "target": "https://git.acme.example/a/b/catalog-info.yaml" });
    app.send_body(bearer(Request::post("/api/catalog/locations"), token), body.to_string()).await
}

#[tokio::test]
async fn a_token_acts_as_its_owner_in_both_apis_until_it_is_revoked() {
    let app = TestApp::configured(CLOSED).await;
    let cookie = sign_in(&app, "alice").await;
    let (id, secret) = create(&app, &cookie, "ci", &["catalog:read"]).await;
    for path in [READ, "/api/v1/catalog/entities?kind=component"] {
        assert_eq!(status_of(&app, Request::get(path), &secret).await, StatusCode::OK, "{path}");
    }
    let principal = app.send(bearer(Request::get("/api/v1/identity/principal"), &secret)).await.json();
    assert_eq!(principal["principal"], "alice at https://id.acme.example");
    assert_eq!(principal["kind"], "person");
    assert_eq!(principal["token"]["name"], "ci");

    let revoke = Request::delete(format!("{TOKENS}/{id}")).header("cookie", &cookie);
    assert_eq!(app.send(revoke).await.status, StatusCode::NO_CONTENT);
    // A thief who has it has nothing.
    for path in [READ, "/api/v1/catalog/entities?kind=component", "/api/v1/identity/principal", TOKENS] {
        let refused = app.send(bearer(Request::get(path), &secret)).await;
        assert_eq!(refused.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(refused.text().contains("Illegal token") && !refused.text().contains(&secret), "{}", refused.text());
    }
    let again = Request::delete(format!("{TOKENS}/{id}")).header("cookie", &cookie);
    assert_eq!(app.send(again).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_secret_is_told_once_and_never_again() {
    let app = TestApp::configured(CLOSED).await;
    let cookie = sign_in(&app, "alice").await;
    let (_, secret) = create(&app, &cookie, "ci", &["catalog:read", "catalog:write"]).await;
    for path in [TOKENS, "/api/v1/identity/account", "/account", "/api/v1/identity/principal"] {
        let answer = app.send(Request::get(path).header("cookie", &cookie)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert!(!answer.text().contains(&secret[3..]), "{path}");
    }
    // A request that is sent again names the token.
    let replay = Request::post(TOKENS).header("cookie", &cookie).header("idempotency-key", "7");
    let answer = create_with(&app, replay, &json!({ "name": "ci", "scopes": ["catalog:read"] })).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert!(answer.text().contains("`ci`") && !answer.text().contains("cb_"), "{}", answer.text());
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say() {
    let platform = "permission: { roles: { platform: ['alice at https://id.acme.example'] } }";
    let app = TestApp::configured(&format!("{CLOSED}\n{platform}")).await;
    let cookie = sign_in(&app, "alice").await;
    let (_, reader) = create(&app, &cookie, "reader", &["catalog:read", "environments:write"]).await;
    let (_, writer) = create(&app, &cookie, "writer", &["catalog:write"]).await;
    let refused = register(&app, &reader).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text().contains("the token lacks the scope `catalog:write`"), "{}", refused.text());
    assert_eq!(register(&app, &writer).await.status, StatusCode::CREATED);
    for (method, path) in [("POST", "/api/v1/catalog/sources/refresh"), ("POST", "/api/catalog/refresh")] {
        let request = bearer(Request::builder().method(method).uri(path), &reader);
        let answer = app.send_body(request, json!({ "source": "x", "entityRef": "component:web" }).to_string()).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}: {}", answer.text());
    }
    // What only asks is no writing, whatever its method.
    let by_refs = bearer(Request::post("/api/catalog/entities/by-refs"), &reader);
    let answer = app.send_body(by_refs, json!({ "entityRefs": ["component:web"] }).to_string()).await;
    assert_eq!(answer.status, StatusCode::OK);
    for form in ["/form/create-token", "/form/revoke-token", "/form/refresh-source"] {
        let request = Request::post(form)
            .header("authorization", format!("Bearer {reader}"))
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = app.send_body(request, "name=x&scope=tokens:write&days=1&id=1&source=x").await;
        assert!(answer.header("set-cookie").starts_with("flash=refused"), "{form}: {}", answer.header("set-cookie"));
    }
}

#[tokio::test]
async fn a_token_makes_no_token_that_is_wider_or_outlives_it() {
    let app = TestApp::configured(CLOSED).await;
    let cookie = sign_in(&app, "alice").await;
    let (_, reader) = create(&app, &cookie, "reader", &["catalog:read"]).await;
    let (maker_id, maker) = create(&app, &cookie, "maker", &["catalog:read", "tokens:write"]).await;
    let ask = async |token: &str, scopes: &[&str]| {
        create_with(
            &app,
            Request::post(TOKENS).header("authorization", format!("Bearer {token}")),
            &json!({ "name": "child", "scopes": scopes }),
        )
        .await
    };
    assert_eq!(ask(&reader, &["catalog:read"]).await.status, StatusCode::FORBIDDEN, "it lacks tokens:write");
    assert_eq!(ask(&maker, &["catalog:write"]).await.status, StatusCode::FORBIDDEN, "it is wider");
    assert_eq!(ask(&maker, &["tokens:write"]).await.status, StatusCode::FORBIDDEN, "only people give that");
    let child = ask(&maker, &["catalog:read"]).await.json();
    let secret = child["secret"].as_str().unwrap();
    assert_eq!(status_of(&app, Request::get(READ), secret).await, StatusCode::OK);
    let revoke = Request::delete(format!("{TOKENS}/{maker_id}")).header("cookie", &cookie);
    assert_eq!(app.send(revoke).await.status, StatusCode::NO_CONTENT);
    assert_eq!(status_of(&app, Request::get(READ), secret).await, StatusCode::UNAUTHORIZED, "it goes with its maker");
    let reader_id =
        app.send(bearer(Request::get("/api/v1/identity/principal"), &reader)).await.json()["token"]["id"].clone();
    let own = Request::delete(format!("{TOKENS}/{}", reader_id.as_str().unwrap()));
    assert_eq!(status_of(&app, own, &reader).await, StatusCode::NO_CONTENT, "a script may give up its own");
}

#[tokio::test]
async fn nobody_sees_or_revokes_the_tokens_of_others() {
    let app = TestApp::configured(CLOSED).await;
    let (alice, bob) = (sign_in(&app, "alice").await, sign_in(&app, "bob").await);
    let (id, secret) = create(&app, &alice, "ci", &["catalog:read"]).await;
    let list = app.send(Request::get(TOKENS).header("cookie", &bob)).await.json();
    assert_eq!(list, json!({ "tokens": [] }));
    let revoke = Request::delete(format!("{TOKENS}/{id}")).header("cookie", &bob);
    assert_eq!(app.send(revoke).await.status, StatusCode::NOT_FOUND);
    assert_eq!(status_of(&app, Request::get(READ), &secret).await, StatusCode::OK);
    assert_eq!(app.get(TOKENS).await.status, StatusCode::UNAUTHORIZED);
    let guest = create_with(&app, Request::post(TOKENS), &json!({ "name": "x", "scopes": ["catalog:read"] })).await;
    assert_eq!(guest.status, StatusCode::UNAUTHORIZED);
    // A program of the configuration has its own.
    let program = bearer(Request::post(TOKENS), "t0ken-of-the-test");
    let made = app.send_body(program, json!({ "name": "ci", "scopes": ["catalog:read"] }).to_string()).await.json();
    assert_eq!(made["token"]["owner"], "external:ci");
}

#[tokio::test]
async fn a_token_that_has_expired_or_whose_provider_is_gone_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data.sqlite");
    let yaml = format!(
        "{}\n",
        CLOSED.replace("backend: {", &format!("backend: {{ database: {{ connection: '{}' }},", file.display()))
    );
    let app = TestApp::configured(&yaml).await;
    let cookie = sign_in(&app, "alice").await;
    let (_, secret) = create(&app, &cookie, "ci", &["catalog:read"]).await;
    assert_eq!(status_of(&app, Request::get(READ), &secret).await, StatusCode::OK);
    let database = Database::connect(&DatabaseUrl::SqliteFile(file)).await.unwrap();
    for sql in [
        "UPDATE identity_tokens SET expires = 1",
        "UPDATE identity_tokens SET expires = 99999999999, provider = 'oidc-other'",
        "UPDATE identity_tokens SET scopes = 'catalog:read', provider = 'oidc-main', token_hash = 'x'",
    ] {
        let mut transaction = database.begin_write().await.unwrap();
        sqlx::query(sql).execute(transaction.connection()).await.unwrap();
        transaction.commit().await.unwrap();
        assert_eq!(status_of(&app, Request::get(READ), &secret).await, StatusCode::UNAUTHORIZED, "{sql}");
    }
    database.close().await;
}

#[tokio::test]
async fn malformed_tokens_and_requests_are_told_what_is_wrong() {
    let app = TestApp::configured(CLOSED).await;
    let cookie = sign_in(&app, "alice").await;
    let long = "x".repeat(100_000);
    for (body, told) in [
        (json!({ "name": "a b", "scopes": ["catalog:read"] }), "1 to 63 letters"),
        (json!({ "name": long, "scopes": ["catalog:read"] }), "1 to 63 letters"),
        (json!({ "name": "ci", "scopes": [] }), "at least one scope"),
        (
            json!({ "name": "ci", "scopes": ["catalog:admin"] }),
            "there is no scope `catalog:admin`; the scopes are catalog:read",
        ),
        (json!({ "name": "ci", "scopes": ["catalog:read"], "ttlSeconds": 0 }), "at most 365 days"),
        (json!({ "name": "ci", "scopes": ["catalog:read"], "ttlSeconds": u64::MAX }), "at most 365 days"),
        (json!({ "name": "ci", "scopes": ["catalog:read"], "admin": true }), "unknown field `admin`"),
    ] {
        let answer = create_with(&app, Request::post(TOKENS).header("cookie", &cookie), &body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());
        assert!(answer.text().contains(told) && answer.text().len() < 1_000, "{}", answer.text());
    }
    let (_, secret) = create(&app, &cookie, "ci", &["catalog:read"]).await;
    let last = if secret.ends_with('0') { "1" } else { "0" };
    for wrong in [
        format!("{}{last}", &secret[..50]),
        secret.to_uppercase(),
        format!("cb_{}", "0".repeat(8_000)),
        "cb_".to_owned(),
    ] {
        assert_eq!(status_of(&app, Request::get(READ), &wrong).await, StatusCode::UNAUTHORIZED);
    }
    // What is meant as one of ours is refused also where anybody may look around.
    let open = TestApp::start().await;
    assert_eq!(status_of(&open, Request::get(READ), "cb_nonsense").await, StatusCode::UNAUTHORIZED);
    assert_eq!(status_of(&open, Request::get(READ), "somebody-elses").await, StatusCode::OK);
}

#[tokio::test]
async fn the_page_makes_a_token_shows_it_once_and_revokes_it() {
    let app = TestApp::configured(CLOSED).await;
    let cookie = sign_in(&app, "alice").await;
    let post = async |path: &str, body: &str| {
        let request =
            Request::post(path).header("cookie", &cookie).header("content-type", "application/x-www-form-urlencoded");
        app.send_body(request, body.to_owned()).await
    };
    let made = post("/form/create-token", "name=ci&scope=catalog%3Aread&days=30").await;
    assert_eq!((made.status, made.header("location")), (StatusCode::SEE_OTHER, "/account"));
    let handed = made.header("set-cookie");
    assert!(handed.contains("; HttpOnly; SameSite=Strict"), "{handed}");
    let secret = handed.split(['=', ';']).nth(1).unwrap();
    let both = format!("{cookie}; callboard-new-token={secret}");
    let page = app.send(Request::get("/account").header("cookie", &both)).await;
    assert!(page.text().contains(secret), "{}", page.text());
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(page.header("set-cookie").starts_with("callboard-new-token=; "), "{}", page.header("set-cookie"));
    let other = app.send(Request::get("/settings").header("cookie", &both)).await;
    assert!(!other.text().contains(secret), "only the one page shows it");
    let again = app.send(Request::get("/account").header("cookie", &cookie)).await;
    assert!(!again.text().contains(secret) && again.text().contains("Revoke ci"), "{}", again.text());
    assert_eq!(status_of(&app, Request::get(READ), secret).await, StatusCode::OK);

    for (body, flash) in [
        ("name=ci&scope=catalog%3Aread&days=30", "token-name-taken"),
        ("name=ci2&days=30", "token-invalid"),
        ("name=ci2&scope=catalog%3Aread&days=9999999999999999999", "token-invalid"),
        ("name=%3Cscript%3E&scope=catalog%3Aread&days=1", "token-invalid"),
        ("", "token-invalid"),
    ] {
        let refused = post("/form/create-token", body).await;
        assert!(refused.header("set-cookie").starts_with(&format!("flash={flash};")), "{body}");
    }
    let tokens = app.send(Request::get(TOKENS).header("cookie", &cookie)).await.json();
    let revoked = post("/form/revoke-token", &format!("id={}", tokens["tokens"][0]["id"].as_str().unwrap())).await;
    assert!(revoked.header("set-cookie").starts_with("flash=token-revoked;"));
    assert_eq!(status_of(&app, Request::get(READ), secret).await, StatusCode::UNAUTHORIZED);
    let foreign =
        Request::post("/form/create-token").header("cookie", &cookie).header("origin", "https://evil.example");
    assert_eq!(app.send(foreign).await.status, StatusCode::FORBIDDEN);
}
