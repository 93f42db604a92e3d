//! Who may do what, through the API: tokens of the configuration stand for people of several roles.

use std::fs;

use axum::http::{Request, StatusCode, request::Builder};
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

const CATALOG: &str = "\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: web }
spec: { type: website, lifecycle: production, owner: team, system: shop }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: vault, tags: [secret] }
spec: { type: service, lifecycle: production, owner: team, system: shop, dependsOn: ['component:ghost'] }
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: { name: shop }
spec: { owner: team }
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: team }
spec: { type: team, children: [] }
";

const RULES: &str = r#"
@id("bosses") permit (principal in Role::"admin", action, resource);
@id("no-secrets") @reason("readers see what is not secret")
permit (principal in Role::"reader", action == Action::"catalog.entity.read", resource)
unless { resource.tags.contains("secret") };
@id("locations") permit (principal, action == Action::"catalog.location.read", resource);
"#;

const CONFIG: &str = "
auth: { admins: ['external:boss'], providers: { oidc: { main: { metadataUrl: 'https://id.acme.example', clientId: callboard, clientSecret: s3cret } } } }
permission: { policies: rules.cedar, roles: { reader: ['external:reader'] } }
backend:
  auth:
    externalAccess:
      - { type: static, options: { token: t0ken-of-boss, subject: boss } }
      - { type: static, options: { token: t0ken-of-reader, subject: reader } }
      - { type: static, options: { token: t0ken-of-nobody, subject: nobody } }
";

async fn start() -> TestApp {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("catalog-info.yaml"), CATALOG).unwrap();
    fs::write(folder.path().join("rules.cedar"), RULES).unwrap();
    TestApp::over(folder, "catalog-info.yaml", CONFIG).await
}

fn by(who: &str, request: Builder) -> Builder {
    request.header("authorization", format!("Bearer t0ken-of-{who}"))
}

async fn get(app: &TestApp, who: &str, path: &str) -> Answer {
    app.send(by(who, Request::get(path))).await
}

async fn post(app: &TestApp, who: &str, path: &str, body: &Value) -> Answer {
    let request = by(who, Request::post(path)).header("content-type", "application/json");
    app.send_body(request, body.to_string()).await
}

#[tokio::test]
async fn nothing_of_either_api_tells_of_what_one_may_not_see() {
    let app = start().await;
    for path in [
        "/api/catalog/entities",
        "/api/catalog/entities?filter=relations.partof=system:default/shop",
        "/api/catalog/entities/by-query",
        "/api/catalog/entities/by-query?filter=metadata.tags=secret",
        "/api/catalog/entities/by-query?fullTextFilterTerm=vau&fullTextFilterFields=metadata.name",
        "/api/catalog/entity-facets?facet=metadata.name&facet=metadata.tags&facet=relations.hasPart",
        "/api/catalog/entities/by-name/system/default/shop",
        "/api/catalog/entities/by-name/group/default/team",
        "/api/catalog/entities/by-name/system/default/shop/ancestry",
        "/api/v1/catalog/entities?kind=component",
        "/api/v1/catalog/search?q=vault",
        "/api/v1/catalog/search?q=valut",
        "/api/v1/catalog/problems",
        "/api/v1/catalog/problem-groups",
        "/api/v1/catalog/entities/system/default/shop",
        "/api/v1/catalog/entities/group/default/team",
        "/api/v1/catalog/entities/system/default/shop/provenance",
        "/api/v1/catalog/organization",
        "/api/v1/catalog/entities.csv?kind=component",
        "/api/v1/catalog/home?team=group:default/team&star=component:default/vault&recent=component:default/vault",
        "/api/v1/catalog/home",
        "/api/v1/catalog/changes",
        "/api/v1/catalog/sources",
    ] {
        let seen = get(&app, "reader", path).await;
        assert_eq!(seen.status, StatusCode::OK, "{path}");
        for word in ["vault", "ghost", "secret"] {
            assert!(!seen.text().contains(word), "{path} tells of {word}: {}", seen.text());
        }
    }
    for (path, pointer, whole, seen) in [
        ("/api/catalog/entities/by-query?filter=kind=component", "/totalItems", 2, 1),
        (
            "/api/catalog/entities/by-query?limit=1&filter=relations.haspart=component:default/vault",
            "/totalItems",
            1,
            0,
        ),
        ("/api/catalog/entity-facets?facet=kind&filter=kind=component", "/facets/kind/0/count", 2, 1),
        ("/api/v1/catalog/entities?kind=component", "/total", 2, 1),
        ("/api/v1/catalog/entities?kind=component", "/kinds/0/count", 2, 1),
        ("/api/v1/catalog/entities?related=ownedBy:group:default/team", "/total", 3, 2),
        ("/api/v1/catalog/problems", "/totalItems", 1, 0),
        ("/api/v1/catalog/problem-groups", "/total", 1, 0),
        ("/api/v1/catalog/organization", "/groups/0/owned", 3, 2),
    ] {
        assert_eq!(get(&app, "boss", path).await.json().pointer(pointer), Some(&whole.into()), "{path} {pointer}");
        assert_eq!(get(&app, "reader", path).await.json().pointer(pointer), Some(&seen.into()), "{path} {pointer}");
    }
}

#[tokio::test]
async fn what_one_may_not_see_is_not_found_rather_than_denied() {
    let app = start().await;
    let vault = get(&app, "boss", "/api/catalog/entities/by-name/component/default/vault").await.json();
    let uid = vault["metadata"]["uid"].as_str().unwrap();
    for path in [
        "/api/catalog/entities/by-name/component/default/vault",
        "/api/catalog/entities/by-name/component/default/vault/ancestry",
        &format!("/api/catalog/entities/by-uid/{uid}"),
        "/api/catalog/locations/by-entity/component/default/vault",
        "/api/v1/catalog/entities/component/default/vault",
        "/api/v1/catalog/entities/component/default/vault/versions",
        "/api/v1/catalog/entities/component/default/vault/provenance",
        "/api/v1/catalog/entities/component/default/vault/removal",
    ] {
        assert_eq!(get(&app, "reader", path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let version = "/api/v1/catalog/entities/component/default/vault/versions/1";
    assert_eq!(get(&app, "boss", version).await.status, StatusCode::OK);
    assert_eq!(get(&app, "reader", version).await.status, StatusCode::NOT_FOUND);
    let refs = json!({ "entityRefs": ["component:default/vault", "component:default/web"] });
    let items = post(&app, "reader", "/api/catalog/entities/by-refs", &refs).await.json();
    assert!(items["items"][0].is_null() && items["items"][1].is_object(), "{items}");

    let refresh = json!({ "entityRef": "component:default/vault" });
    assert_eq!(post(&app, "reader", "/api/catalog/refresh", &refresh).await.status, StatusCode::NOT_FOUND);
    // As for a uid that nobody has.
    let delete = by("reader", Request::delete(format!("/api/catalog/entities/by-uid/{uid}")));
    assert_eq!(app.send(delete).await.status, StatusCode::NO_CONTENT);
    assert_eq!(get(&app, "boss", version).await.status, StatusCode::OK);
    let still_there = get(&app, "boss", "/api/catalog/entities/by-name/component/default/vault").await;
    assert_eq!(still_there.status, StatusCode::OK);
}

#[tokio::test]
async fn a_denial_names_the_rule() {
    let app = start().await;
    let denied = post(&app, "reader", "/api/v1/catalog/sources/refresh", &json!({ "source": "file:x" })).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN, "{}", denied.text());
    let problem = denied.json();
    assert_eq!((&problem["status"], &problem["rule"]), (&403.into(), &"bosses".into()), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("what allows it is `bosses`"), "{problem}");
    let refresh = json!({ "entityRef": "component:default/web" });
    let denied = post(&app, "reader", "/api/catalog/refresh", &refresh).await;
    assert_eq!(denied.status, StatusCode::FORBIDDEN);
    assert_eq!(denied.json()["error"]["name"], "NotAllowedError");
    assert_eq!(post(&app, "boss", "/api/catalog/refresh", &refresh).await.status, StatusCode::OK);
    // Somebody without a role sees an empty catalog; nobody at all is told to sign in.
    assert_eq!(get(&app, "nobody", "/api/catalog/entities").await.json(), json!([]));
    assert_eq!(app.get("/api/catalog/entities").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_entity_says_what_may_be_done_with_it_and_why_not_the_rest() {
    let app = start().await;
    let path = "/api/v1/catalog/entities/component/default/web";
    let for_boss = get(&app, "boss", path).await.json();
    assert_eq!((&for_boss["can"], &for_boss["whyNot"]), (&json!(["refresh", "delete"]), &Value::Null));
    let for_reader = get(&app, "reader", path).await.json();
    let why = "what allows it is `bosses`";
    assert_eq!((&for_reader["can"], &for_reader["whyNot"]), (&json!([]), &json!({ "refresh": why, "delete": why })));
    let open = TestApp::start().await;
    assert_eq!(open.get(path).await.json()["can"], json!(["refresh", "delete"]), "nothing is denied without policies");
}

#[tokio::test]
async fn rules_that_can_not_be_used_keep_the_server_from_starting() {
    use server::{
        app::App,
        config::{Config, Environment, Overrides},
    };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("callboard.yaml");
    let base = "backend: { database: { client: sqlite3, connection: ':memory:' } }\n";
    fs::write(&file, format!("{base}permission: {{ enabled: true, policies: rules }}")).unwrap();
    for (rules, told) in [
        (None, "can not read `"),
        (Some("permit (principal, action, resource is Entity)\nwhen { resource.ownr == 1 };"), "rules:2:"),
        (Some("permit (principal, action == Action::\"everything\", resource);"), "rules:1:"),
    ] {
        if let Some(rules) = rules {
            fs::write(folder.path().join("rules"), rules).unwrap();
        }
        let config = Config::load(std::slice::from_ref(&file), &Environment::default(), &Overrides::default()).unwrap();
        let error = App::start(config.config, None).await.err().unwrap().to_string();
        assert!(error.starts_with("`permission.policies`: ") && error.contains(told), "{error}");
    }
}

#[tokio::test]
async fn rules_follow_the_catalog() {
    let app = start().await;
    let path = "/api/catalog/entities/by-name/component/default/vault";
    assert_eq!(get(&app, "reader", path).await.status, StatusCode::NOT_FOUND);
    let opened = CATALOG.replace("tags: [secret]", "tags: [open]");
    let mut changes = app.app.state.catalog.changes();
    fs::write(app.folder().join("catalog-info.yaml"), opened).unwrap();
    let refresh = json!({ "entityRef": "component:default/web" });
    assert_eq!(post(&app, "boss", "/api/catalog/refresh", &refresh).await.status, StatusCode::OK);
    changes.changed().await.unwrap();
    assert_eq!(get(&app, "reader", path).await.status, StatusCode::OK);
}
