//! What people keep for themselves, as they and others meet it: by the API, by forms, and on pages.

use std::fs;

use axum::http::{Request, StatusCode, request::Builder};
use serde_json::{Value, json};

use crate::support::{
    Answer, CATALOG, TestApp,
    signing_in::{CLOSED, sign_in},
};

const WEB: &str = "component/default/web";

fn by(cookie: &str, request: Builder) -> Builder {
    request.header("cookie", cookie).header("host", "portal.localhost")
}

async fn kept(app: &TestApp, cookie: &str) -> Value {
    app.app.state.personal.settled().await;
    let answer = app.send(by(cookie, Request::get("/api/v1/personal"))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()
}

async fn page(app: &TestApp, cookie: &str, path: &str) -> Answer {
    let page = app.send(by(cookie, Request::get(path))).await;
    assert_eq!(page.status, StatusCode::OK, "{path}");
    page
}

async fn post(app: &TestApp, cookie: &str, form: &str, fields: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = by(cookie, Request::post(format!("/form/{form}")));
    app.send_body(request.header("content-type", "application/x-www-form-urlencoded"), body).await
}

async fn send_json(app: &TestApp, request: Builder, body: &Value) -> Answer {
    app.send_body(request.header("content-type", "application/json"), body.to_string()).await
}

#[tokio::test]
async fn stars_and_visits_follow_a_person_to_another_browser_and_nobody_else() {
    let app = TestApp::configured(CLOSED).await;
    let (desk, phone, bob) = (sign_in(&app, "alice").await, sign_in(&app, "alice").await, sign_in(&app, "bob").await);
    let starred = app.send(by(&desk, Request::put(format!("/api/v1/personal/stars/{WEB}")))).await;
    assert_eq!(starred.status, StatusCode::NO_CONTENT, "{}", starred.text());
    let seen = page(&app, &desk, "/catalog/default/group/team").await;
    assert!(!seen.header("set-cookie").contains("recent="), "the browser keeps nothing: {}", seen.header("set-cookie"));
    let visited = app.send(by(&desk, Request::put("/api/v1/personal/visits/component/default/orphan"))).await;
    assert_eq!(visited.status, StatusCode::ACCEPTED);

    let on_phone = kept(&app, &phone).await;
    assert_eq!(on_phone["stars"], json!(["component:default/web"]));
    assert_eq!(on_phone["visits"], json!(["component:default/orphan", "group:default/team"]));
    let home = page(&app, &phone, "/").await;
    assert!(home.text().contains("aria-label=\"Starred\"") && home.text().contains("Lately"), "{}", home.text());
    let list = page(&app, &phone, "/catalog?filters[user]=starred").await;
    assert!(list.text().contains("/catalog/default/component/web") && !list.text().contains("component/orphan"));

    let of_bob = kept(&app, &bob).await;
    assert_eq!(of_bob, json!({ "stars": [], "visits": [], "views": [], "columns": "" }));
    assert!(!page(&app, &bob, "/").await.text().contains("Lately"));

    let forgotten = app.send(by(&phone, Request::delete("/api/v1/personal/visits"))).await;
    assert_eq!(forgotten.status, StatusCode::NO_CONTENT);
    assert_eq!(kept(&app, &desk).await["visits"], json!([]));
    app.send(by(&phone, Request::delete(format!("/api/v1/personal/stars/{WEB}")))).await;
    assert_eq!(kept(&app, &desk).await["stars"], json!([]));
}

#[tokio::test]
async fn a_star_is_pressed_without_script_and_goes_with_its_entity() {
    let app = TestApp::configured(CLOSED).await;
    let alice = sign_in(&app, "alice").await;
    let answer = post(&app, &alice, "star-entity", &[("entity", "component:default/web")]).await;
    assert_eq!((answer.status, answer.header("set-cookie")), (StatusCode::SEE_OTHER, ""));
    assert_eq!(kept(&app, &alice).await["stars"], json!(["component:default/web"]));
    let missing = post(&app, &alice, "star-entity", &[("entity", "component:default/ghost")]).await;
    assert!(missing.header("set-cookie").starts_with("flash=entity-unknown"), "{}", missing.header("set-cookie"));
    let columns = post(&app, &alice, "set-columns", &[("columns", "owner"), ("filters[kind]", "api")]).await;
    assert_eq!(columns.header("location"), "/catalog?filters%5Bkind%5D=api");
    assert_eq!((columns.header("set-cookie"), &kept(&app, &alice).await["columns"]), ("", &json!("owner")));
    post(&app, &alice, "set-columns", &[("columns", "owner"), ("usual", "true")]).await;
    assert_eq!(kept(&app, &alice).await["columns"], "");

    let mut revisions = app.app.state.catalog.changes();
    fs::write(app.folder().join("catalog-info.yaml"), CATALOG.replace("name: web", "name: shop")).unwrap();
    while kept(&app, &alice).await["stars"] != json!([]) {
        revisions.changed().await.unwrap();
    }
    let home = page(&app, &alice, "/").await;
    assert!(!home.text().contains("aria-label=\"Starred\""), "{}", home.text());
}

#[tokio::test]
async fn a_list_is_saved_under_a_name_and_found_on_home_and_in_the_catalog() {
    let app = TestApp::configured(CLOSED).await;
    let (alice, bob) = (sign_in(&app, "alice").await, sign_in(&app, "bob").await);
    let path = "/catalog?filters%5Bkind%5D=api&filters%5Btags%5D=pci";
    let saved = post(&app, &alice, "save-view", &[("name", "Card <APIs>"), ("path", path)]).await;
    assert_eq!((saved.status, saved.header("location")), (StatusCode::SEE_OTHER, path));
    assert!(saved.header("set-cookie").starts_with("flash=view-saved"));
    for place in ["/", "/catalog", "/views"] {
        let shown = page(&app, &alice, place).await;
        assert!(
            shown.text().contains("Card &lt;APIs&gt;") && shown.text().contains("filters%5Btags%5D=pci"),
            "{place}"
        );
        assert!(!page(&app, &bob, place).await.text().contains("Card"), "{place} of somebody else");
    }
    for (name, path, flash) in [
        ("Card <APIs>", "/catalog", "flash=view-name-taken"),
        (" ", "/catalog", "flash=view-invalid"),
        ("Evil", "//evil.example/catalog", "flash=view-invalid"),
        ("Evil", "https://evil.example/", "flash=view-invalid"),
        ("Evil", "/form/sign-out", "flash=view-invalid"),
    ] {
        let refused = post(&app, &alice, "save-view", &[("name", name), ("path", path)]).await;
        assert_eq!(refused.header("location"), "/catalog", "{name} {path}");
        assert!(refused.header("set-cookie").starts_with(flash), "{name} {path}: {}", refused.header("set-cookie"));
    }
    let id = kept(&app, &alice).await["views"][0]["id"].as_str().unwrap().to_owned();
    for form in ["rename-view", "remove-view"] {
        let of_bob = post(&app, &bob, form, &[("id", &id), ("name", "Stolen")]).await;
        assert!(of_bob.header("set-cookie").starts_with("flash=refused"), "{form}");
    }
    let renamed = post(&app, &alice, "rename-view", &[("id", &id), ("name", "Cards")]).await;
    assert_eq!(renamed.header("location"), "/views");
    assert_eq!(kept(&app, &alice).await["views"], json!([{ "id": id, "name": "Cards", "path": path }]));
    post(&app, &alice, "remove-view", &[("id", &id)]).await;
    assert_eq!(kept(&app, &alice).await["views"], json!([]));
}

#[tokio::test]
async fn the_api_says_why_a_view_is_not_kept_and_keeps_the_limits() {
    let limits = "personal: { maxViews: 1, maxStars: 1 }";
    let app = TestApp::configured(&format!("{CLOSED}\n{limits}")).await;
    let alice = sign_in(&app, "alice").await;
    let views = |method: &str, path: &str| {
        by(&alice, Request::builder().method(method).uri(format!("/api/v1/personal/views{path}")))
    };
    let body = json!({ "name": "Mine", "path": "/catalog?filters[user]=owned" });
    let created = send_json(&app, views("POST", ""), &body).await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text());
    let id = created.json()["id"].as_str().unwrap().to_owned();
    for (body, status, word) in [
        (body.clone(), StatusCode::CONFLICT, "`Mine`"),
        (json!({ "name": "Other", "path": "/catalog" }), StatusCode::CONFLICT, "`personal.maxViews`"),
        (json!({ "name": "", "path": "/catalog" }), StatusCode::BAD_REQUEST, "1 to 60"),
        (json!({ "name": "x", "path": "//evil.example" }), StatusCode::BAD_REQUEST, "`/catalog`"),
        (
            json!({ "name": "x", "path": format!("/catalog?{}", "a".repeat(1000)) }),
            StatusCode::BAD_REQUEST,
            "1000 bytes",
        ),
    ] {
        let refused = send_json(&app, views("POST", ""), &body).await;
        assert_eq!(refused.status, status, "{body}");
        assert!(refused.text().contains(word), "{body}: {}", refused.text());
    }
    let renamed = send_json(&app, views("PUT", &format!("/{id}")), &json!({ "name": "Ours" })).await;
    assert_eq!(renamed.status, StatusCode::NO_CONTENT);
    assert_eq!(app.send(views("DELETE", &format!("/{id}"))).await.status, StatusCode::NO_CONTENT);
    assert_eq!(app.send(views("DELETE", &format!("/{id}"))).await.status, StatusCode::NOT_FOUND);

    let star = |name: &str| by(&alice, Request::put(format!("/api/v1/personal/stars/component/default/{name}")));
    assert_eq!(app.send(star("web")).await.status, StatusCode::NO_CONTENT);
    let full = app.send(star("orphan")).await;
    assert_eq!(full.status, StatusCode::CONFLICT);
    assert!(full.text().contains("`personal.maxStars`"), "{}", full.text());
    let ghost = app.send(star("ghost")).await;
    assert_eq!(ghost.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn guests_programs_and_tokens_without_the_scope_keep_nothing() {
    let app = TestApp::configured(&CLOSED.replace("providers: { oidc", "providers: { guest: {}, oidc")).await;
    let guest = app.get("/api/v1/personal").await;
    assert_eq!(guest.status, StatusCode::UNAUTHORIZED, "{}", guest.text());
    let starred = post(&app, "", "star-entity", &[("entity", "component:default/web")]).await;
    assert!(starred.header("set-cookie").starts_with("stars=component:default/web;"), "a guest's cookie stays");
    assert!(app.get("/catalog/default/component/web").await.header("set-cookie").starts_with("recent="));
    let program = Request::get("/api/v1/personal").header("authorization", "Bearer t0ken-of-the-test");
    assert_eq!(app.send(program).await.status, StatusCode::UNAUTHORIZED);

    let alice = sign_in(&app, "alice").await;
    let token = async |scope: &str| {
        let body = json!({ "name": scope.replace(':', "-"), "scopes": [scope] });
        let made = send_json(&app, by(&alice, Request::post("/api/v1/identity/tokens")), &body).await;
        format!("Bearer {}", made.json()["secret"].as_str().unwrap())
    };
    let (reader, writer) = (token("catalog:read").await, token("personal:write").await);
    let star = |token: &str| Request::put(format!("/api/v1/personal/stars/{WEB}")).header("authorization", token);
    let refused = app.send(star(&reader)).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text().contains("`personal:write`"), "{}", refused.text());
    assert_eq!(app.send(star(&writer)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(kept(&app, &alice).await["stars"], json!(["component:default/web"]), "the token's owner has it");
    let read = app.send(Request::get("/api/v1/personal").header("authorization", &reader)).await;
    assert_eq!(read.json()["stars"], json!(["component:default/web"]));
}

const RULES: &str = r#"
@id("secrets") permit (principal in Role::"admin", action, resource);
@id("others") permit (principal, action == Action::"catalog.entity.read", resource) unless { resource has lifecycle && resource.lifecycle == "secret" };
"#;

#[tokio::test]
async fn nobody_learns_of_an_entity_by_what_they_keep() {
    let folder = tempfile::tempdir().unwrap();
    let hidden = CATALOG.replacen("production", "secret", 1);
    fs::write(folder.path().join("catalog-info.yaml"), CATALOG).unwrap();
    fs::write(folder.path().join("rules.cedar"), RULES).unwrap();
    let app =
        TestApp::over(folder, "catalog-info.yaml", &format!("{CLOSED}\npermission: {{ policies: rules.cedar }}")).await;
    let bob = sign_in(&app, "bob").await;
    let star = || by(&bob, Request::put(format!("/api/v1/personal/stars/{WEB}")));
    assert_eq!(app.send(star()).await.status, StatusCode::NO_CONTENT);
    page(&app, &bob, "/catalog/default/component/web").await;
    assert_eq!(kept(&app, &bob).await["visits"], json!(["component:default/web"]));
    // From now on nobody but admins may see it.
    let mut revisions = app.app.state.catalog.changes();
    fs::write(app.folder().join("catalog-info.yaml"), hidden).unwrap();
    while kept(&app, &bob).await["stars"] != json!([]) {
        revisions.changed().await.unwrap();
    }
    assert_eq!(kept(&app, &bob).await["visits"], json!([]));
    for path in ["/", "/catalog", "/views", "/catalog?filters[user]=starred"] {
        assert!(!page(&app, &bob, path).await.text().contains("component:default/web"), "{path}");
    }
    let (hidden, missing) = (
        app.send(star()).await,
        app.send(by(&bob, Request::put("/api/v1/personal/stars/component/default/wbe"))).await,
    );
    assert_eq!((hidden.status, missing.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(hidden.json()["detail"].as_str().unwrap().replace("web", "wbe"), missing.json()["detail"]);
    let visit = app.send(by(&bob, Request::put(format!("/api/v1/personal/visits/{WEB}")))).await;
    assert_eq!(visit.status, StatusCode::NOT_FOUND);
}
