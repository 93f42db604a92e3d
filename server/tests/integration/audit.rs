//! Who did what: what the log says of each write, and who may read it.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path, process::Command};

use axum::{
    body::Body,
    http::{Request, StatusCode, request::Builder},
};
use serde_json::{Value, json};
use storage::{Database, DatabaseUrl};

use crate::support::{
    Answer, TestApp,
    process::ServerProcess,
    signing_in::{CLOSED, sign_in},
};

const AUDIT: &str = "/api/v1/audit";
const ISSUER: &str = "https://id.acme.example";
/// boss does everything; peer is of no role; a token of the configuration is `external:ci`.
const ROLES: &str = "permission: { roles: { admin: ['boss at https://id.acme.example'], platform: ['ops at https://id.acme.example'] } }\n\
                     events: { modules: { gitlab: { webhookSecret: s3cret } } }";

async fn start() -> TestApp {
    TestApp::configured(&format!("{CLOSED}\n{ROLES}")).await
}

/// Entries, the latest first, by who may see them.
async fn entries(app: &TestApp, query: &str) -> Vec<Value> {
    app.app.state.audit.flush().await.unwrap();
    let cookie = sign_in(app, "boss").await;
    let answer = app.send(Request::get(format!("{AUDIT}?{query}")).header("cookie", cookie)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.json()["items"].as_array().unwrap().clone()
}

fn json_request(method: &str, path: &str, cookie: &str) -> Builder {
    Request::builder().method(method).uri(path).header("cookie", cookie).header("content-type", "application/json")
}

fn form(path: &str, cookie: &str) -> Builder {
    Request::post(path)
        .header("cookie", cookie)
        .header("host", "portal.localhost")
        .header("content-type", "application/x-www-form-urlencoded")
}

async fn location(app: &TestApp, cookie: &str, target: &str) -> Answer {
    let body = json!({ "type": "url", "target": target }).to_string();
    app.send_body(json_request("POST", "/api/catalog/locations", cookie), body).await
}

/// A database whose readers do not wait for who writes.
fn database(file: &Path) -> String {
    format!("backend: {{ database: {{ client: sqlite3, connection: '{}' }} }}", file.display())
}

/// What is done leaves one entry, and which.
struct Step {
    method: &'static str,
    path: String,
    body: String,
    action: &'static str,
    entity: String,
}

#[tokio::test]
async fn each_write_of_the_api_and_each_form_leaves_one_entry() {
    let app = start().await;
    let cookie = sign_in(&app, "boss").await;
    let made = location(&app, &cookie, "https://git.acme.example/a/b.yaml").await;
    let id = made.json()["location"]["id"].as_str().unwrap().to_owned();
    let token = json!({ "name": "ci", "scopes": ["catalog:read"] }).to_string();
    let token = app.send_body(json_request("POST", "/api/v1/identity/tokens", &cookie), token).await.json();
    let token = token["token"]["id"].as_str().unwrap().to_owned();
    let uid = app.get_by(&cookie, "/api/catalog/entities/by-name/component/default/orphan").await;
    let uid = uid["metadata"]["uid"].as_str().unwrap().to_owned();
    let first = entries(&app, "").await;
    let told: Vec<_> =
        first.iter().map(|entry| (entry["action"].as_str().unwrap(), entry["entity"].as_str().unwrap())).collect();
    let expected =
        [("identity.token.create", "token ci"), ("catalog.location.create", "url:https://git.acme.example/a/b.yaml")];
    assert_eq!(told, expected);

    let by_api = |method, path: &str, body: Value, action, entity: &str| {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        Step { method, path: path.to_owned(), body, action, entity: entity.to_owned() }
    };
    let by_form = |path: &str, body: &str, action, entity: &str| Step {
        method: "FORM",
        path: path.to_owned(),
        body: body.to_owned(),
        action,
        entity: entity.to_owned(),
    };
    let steps = [
        by_api(
            "POST",
            "/api/catalog/refresh",
            json!({ "entityRef": "Component:web" }),
            "catalog.entity.refresh",
            "component:default/web",
        ),
        by_api(
            "PUT",
            &format!("/api/catalog/locations/{id}"),
            json!({ "type": "url", "target": "https://bot:hunter2@git.acme.example/c.yaml?token=hunter2" }),
            "catalog.location.update",
            "url:https://git.acme.example/c.yaml",
        ),
        by_api("POST", "/api/v1/catalog/sources/refresh", json!({}), "catalog.source.refresh", "all sources"),
        by_api(
            "DELETE",
            &format!("/api/catalog/locations/{id}"),
            Value::Null,
            "catalog.location.delete",
            "url:https://git.acme.example/c.yaml",
        ),
        by_api(
            "DELETE",
            &format!("/api/catalog/entities/by-uid/{uid}"),
            Value::Null,
            "catalog.entity.delete",
            "component:default/orphan",
        ),
        by_form(
            "/form/refresh-entity",
            "entity_ref=component:default/web",
            "catalog.entity.refresh",
            "component:default/web",
        ),
        by_form("/form/refresh-source", "", "catalog.source.refresh", "all sources"),
        by_form(
            "/form/register-locations",
            "targets=https://git.acme.example/d.yaml%0D%0Ahttps://git.acme.example/e.yaml",
            "catalog.location.create",
            "url:https://git.acme.example/d.yaml url:https://git.acme.example/e.yaml",
        ),
        by_form("/form/create-token", "name=form&scope=catalog:read&days=3", "identity.token.create", "token form"),
        by_form("/form/revoke-token", &format!("id={token}"), "identity.token.revoke", "token ci"),
        by_form("/form/end-sessions", "handle=none-of-mine", "identity.session.end", "session none-of-mine"),
        by_form("/form/sign-out", "", "identity.session.end", "session at oidc-main"),
    ];
    let mut before = 2;
    for Step { method, path, body, action, entity } in steps {
        let request = if method == "FORM" { form(&path, &cookie) } else { json_request(method, &path, &cookie) };
        let request = request.header("x-forwarded-for", "203.0.113.9");
        let answer = app.send_body(request, body).await;
        assert!(!answer.status.is_client_error() && !answer.status.is_server_error(), "{path}: {}", answer.text());
        let entries = entries(&app, "").await;
        before += 1;
        assert_eq!(entries.len(), before, "{method} {path}: {:?}", entries.first());
        let entry = &entries[0];
        assert_eq!(entry["action"], action, "{path}");
        assert_eq!(entry["entity"], entity, "{path}");
        assert_eq!((&entry["outcome"], &entry["count"]), (&json!("done"), &json!(1)), "{path}");
        assert_eq!(entry["principal"], format!("boss at {ISSUER}"), "{path}");
        assert_eq!(entry["requestId"], answer.header("x-request-id"), "{path}");
        assert_eq!(entry["address"], "", "in memory nobody is at the other end, and nobody else is believed");
    }
    let whole = entries(&app, "limit=500").await;
    assert!(!json!(whole).to_string().contains("hunter2"), "what is secret in an address stays out");
}

#[tokio::test]
async fn what_is_asked_and_what_is_only_tried_out_leaves_none() {
    let app = start().await;
    let cookie = sign_in(&app, "boss").await;
    for (path, body) in [
        ("/api/catalog/entities/by-refs", json!({ "entityRefs": [] })),
        ("/api/catalog/entities/by-query", json!({})),
        ("/api/catalog/validate-entity", json!({ "entity": {}, "location": "url:https://x.example" })),
        ("/api/v1/nothing", json!({})),
    ] {
        app.send_body(json_request("POST", path, &cookie), body.to_string()).await;
    }
    app.send_body(form("/form/set-theme", &cookie), "theme=dark").await;
    app.send(Request::get("/catalog").header("cookie", &cookie)).await;
    // Nobody is signed in who could be signed out.
    app.send(form("/form/sign-out", "")).await;
    assert_eq!(entries(&app, "").await, Vec::<Value>::new());
}

#[tokio::test]
async fn denials_and_the_use_of_tokens_are_summed_up() {
    let app = start().await;
    let peer = sign_in(&app, "peer").await;
    for _ in 0..3 {
        assert_eq!(location(&app, &peer, "https://git.acme.example/x.yaml").await.status, StatusCode::FORBIDDEN);
    }
    let refused =
        app.send_body(form("/form/register-locations", &peer), "targets=https://git.acme.example/y.yaml").await;
    assert!(refused.header("set-cookie").starts_with("flash=refused"));
    for _ in 0..2 {
        assert_eq!(app.get("/api/catalog/entities").await.status, StatusCode::UNAUTHORIZED);
    }
    let bearer = |token: &str| Request::get("/api/catalog/entities").header("authorization", format!("Bearer {token}"));
    for _ in 0..5 {
        assert_eq!(app.send(bearer("t0ken-of-the-test")).await.status, StatusCode::OK);
    }
    assert_eq!(app.send(bearer("cb_guess")).await.status, StatusCode::UNAUTHORIZED);
    let wrong = Request::post("/api/events/http/gitlab")
        .header("x-gitlab-token", "guess")
        .header("x-gitlab-event", "Push Hook");
    assert_eq!(app.send_body(wrong, "{}").await.status, StatusCode::FORBIDDEN);

    let entries = entries(&app, "").await;
    // A minute may have ended meanwhile.
    let sum = |principal: &str, action: &str, outcome: &str| -> i64 {
        let is_it = |entry: &&Value| {
            entry["principal"] == principal && entry["action"] == action && entry["outcome"] == outcome
        };
        entries.iter().filter(is_it).map(|entry| entry["count"].as_i64().unwrap()).sum()
    };
    assert_eq!(sum(&format!("peer at {ISSUER}"), "catalog.location.create", "denied"), 4, "{entries:#?}");
    assert_eq!(sum("user:default/guest", "catalog.entity.read", "denied"), 2, "{entries:#?}");
    assert_eq!(sum("external:ci", "identity.token.use", "done"), 5, "{entries:#?}");
    assert_eq!(sum("unknown token", "GET /api/catalog/entities", "denied"), 1, "{entries:#?}");
    assert_eq!(sum("webhook:gitlab", "events.push.receive", "denied"), 1, "{entries:#?}");
    assert!(!json!(entries).to_string().contains("t0ken-of-the-test"));
}

#[tokio::test]
async fn what_was_done_in_part_is_entered_singly() {
    let app = start().await;
    let cookie = sign_in(&app, "boss").await;
    let body = "targets=https://git.acme.example/a.yaml%0D%0Anonsense";
    for _ in 0..2 {
        let answer = app.send_body(form("/form/register-locations", &cookie), body).await;
        assert!(answer.header("set-cookie").starts_with("flash=refused"));
    }
    let entries = entries(&app, "outcome=failed").await;
    let told: Vec<_> = entries.iter().map(|entry| (&entry["entity"], &entry["number"])).collect();
    let entity = json!("url:https://git.acme.example/a.yaml url:(no URL)");
    // The second time there was nothing left to do; what only failed comes with the sums.
    assert_eq!(told, [(&entity, &json!(2)), (&entity, &json!(1))]);
}

#[tokio::test]
async fn a_flood_of_denials_leaves_few_rows() {
    let unlimited = CLOSED.replace("backend: {", "backend: { rateLimit: { requestsPerSecond: 0 },");
    let app = TestApp::configured(&format!(
        "{unlimited}
{ROLES}"
    ))
    .await;
    for at in 0..2_000 {
        // Each on something else, with what would steer a terminal.
        let request = Request::delete(format!("/api/catalog/locations/{at}%1b%0a"));
        assert_eq!(app.send(request).await.status, StatusCode::UNAUTHORIZED);
    }
    let entries = entries(&app, "limit=500").await;
    let counted: i64 = entries.iter().map(|entry| entry["count"].as_i64().unwrap()).sum();
    assert_eq!(counted, 2_000);
    // 200 by what it was on and one of the rest, in each minute that it took.
    let minutes: std::collections::BTreeSet<_> = entries.iter().map(|entry| entry["at"].as_str().unwrap()).collect();
    assert!(entries.len() <= 201 * minutes.len() + 1, "{} rows in {} minutes", entries.len(), minutes.len());
    assert!(entries.iter().any(|entry| entry["entity"].as_str().unwrap().ends_with("\\u{1b}\\u{a}")), "{entries:#?}");
}

#[tokio::test]
async fn only_who_may_reads_it() {
    let app = start().await;
    let get = async |who: &str| {
        let cookie = sign_in(&app, who).await;
        app.send(Request::get(AUDIT).header("cookie", cookie)).await
    };
    assert_eq!(get("boss").await.status, StatusCode::OK);
    assert_eq!(get("ops").await.status, StatusCode::OK);
    let denied = get("peer").await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    assert_eq!(denied.json()["rule"], "platform-reads-the-audit-log", "{}", denied.text());
    assert_eq!(app.get(AUDIT).await.status, StatusCode::UNAUTHORIZED);

    // A token needs the scope, whoever it acts as.
    let cookie = sign_in(&app, "boss").await;
    for (name, scopes, status) in [
        ("reader", json!(["catalog:read", "catalog:write"]), StatusCode::FORBIDDEN),
        ("auditor", json!(["audit:read"]), StatusCode::OK),
    ] {
        let body = json!({ "name": name, "scopes": scopes }).to_string();
        let made = app.send_body(json_request("POST", "/api/v1/identity/tokens", &cookie), body).await.json();
        let bearer = format!("Bearer {}", made["secret"].as_str().unwrap());
        for format in ["json", "csv"] {
            let request = Request::get(format!("{AUDIT}?format={format}")).header("authorization", &bearer);
            let answer = app.send(request).await;
            assert_eq!(answer.status, status, "{name}: {}", answer.text());
        }
    }
    let page = app.send(Request::get("/audit").header("cookie", sign_in(&app, "peer").await)).await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.text().contains("the platform team sees who did what"), "{}", page.text());
}

#[tokio::test]
async fn it_is_filtered_paged_and_exported() {
    let app = start().await;
    let boss = sign_in(&app, "boss").await;
    for at in 0..7 {
        assert_eq!(
            location(&app, &boss, &format!("https://git.acme.example/{at}.yaml")).await.status,
            StatusCode::CREATED
        );
    }
    app.send_body(form("/form/refresh-source", &boss), "").await;
    let filtered = entries(&app, "entity=url:https://git.acme.example/3.yaml&outcome=done&principal=").await;
    assert_eq!(filtered.len(), 1);
    assert_eq!(entries(&app, "action=catalog.source.refresh&from=2020-01-01").await.len(), 1);
    assert!(entries(&app, "to=2020-01-01").await.is_empty());

    let mut seen = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = app.get_by(&boss, &format!("{AUDIT}?limit=3&cursor={cursor}")).await;
        seen.extend(page["items"].as_array().unwrap().iter().map(|entry| entry["number"].as_i64().unwrap()));
        match page["nextCursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    assert_eq!(seen, [8, 7, 6, 5, 4, 3, 2, 1]);

    let ask = |accept: &str, query: &str| {
        app.send(Request::get(format!("{AUDIT}?{query}")).header("cookie", &boss).header("accept", accept))
    };
    let csv = ask("text/csv", "action=catalog.location.create").await;
    assert_eq!(
        (csv.content_type(), csv.header("content-disposition")),
        ("text/csv; charset=utf-8; header=present", "attachment; filename=\"audit.csv\"")
    );
    assert_eq!(csv.text().lines().count(), 8);
    assert!(
        csv.text().starts_with("number,at,principal,action,entity,address,outcome,requestId,count\r\n7,"),
        "{}",
        csv.text()
    );
    let lines = ask("*/*", "format=jsonl").await;
    let lines: Vec<Value> = lines.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((lines.len(), &lines[7]["entity"]), (8, &json!("url:https://git.acme.example/0.yaml")));
    let none = ask("text/csv", "principal=nobody").await;
    assert_eq!(none.text().lines().count(), 1, "a head and nothing below");
    for wrong in ["who=x", "outcome=maybe", "from=yesterday", "cursor=x", "limit=x", "format=pdf"] {
        let answer = ask("*/*", wrong).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
        let name = wrong.split_once('=').unwrap().0;
        assert!(answer.text().contains(name), "{}", answer.text());
    }
}

#[tokio::test]
async fn what_can_not_be_entered_is_not_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("callboard.sqlite");
    let app = TestApp::configured(&format!("{ROLES}\n{}", database(&file))).await;
    assert_eq!(location(&app, "", "https://git.acme.example/x.yaml").await.status, StatusCode::CREATED);
    // Somebody puts back the end of the log.
    let other = Database::connect(&DatabaseUrl::SqliteFile(file)).await.unwrap();
    let mut transaction = other.begin_write().await.unwrap();
    sqlx::query("UPDATE audit_head SET number = 0").execute(transaction.connection()).await.unwrap();
    transaction.commit().await.unwrap();
    let answer = location(&app, "", "https://git.acme.example/y.yaml").await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.text().contains("could not be entered into the audit log"), "{}", answer.text());
    // Who only reads notices nothing.
    assert_eq!(app.get("/api/catalog/entities").await.status, StatusCode::OK);
}

#[tokio::test]
async fn who_hangs_up_is_in_the_log_all_the_same() {
    use tower::ServiceExt as _;
    let folder = tempfile::tempdir().unwrap();
    let database = database(&folder.path().join("callboard.sqlite"));
    let app = TestApp::configured(&format!("{ROLES}\n{database}")).await;
    let body = json!({ "type": "url", "target": "https://git.acme.example/x.yaml" }).to_string();
    let request = json_request("POST", "/api/catalog/locations", "").body(Body::from(body)).unwrap();
    let mut answer = Box::pin(app.router().oneshot(request));
    // The connection is gone as soon as it is done, or before its answer at the latest.
    let is_done = async || {
        let known = app.get_by("", "/api/catalog/locations").await;
        !known.as_array().unwrap().is_empty()
    };
    while futures::poll!(&mut answer).is_pending() && !is_done().await {}
    drop(answer);
    while app.app.state.audit.store().end().await.unwrap().number == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let entries = app.get(AUDIT).await.json()["items"].as_array().unwrap().clone();
    assert_eq!((entries.len(), &entries[0]["action"]), (1, &json!("catalog.location.create")));
}

#[test]
fn the_command_line_verifies_lists_and_exports() {
    let folder = tempfile::tempdir().unwrap();
    let config = json!({ "backend": { "database": { "client": "sqlite3", "connection": "callboard.sqlite" } } });
    let mut server = ServerProcess::new(folder, config);
    let run = |server: &ServerProcess, args: &[&str]| {
        let output =
            Command::new(env!("CARGO_BIN_EXE_callboard")).args(args).current_dir(server.folder()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap() + std::str::from_utf8(&output.stderr).unwrap())
    };
    server.start();
    server.wait_until_ready();
    for at in 0..3 {
        let body = json!({ "type": "url", "target": format!("https://git.acme.example/{at}.yaml") }).to_string();
        assert_eq!(server.ask("POST", "/api/catalog/locations", &body).unwrap().0, 201);
    }
    let key = server.folder().join("callboard.sqlite.audit-key");
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let (status, told) = run(&server, &["audit", "verify"]);
    assert_eq!(status, Some(0), "{told}");
    let end = told.lines().find_map(|line| line.strip_prefix("end: ")).unwrap().to_owned();
    assert!(told.starts_with("3 entries in 1 segments fit\n") && end.starts_with("3:"), "{told}");
    // It dies; what was acknowledged is there.
    server.kill();
    let made = run(&server, &["token", "create", "--offline", "--name", "ci", "--scope", "catalog:read"]);
    assert_eq!(made.0, Some(0), "{}", made.1);
    let (_, listed) = run(&server, &["audit", "list", "--limit", "2"]);
    let lines: Vec<_> = listed.lines().collect();
    assert_eq!(lines.len(), 3, "{listed}");
    assert!(lines[1].contains("command line") && lines[1].contains("token ci of ci"), "{listed}");
    assert!(lines[2].contains("user:default/guest") && lines[2].contains("127.0.0.1"), "{listed}");
    let (_, exported) = run(&server, &["audit", "export", "--format", "jsonl", "--principal", "user:default/guest"]);
    let exported: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((exported.len(), &exported[2]["entity"]), (3, &json!("url:https://git.acme.example/0.yaml")));
    assert_eq!(run(&server, &["audit", "verify", "--includes", &end]).0, Some(0));

    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let file = DatabaseUrl::SqliteFile(server.folder().join("callboard.sqlite"));
        let database = Database::connect(&file).await.unwrap();
        let mut transaction = database.begin_write().await.unwrap();
        let statement = "UPDATE audit_entries SET principal = 'user:default/eve' WHERE number = 2";
        sqlx::query(statement).execute(transaction.connection()).await.unwrap();
        transaction.commit().await.unwrap();
        database.close().await;
    });
    let (status, told) = run(&server, &["audit", "verify"]);
    assert_eq!((status, told.starts_with("entry 2 does not fit")), (Some(1), true), "{told}");
    // With another key nothing is gone on with.
    fs::write(&key, "x".repeat(64)).unwrap();
    let (status, told) = run(&server, &["serve"]);
    assert_eq!((status, told.contains("begun with another key")), (Some(1), true), "{told}");
}
