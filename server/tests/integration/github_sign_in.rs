//! Sign-in at a GitHub, on a stand-in after its documentation: what goes wrong comes with status 200, addresses and organisations may be hidden.

use std::sync::Arc;

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, Request, StatusCode},
    response::{Html, IntoResponse as _, Response},
    routing::{get, post},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use url::Url;

use crate::support::{Answer, TestApp};

/// How the stand-in answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mood {
    #[default]
    Well,
    /// The person's address is not verified.
    Unverified,
    /// The person took `user:email` and `read:org` away, or their organisation wants its own sign-on.
    Hidden,
    RateLimited,
    /// A page where JSON is expected.
    Page,
    /// The secret of the configuration is wrong.
    WrongSecret,
}

#[derive(Clone)]
struct Github {
    mood: Mood,
    challenge: Arc<std::sync::Mutex<String>>,
}

async fn github(mood: Mood) -> (u16, Github) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let github = Github { mood, challenge: Arc::default() };
    let router = Router::new()
        .route("/login/oauth/access_token", post(access_token))
        .route("/api/v3/user", get(user))
        .route("/api/v3/user/emails", get(emails))
        .route("/api/v3/user/orgs", get(organizations))
        .with_state(github.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (port, github)
}

/// Errors come with status 200, as GitHub has them; JSON only for whom asks for it.
async fn access_token(State(github): State<Github>, headers: HeaderMap, Form(form): Form<Value>) -> Response {
    assert!(headers["accept"].to_str().unwrap().contains("application/json"), "else it answers with a form");
    let error = |name: &str| {
        Json(json!({ "error": name, "error_description": "…", "error_uri": "https://docs.github.example" }))
    };
    if github.mood == Mood::WrongSecret || form["client_secret"] != "gh-s3cret" {
        return error("incorrect_client_credentials").into_response();
    }
    let verifier = Sha256::digest(form["code_verifier"].as_str().unwrap());
    let is_verified = base64::Engine::encode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, verifier)
        == *github.challenge.lock().unwrap();
    if form["code"] != "the-code" || !is_verified {
        return error("bad_verification_code").into_response();
    }
    Json(json!({ "access_token": "gho_t0ken", "scope": "read:org,read:user,user:email", "token_type": "bearer" }))
        .into_response()
}

fn refusal(mood: Mood, headers: &HeaderMap) -> Option<Response> {
    assert_eq!(headers["authorization"], "Bearer gho_t0ken");
    assert!(headers.contains_key("user-agent"), "GitHub answers 403 without one");
    match mood {
        Mood::RateLimited => {
            let message = json!({ "message": "API rate limit exceeded" });
            Some((StatusCode::FORBIDDEN, [("x-ratelimit-remaining", "0")], Json(message)).into_response())
        }
        Mood::Page => Some(Html("<!doctype html><title>Unicorn!</title>").into_response()),
        _ => None,
    }
}

async fn user(State(github): State<Github>, headers: HeaderMap) -> Response {
    let user = json!({ "id": 4711, "login": "mara-okonjo", "name": null, "email": "public@profile.example" });
    refusal(github.mood, &headers).unwrap_or_else(|| Json(user).into_response())
}

async fn emails(State(github): State<Github>, headers: HeaderMap) -> Response {
    if github.mood == Mood::Hidden {
        return (StatusCode::NOT_FOUND, Json(json!({ "message": "Not Found" }))).into_response();
    }
    let verified = github.mood != Mood::Unverified;
    let emails = json!([
        { "email": "old@acme.example", "primary": false, "verified": true, "visibility": null },
        { "email": "mara@acme.example", "primary": true, "verified": verified, "visibility": "private" },
    ]);
    refusal(github.mood, &headers).unwrap_or_else(|| Json(emails).into_response())
}

async fn organizations(State(github): State<Github>, headers: HeaderMap) -> Response {
    if github.mood == Mood::Hidden {
        let sso = [("x-github-sso", "required; url=https://github.example/orgs/acme/sso")];
        let message = json!({ "message": "Resource protected by organization SAML enforcement." });
        return (StatusCode::FORBIDDEN, sso, Json(message)).into_response();
    }
    refusal(github.mood, &headers).unwrap_or_else(|| Json(json!([{ "login": "Acme", "id": 1 }])).into_response())
}

async fn start(port: u16, allowed: &str) -> TestApp {
    let provider = format!(
        "{{ enterpriseInstanceUrl: 'http://127.0.0.1:{port}', clientId: callboard, clientSecret: gh-s3cret, {allowed} }}"
    );
    TestApp::configured(&format!("auth: {{ providers: {{ github: {{ main: {provider} }} }} }}")).await
}

/// Goes to GitHub and comes back with a code; the answer to that, and the cookie.
async fn sign_in(app: &TestApp, github: &Github, code: &str) -> (Answer, String) {
    let begun = app.get("/auth/github-main/start?return=/catalog").await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
    let address: Url = begun.header("location").parse().unwrap();
    assert_eq!(address.path(), "/login/oauth/authorize");
    let query =
        |name: &str| address.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap();
    assert_eq!((query("code_challenge_method").as_str(), query("client_id").as_str()), ("S256", "callboard"));
    assert!(query("redirect_uri").ends_with("/auth/github-main/callback"));
    *github.challenge.lock().unwrap() = query("code_challenge");
    let cookie = begun.header("set-cookie").split(';').next().unwrap().to_owned();
    let callback = format!("/auth/github-main/callback?code={code}&state={}", query("state"));
    let answer = app.send(Request::get(callback).header("cookie", &cookie)).await;
    let mut cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let renewed = cookies.rfind(|cookie| cookie.starts_with("callboard-session=")).unwrap_or(&cookie);
    let renewed = renewed.split(';').next().unwrap().to_owned();
    (answer, renewed)
}

#[tokio::test]
async fn a_member_of_an_allowed_organisation_comes_in_by_their_number_and_verified_address() {
    let (port, github) = github(Mood::Well).await;
    let app = start(port, "allowedOrganizations: [acme]").await;
    let (answer, cookie) = sign_in(&app, &github, "the-code").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/catalog"));
    let account = app.send(Request::get("/api/v1/identity/account").header("cookie", &cookie)).await.json();
    assert_eq!(account["subject"], "4711", "names can be taken over by others, numbers can't");
    assert_eq!(account["issuer"], format!("http://127.0.0.1:{port}"));
    assert_eq!((&account["name"], &account["email"]), (&json!("mara-okonjo"), &json!("mara@acme.example")));
    assert_eq!(account["groups"], json!(["Acme"]));
    assert_eq!(account["provider"], "GitHub");
    let signed_out = app.send(Request::post("/form/sign-out").header("cookie", &cookie)).await;
    assert_eq!(signed_out.header("location"), "/sign-in");
}

#[tokio::test]
async fn what_github_refuses_or_hides_lets_nobody_in() {
    for (mood, allowed, code, refusal) in [
        (Mood::Well, "allowedOrganizations: [other]", "the-code", "not-allowed"),
        (Mood::Well, "allowedDomains: [profile.example]", "the-code", "not-allowed"),
        (Mood::Unverified, "allowedDomains: [acme.example]", "the-code", "not-allowed"),
        (Mood::Hidden, "allowedOrganizations: [acme], allowedDomains: [acme.example]", "the-code", "not-allowed"),
        (Mood::Well, "allowedOrganizations: [acme]", "stolen", "denied"),
        (Mood::RateLimited, "allowedOrganizations: [acme]", "the-code", "provider"),
        (Mood::Page, "allowedOrganizations: [acme]", "the-code", "provider"),
        (Mood::WrongSecret, "allowedOrganizations: [acme]", "the-code", "provider"),
    ] {
        let (port, github) = github(mood).await;
        let app = start(port, allowed).await;
        let (answer, cookie) = sign_in(&app, &github, code).await;
        assert_eq!(answer.header("location"), format!("/sign-in?error={refusal}"), "{mood:?} {allowed} {code}");
        let account = app.send(Request::get("/api/v1/identity/account").header("cookie", &cookie)).await;
        assert_eq!(account.status, StatusCode::UNAUTHORIZED, "{mood:?}");
    }
}

#[tokio::test]
async fn a_way_back_that_nobody_began_or_that_was_used_leads_nowhere() {
    let (port, github) = github(Mood::Well).await;
    let app = start(port, "allowedEmails: [mara@acme.example]").await;
    let forged = app.get("/auth/github-main/callback?code=the-code&state=guessed").await;
    assert_eq!(forged.header("location"), "/sign-in?error=expired");
    let (answer, cookie) = sign_in(&app, &github, "the-code").await;
    assert_eq!(answer.header("location"), "/catalog");
    let again = Request::get("/auth/github-main/callback?code=the-code&state=guessed").header("cookie", &cookie);
    assert_eq!(app.send(again).await.header("location"), "/sign-in?error=expired");
}
