//! Callboard in a frame of another site's page: who may embed, who is signed in there, and what they reach.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    extract::State,
    http::{Request, StatusCode},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{
    Answer, TestApp,
    signing_in::{now, sign_in},
};

const WIKI: &str = "https://wiki.acme.example";
const SERVICE: &str = "Bearer t0ken-of-the-test";
const WEB: &str = "/catalog/default/component/web";

/// A stand-in of Backstage's auth plugin: its published keys, which can be changed or away.
#[derive(Clone)]
struct Backstage {
    url: String,
    published: Arc<Mutex<Option<Vec<Value>>>>,
}

struct Key {
    id: &'static str,
    pair: EcdsaKeyPair,
}

impl Key {
    fn new(id: &'static str) -> Self {
        let random = SystemRandom::new();
        let text = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, text.as_ref(), &random).unwrap();
        Self { id, pair }
    }

    fn public(&self) -> Value {
        let point = self.pair.public_key().as_ref();
        let coordinate = |part: &[u8]| URL_SAFE_NO_PAD.encode(part);
        json!({
            "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": self.id,
            "x": coordinate(&point[1..33]), "y": coordinate(&point[33..]),
        })
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn header(key: &str) -> Value {
    json!({ "alg": "ES256", "kid": key, "typ": "vnd.backstage.user" })
}

fn claims(user: &str) -> Value {
    json!({ "iss": "http://backstage/api/auth", "sub": user, "ent": [user], "aud": "backstage", "iat": now(), "exp": now() + 3600 })
}

async fn keys(State(backstage): State<Backstage>) -> Result<Json<Value>, StatusCode> {
    let published = backstage.published.lock().unwrap().clone();
    published.map(|keys| Json(json!({ "keys": keys }))).ok_or(StatusCode::BAD_GATEWAY)
}

async fn backstage(key: &Key) -> Backstage {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let backstage = Backstage { url, published: Arc::new(Mutex::new(Some(vec![key.public()]))) };
    let router = Router::new().route("/api/auth/.well-known/jwks.json", get(keys)).with_state(backstage.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    backstage
}

async fn start(backstage: Option<&Backstage>) -> TestApp {
    let more =
        backstage.map(|backstage| format!(", backstage: {{ baseUrl: '{}' }}", backstage.url)).unwrap_or_default();
    TestApp::configured(&format!(
        "app: {{ baseUrl: 'https://portal.localhost' }}
auth: {{ admins: ['user:default/boss'], providers: {{ oidc: {{ main: {{ metadataUrl: 'https://id.acme.example', clientId: callboard, clientSecret: s3cret }} }} }} }}
backend: {{ auth: {{ externalAccess: [{{ type: static, options: {{ token: t0ken-of-the-test, subject: wiki }} }}] }} }}
embed: {{ parents: [{{ origin: '{WIKI}'{more} }}] }}"
    ))
    .await
}

async fn mint(app: &TestApp, authorization: &str, sub: &str, entity: &str) -> Answer {
    let request = Request::post("/api/v1/embed/tokens")
        .header("authorization", authorization)
        .header("host", "portal.localhost")
        .header("content-type", "application/json");
    app.send_body(request, json!({ "sub": sub, "entity": entity }).to_string()).await
}

async fn token(app: &TestApp, sub: &str) -> String {
    let minted = mint(app, SERVICE, sub, "component:default/web").await;
    assert_eq!(minted.status, StatusCode::CREATED, "{}", minted.text());
    minted.json()["token"].as_str().unwrap().to_owned()
}

async fn hand_over(app: &TestApp, origin: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::post("/embed/session")
        .header("origin", origin)
        .header("host", "portal.localhost")
        .header("cookie", cookie)
        .header("accept", "text/html")
        .header("content-type", "application/x-www-form-urlencoded");
    app.send_body(request, body).await
}

/// The cookie that an answer sets.
fn kept(answer: &Answer) -> String {
    let mut cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let cookie = cookies.rfind(|cookie| cookie.contains("embedded="));
    cookie.unwrap_or_else(|| panic!("{} {}", answer.status, answer.text())).split(';').next().unwrap().to_owned()
}

async fn page(app: &TestApp, cookie: &str, path: &str) -> Answer {
    let request = Request::get(path).header("cookie", cookie).header("host", "portal.localhost");
    app.send(request.header("accept", "text/html")).await
}

#[tokio::test]
async fn only_configured_sites_may_have_a_page_in_a_frame_and_only_its_embedded_form() {
    let app = TestApp::configured(
        "embed: { parents: [{ origin: 'https://wiki.acme.example' }, { origin: 'http://localhost:3000' }] }",
    )
    .await;
    let embedded = app.get(&format!("/embed{WEB}?x=1")).await;
    assert_eq!(embedded.status, StatusCode::OK, "guests may look around here, also in a frame");
    let policy = embedded.header("content-security-policy");
    assert!(policy.ends_with("frame-ancestors https://wiki.acme.example http://localhost:3000"), "{policy}");
    let html = embedded.text();
    assert!(html.contains("data-embedded") && !html.contains("class=\"side\"") && !html.contains("<header"), "{html}");
    assert!(html.contains("href=\"/embed/catalog/default/group/team\""), "links stay inside: {html}");
    assert!(!html.contains("href=\"/catalog"), "{html}");

    let usual = app.get(WEB).await;
    assert!(usual.header("content-security-policy").ends_with("frame-ancestors 'none'"));
    assert!(!usual.text().contains("data-embedded"));
    let form = Request::post("/embed/form/refresh-entity")
        .header("host", "127.0.0.1")
        .header("content-type", "application/x-www-form-urlencoded");
    let done = app.send_body(form, "entity_ref=component:default/web").await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, &*format!("/embed{WEB}")));
    assert!(
        done.header("set-cookie").ends_with("; Secure; SameSite=None; Partitioned"),
        "{}",
        done.header("set-cookie")
    );

    let without = TestApp::start().await;
    assert_eq!(without.get(&format!("/embed{WEB}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(hand_over(&without, WIKI, "", &[("token", "x")]).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn a_minted_token_signs_its_user_in_once_for_its_entity() {
    let app = start(None).await;
    let token = token(&app, "user:default/alice").await;
    let session = hand_over(&app, WIKI, "", &[("token", &token), ("theme", "dark")]).await;
    assert_eq!((session.status, session.header("location")), (StatusCode::SEE_OTHER, &*format!("/embed{WEB}")));
    let all: Vec<_> = session.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect();
    assert!(all[0].starts_with("__Host-callboard-embedded="), "{all:?}");
    for attribute in ["Path=/", "Max-Age=3600", "HttpOnly", "Secure", "SameSite=None", "Partitioned"] {
        assert!(all[0].split("; ").any(|part| part == attribute), "{attribute}: {all:?}");
    }
    assert!(all[1].starts_with("theme=dark;"), "{all:?}");
    let cookie = kept(&session);

    let again = hand_over(&app, WIKI, "", &[("token", &token)]).await;
    assert_eq!(again.status, StatusCode::FORBIDDEN);
    assert!(
        again.text().contains("used before")
            && again.header("content-security-policy").contains("frame-ancestors https://wiki")
    );
    let page_of_web = page(&app, &cookie, &format!("/embed{WEB}")).await;
    assert_eq!(page_of_web.status, StatusCode::OK, "{}", page_of_web.text());
    assert_eq!(page(&app, &cookie, "/embed/catalog/default/component/orphan").await.status, StatusCode::NOT_FOUND);
    let listed = page(&app, &cookie, "/embed/api/catalog/entities").await.json();
    let names: Vec<_> = listed.as_array().unwrap().iter().map(|entity| &entity["metadata"]["name"]).collect();
    assert_eq!(names, ["web"], "lists hold the entity and what hangs below it");

    // It is no session of the portal itself, and that is none of a frame's.
    let id = cookie.split_once('=').unwrap().1;
    for outside in [cookie.clone(), format!("__Host-callboard-session={id}")] {
        assert_eq!(page(&app, &outside, "/api/catalog/entities").await.status, StatusCode::UNAUTHORIZED, "{outside}");
    }
    let own = sign_in(&app, "alice").await.replace("callboard-session", "__Host-callboard-session");
    assert_eq!(page(&app, &own, "/api/catalog/entities").await.status, StatusCode::OK);
    let none = page(&app, &own, &format!("/embed{WEB}")).await;
    assert_eq!(none.status, StatusCode::UNAUTHORIZED);
    assert!(
        none.text().contains("load the page around this one again") && none.text().contains("embed.js"),
        "{}",
        none.text()
    );
    let id = own.split_once('=').unwrap().1;
    let swapped = page(&app, &format!("__Host-callboard-embedded={id}"), &format!("/embed{WEB}")).await;
    assert_eq!(swapped.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn who_looks_through_a_frame_reads_and_does_nothing_else() {
    let app = start(None).await;
    let token = token(&app, "user:default/alice").await;
    let cookie = kept(&hand_over(&app, WIKI, "", &[("token", &token)]).await);
    for (method, path, body) in [
        ("POST", "/api/catalog/refresh", json!({ "entityRef": "component:default/web" })),
        ("POST", "/api/catalog/locations", json!({ "type": "url", "target": "https://git.acme.example/a.yaml" })),
        ("GET", "/api/catalog/locations", Value::Null),
        ("GET", "/api/v1/catalog/sources", Value::Null),
        ("GET", "/api/v1/audit", Value::Null),
        ("PUT", "/api/v1/personal/stars/component/default/web", Value::Null),
        ("POST", "/api/v1/identity/tokens", json!({ "name": "mine", "scopes": ["catalog:read"] })),
        ("POST", "/api/v1/embed/tokens", json!({ "sub": "user:default/boss", "entity": "component:default/web" })),
    ] {
        let request = Request::builder().method(method).uri(format!("/embed{path}")).header("cookie", &cookie);
        let request = request.header("host", "portal.localhost").header("content-type", "application/json");
        let answer = app.send_body(request, body.to_string()).await;
        assert!(
            matches!(answer.status, StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED),
            "{method} {path}: {} {}",
            answer.status,
            answer.text()
        );
    }
}

#[tokio::test]
async fn tokens_are_made_by_programs_and_for_no_admin() {
    let app = start(None).await;
    for (authorization, sub, entity, status) in [
        (SERVICE, "user:default/boss", "component:default/web", StatusCode::FORBIDDEN),
        (SERVICE, "group:default/team", "component:default/web", StatusCode::BAD_REQUEST),
        (SERVICE, "alice", "component:default/web", StatusCode::BAD_REQUEST),
        (SERVICE, "user:default/alice", "component:default/ghost", StatusCode::NOT_FOUND),
        ("", "user:default/alice", "component:default/web", StatusCode::FORBIDDEN),
    ] {
        let answer = mint(&app, authorization, sub, entity).await;
        assert_eq!(answer.status, status, "{sub} {entity}: {}", answer.text());
    }
    // Of a person, whatever its scopes: else anybody could be anybody.
    let cookie = sign_in(&app, "alice").await.replace("callboard-session", "__Host-callboard-session");
    let request = Request::post("/api/v1/identity/tokens").header("cookie", cookie).header("host", "portal.localhost");
    let wanted = json!({ "name": "mine", "scopes": ["embed:mint"] });
    let made = app.send_body(request.header("content-type", "application/json"), wanted.to_string()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let mine = format!("Bearer {}", made.json()["secret"].as_str().unwrap());
    let minted = mint(&app, &mine, "user:default/bob", "component:default/web").await;
    assert_eq!(minted.status, StatusCode::FORBIDDEN);
    assert!(minted.text().contains("only a program"), "{}", minted.text());
}

#[tokio::test]
async fn a_page_of_another_site_signs_nobody_in() {
    let app = start(None).await;
    for origin in
        ["https://evil.example", "null", "", "https://wiki.acme.example.evil.example", "http://wiki.acme.example"]
    {
        let token = token(&app, "user:default/alice").await;
        let refused = hand_over(&app, origin, "", &[("token", &token)]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{origin}");
        assert!(!refused.headers.contains_key("set-cookie"), "{origin}");
    }
    for to in ["//evil.example", "https://evil.example/", "/\\evil.example", "/embed/catalog"] {
        let token = token(&app, "user:default/alice").await;
        let refused = hand_over(&app, WIKI, "", &[("token", &token), ("to", to)]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{to}");
    }
}

#[tokio::test]
async fn a_user_of_backstage_comes_in_by_their_own_token_and_as_nobody_else() {
    let key = Key::new("first");
    let backstage = backstage(&key).await;
    let app = start(Some(&backstage)).await;
    let token = key.sign(&header("first"), &claims("user:default/alice"));
    let session = hand_over(&app, WIKI, "", &[("token", &token), ("to", WEB)]).await;
    assert_eq!(session.header("location"), format!("/embed{WEB}"), "{}", session.text());
    let cookie = kept(&session);
    let who = page(&app, &cookie, "/embed/api/v1/identity/principal").await.json();
    assert_eq!(who["principal"], "user:default/alice");

    // Another tab shows another entity; somebody else does not inherit what was shown.
    let orphan = "/catalog/default/component/orphan";
    let both = kept(&hand_over(&app, WIKI, &cookie, &[("token", &token), ("to", orphan)]).await);
    for path in [WEB, orphan] {
        assert_eq!(page(&app, &both, &format!("/embed{path}")).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(page(&app, &cookie, &format!("/embed{WEB}")).await.status, StatusCode::UNAUTHORIZED, "ids are renewed");
    let bob = key.sign(&header("first"), &claims("user:default/bob"));
    let bob = kept(&hand_over(&app, WIKI, &both, &[("token", &bob), ("to", WEB)]).await);
    assert_eq!(page(&app, &bob, &format!("/embed{orphan}")).await.status, StatusCode::NOT_FOUND);

    let missing = hand_over(&app, WIKI, "", &[("token", &token), ("to", "/catalog")]).await;
    assert_eq!(missing.status, StatusCode::BAD_REQUEST, "a session is for an entity");
    // An admin reads here as everybody does.
    let boss = key.sign(&header("first"), &claims("user:default/boss"));
    let boss = kept(&hand_over(&app, WIKI, "", &[("token", &boss), ("to", WEB)]).await);
    assert_eq!(page(&app, &boss, "/embed/api/v1/audit").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn tokens_that_are_not_right_name_nobody() {
    let key = Key::new("first");
    let foreign = Key::new("first");
    let backstage = backstage(&key).await;
    let app = start(Some(&backstage)).await;
    let with = |member: &str, value: Value| {
        let mut claims = claims("user:default/alice");
        claims[member] = value;
        claims
    };
    let good = claims("user:default/alice");
    let unsigned = key.sign(&json!({ "alg": "none", "kid": "first", "typ": "vnd.backstage.user" }), &good);
    let by_hmac = key.sign(&json!({ "alg": "HS256", "kid": "first", "typ": "vnd.backstage.user" }), &good);
    let of_service = key.sign(&json!({ "alg": "ES256", "kid": "first", "typ": "vnd.backstage.plugin" }), &good);
    let tampered = {
        let token = key.sign(&header("first"), &good);
        let parts: Vec<_> = token.split('.').collect();
        format!("{}.{}.{}", parts[0], URL_SAFE_NO_PAD.encode(claims("user:default/boss").to_string()), parts[2])
    };
    for (what, token) in [
        ("expired", key.sign(&header("first"), &with("exp", json!(now() - 60)))),
        ("from the future", key.sign(&header("first"), &with("iat", json!(now() + 600)))),
        ("another audience", key.sign(&header("first"), &with("aud", json!("elsewhere")))),
        ("no audience", key.sign(&header("first"), &with("aud", Value::Null))),
        ("no user", key.sign(&header("first"), &with("sub", json!("group:default/team")))),
        ("foreign key", foreign.sign(&header("first"), &good)),
        ("unknown key", foreign.sign(&header("second"), &good)),
        ("unsigned", format!("{}.", unsigned.rsplit_once('.').unwrap().0)),
        ("none", unsigned),
        ("HMAC", by_hmac),
        ("of a service", of_service),
        ("tampered", tampered),
        ("nonsense", "a.b.c".to_owned()),
        ("empty", String::new()),
        ("long", "a".repeat(100_000)),
    ] {
        let refused = hand_over(&app, WIKI, "", &[("token", &token), ("to", WEB)]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{what}: {}", refused.text());
        assert!(!refused.headers.contains_key("set-cookie"), "{what}");
    }
    // Half a minute of difference between clocks is none.
    let token = key.sign(&header("first"), &with("exp", json!(now() - 5)));
    let skewed = hand_over(&app, WIKI, "", &[("token", &token), ("to", WEB)]).await;
    assert_eq!(skewed.status, StatusCode::SEE_OTHER, "{}", skewed.text());
}

#[tokio::test]
async fn keys_that_backstage_publishes_may_change_and_be_away() {
    let (first, second) = (Key::new("first"), Key::new("second"));
    let backstage = backstage(&first).await;
    *backstage.published.lock().unwrap() = None;
    let app = start(Some(&backstage)).await;
    let by = |key: &Key| key.sign(&header(key.id), &claims("user:default/alice"));
    let status = async |key: &Key| hand_over(&app, WIKI, "", &[("token", &by(key)), ("to", WEB)]).await.status;
    assert_eq!(status(&first).await, StatusCode::SERVICE_UNAVAILABLE);
    *backstage.published.lock().unwrap() = Some(vec![first.public(), second.public()]);
    assert_eq!(status(&second).await, StatusCode::SEE_OTHER, "what could not be fetched is asked for again");
    *backstage.published.lock().unwrap() = None;
    assert_eq!(status(&first).await, StatusCode::SEE_OTHER, "published keys count on");
}
