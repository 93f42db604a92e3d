//! Requests that are sent again by their `Idempotency-Key`, and those that are only tried.

use axum::http::{Request, StatusCode, request::Builder};
use serde_json::{Value, json};

use crate::support::{
    Answer, TestApp,
    signing_in::{CLOSED, sign_in},
};

const VIEWS: &str = "/api/v1/personal/views";
const TOKENS: &str = "/api/v1/identity/tokens";

async fn post(app: &TestApp, cookie: &str, path: &str, key: &str, body: &Value) -> Answer {
    let request = request(Request::post(path), cookie).header("content-type", "application/json");
    let request = if key.is_empty() { request } else { request.header("idempotency-key", key) };
    app.send_body(request, body.to_string()).await
}

fn request(builder: Builder, cookie: &str) -> Builder {
    builder.header("cookie", cookie).header("host", "portal.localhost")
}

async fn items(app: &TestApp, cookie: &str, path: &str, member: &str) -> usize {
    let answer = app.send(request(Request::get(path), cookie)).await;
    answer.json()[member].as_array().unwrap_or_else(|| panic!("{}", answer.text())).len()
}

#[tokio::test]
async fn what_is_sent_again_with_its_key_is_made_once_and_answered_alike() {
    let app = TestApp::configured(CLOSED).await;
    let (alice, bob) = (sign_in(&app, "alice").await, sign_in(&app, "bob").await);
    let view = json!({ "name": "APIs", "path": "/catalog?filters[kind]=api" });
    let first = post(&app, &alice, VIEWS, "\"key-1\"", &view).await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (StatusCode::CREATED, ""), "{}", first.text());
    let again = post(&app, &alice, VIEWS, "key-1", &view).await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (StatusCode::CREATED, "true"));
    assert_eq!((again.json(), again.content_type()), (first.json(), first.content_type()));
    assert_eq!(items(&app, &alice, "/api/v1/personal", "views").await, 1);

    let other = post(&app, &alice, VIEWS, "key-1", &json!({ "name": "Other", "path": "/catalog" })).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.text());
    assert!(other.json()["detail"].as_str().unwrap().contains("given to another request"));
    let of_bob = post(&app, &bob, VIEWS, "key-1", &view).await;
    assert_eq!(
        (of_bob.status, of_bob.header("idempotency-replayed")),
        (StatusCode::CREATED, ""),
        "a key is its sender's"
    );
    let wrong = post(&app, &alice, VIEWS, "a b", &view).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.text());

    // What made nothing can be mended and sent again.
    let refused = post(&app, &alice, VIEWS, "key-2", &json!({ "name": "", "path": "/catalog" })).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let mended = post(&app, &alice, VIEWS, "key-2", &json!({ "name": "All", "path": "/catalog" })).await;
    assert_eq!(mended.status, StatusCode::CREATED, "{}", mended.text());
}

#[tokio::test]
async fn of_several_at_once_one_makes_it() {
    let app = TestApp::configured(CLOSED).await;
    let alice = sign_in(&app, "alice").await;
    let view = json!({ "name": "APIs", "path": "/catalog" });
    let sent = || post(&app, &alice, VIEWS, "key", &view);
    let answers = tokio::join!(sent(), sent(), sent(), sent());
    let answers = [answers.0, answers.1, answers.2, answers.3];
    let made = answers.iter().filter(|answer| answer.status == StatusCode::CREATED);
    assert!(made.clone().count() >= 1);
    assert_eq!(made.filter(|answer| answer.header("idempotency-replayed").is_empty()).count(), 1);
    assert!(answers.iter().all(|answer| matches!(answer.status, StatusCode::CREATED | StatusCode::CONFLICT)));
    assert_eq!(items(&app, &alice, "/api/v1/personal", "views").await, 1);
}

#[tokio::test]
async fn a_token_is_named_and_its_secret_not_told_twice() {
    let app = TestApp::configured(CLOSED).await;
    let alice = sign_in(&app, "alice").await;
    let wanted = json!({ "name": "ci", "scopes": ["catalog:read"] });
    let made = post(&app, &alice, TOKENS, "key", &wanted).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let secret = made.json()["secret"].as_str().unwrap().to_owned();
    let id = made.json()["token"]["id"].as_str().unwrap_or_default().to_owned();
    for revoked in [false, true] {
        if revoked {
            let gone = app.send(request(Request::delete(format!("{TOKENS}/{id}")), &alice)).await;
            assert_eq!(gone.status, StatusCode::NO_CONTENT, "{}", made.text());
        }
        let again = post(&app, &alice, TOKENS, "key", &wanted).await;
        assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.text());
        assert!(again.text().contains("the token `ci`") && !again.text().contains(&secret), "{}", again.text());
    }
}

#[tokio::test]
async fn a_location_is_registered_once_and_answered_as_backstage_does() {
    let app = TestApp::start().await;
    let location = json!({ "type": "url", "target": "https://github.com/acme/shop/blob/main/catalog-info.yaml" });
    let first = post(&app, "", "/api/catalog/locations", "key", &location).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
    let again = post(&app, "", "/api/catalog/locations", "key", &location).await;
    assert_eq!((again.status, again.json()), (StatusCode::CREATED, first.json()));
    let without = post(&app, "", "/api/catalog/locations", "", &location).await;
    assert_eq!(without.status, StatusCode::CONFLICT);
    let other =
        post(&app, "", "/api/catalog/locations", "key", &json!({ "type": "url", "target": "https://a.example" })).await;
    assert_eq!(other.json()["error"]["name"], "UnprocessableEntityError", "{}", other.text());
}

#[tokio::test]
async fn what_is_only_tried_leaves_nothing_and_tells_no_secret() {
    let app = TestApp::configured(CLOSED).await;
    let alice = sign_in(&app, "alice").await;
    let view = json!({ "name": "APIs", "path": "/catalog" });
    let made = post(&app, &alice, VIEWS, "", &view).await.json();
    let id = made["id"].as_str().unwrap();
    let token = json!({ "name": "ci", "scopes": ["catalog:read"] });
    let tried = post(&app, &alice, &format!("{TOKENS}?dryRun=true"), "key", &token).await;
    assert_eq!((tried.status, &tried.json()["secret"]), (StatusCode::OK, &json!("")), "{}", tried.text());
    let wrong = post(&app, &alice, &format!("{TOKENS}?dryRun=true"), "", &json!({ "name": "ci", "scopes": [] })).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "it says what would go wrong: {}", wrong.text());
    let odd = post(&app, &alice, &format!("{TOKENS}?dryRun=perhaps"), "", &token).await;
    assert_eq!(odd.status, StatusCode::BAD_REQUEST, "{}", odd.text());
    let more = json!({ "name": "More", "path": "/catalog" });
    assert_eq!(post(&app, &alice, &format!("{VIEWS}?dryRun=true"), "", &more).await.status, StatusCode::CREATED);
    for (method, path, status) in [
        ("PUT", "/api/v1/personal/stars/component/default/web", StatusCode::NO_CONTENT),
        ("PUT", "/api/v1/personal/stars/component/default/ghost", StatusCode::NOT_FOUND),
        ("PUT", "/api/v1/personal/visits/component/default/web", StatusCode::ACCEPTED),
        ("DELETE", &format!("{VIEWS}/{id}"), StatusCode::NO_CONTENT),
        ("DELETE", &format!("{VIEWS}/none"), StatusCode::NOT_FOUND),
    ] {
        let builder = Request::builder().method(method).uri(format!("{path}?dryRun=true"));
        let answer = app.send(request(builder, &alice)).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
    }
    app.app.state.personal.settled().await;
    let kept = app.send(request(Request::get("/api/v1/personal"), &alice)).await.json();
    assert_eq!((&kept["stars"], &kept["visits"], &kept["views"][0]), (&json!([]), &json!([]), &made));
    assert_eq!(kept["views"].as_array().unwrap().len(), 1);
    assert_eq!(items(&app, &alice, TOKENS, "tokens").await, 0);
    let in_earnest = post(&app, &alice, TOKENS, "key", &token).await;
    assert_eq!(in_earnest.status, StatusCode::CREATED, "a try uses no key up: {}", in_earnest.text());
}

#[tokio::test]
async fn a_view_that_somebody_else_has_renamed_meanwhile_is_left_alone() {
    let app = TestApp::configured(CLOSED).await;
    let alice = sign_in(&app, "alice").await;
    let id = post(&app, &alice, VIEWS, "", &json!({ "name": "APIs", "path": "/catalog" })).await.json()["id"].clone();
    let path = format!("{VIEWS}/{}", id.as_str().unwrap());
    let etag = app.send(request(Request::get(&path), &alice)).await.header("etag").to_owned();
    assert!(etag.starts_with('"'), "{etag}");
    let rename = async |name: &str| {
        let builder = request(Request::put(&path), &alice).header("content-type", "application/json");
        app.send_body(builder.header("if-match", &etag), json!({ "name": name }).to_string()).await.status
    };
    assert_eq!(rename("Ours").await, StatusCode::NO_CONTENT);
    assert_eq!(rename("Mine").await, StatusCode::PRECONDITION_FAILED);
    assert_eq!(app.send(request(Request::get(&path), &alice)).await.json()["name"], "Ours");
}
