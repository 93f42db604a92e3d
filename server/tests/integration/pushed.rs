//! Sources whose entities are pushed: `/api/v1/catalog/sources/{name}`.

use std::fs;

use axum::http::{Request, StatusCode, request::Builder};
use serde_json::{Value, json};

use crate::support::{Answer, CATALOG, TestApp};

/// `ci` and `other` push; neither takes locations out of the catalog, `boss` may.
const RULES: &str = r#"
permit (principal in Role::"admin", action, resource);
permit (
  principal in Role::"pusher",
  action in [Action::"catalog.entity.read", Action::"catalog.source.push", Action::"catalog.location.read"],
  resource
);
permit (principal, action == Action::"catalog.entity.read", resource);
"#;

const CONFIG: &str = "
auth: { admins: ['external:boss'], providers: { oidc: { main: { metadataUrl: 'https://id.acme.example', clientId: callboard, clientSecret: s3cret } } } }
permission: { policies: rules.cedar, roles: { pusher: ['external:ci', 'external:other'] } }
backend:
  auth:
    externalAccess:
      - { type: static, options: { token: t0ken-of-boss, subject: boss } }
      - { type: static, options: { token: t0ken-of-ci, subject: ci } }
      - { type: static, options: { token: t0ken-of-other, subject: other } }
      - { type: static, options: { token: t0ken-of-reader, subject: reader } }
";

async fn start() -> TestApp {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("catalog-info.yaml"), CATALOG).unwrap();
    fs::write(folder.path().join("rules.cedar"), RULES).unwrap();
    TestApp::over(folder, "catalog-info.yaml", CONFIG).await
}

fn by(who: &str, request: Builder) -> Builder {
    request.header("authorization", format!("Bearer t0ken-of-{who}")).header("content-type", "application/json")
}

async fn put(app: &TestApp, who: &str, address: &str, body: &Value) -> Answer {
    let request = by(who, Request::put(format!("/api/v1/catalog/sources/{address}")));
    app.send_body(request, body.to_string()).await
}

async fn get(app: &TestApp, who: &str, path: &str) -> Answer {
    app.send(by(who, Request::get(path))).await
}

fn component(name: &str, owner: &str) -> Value {
    json!({
        "apiVersion": "backstage.io/v1alpha1", "kind": "Component", "metadata": { "name": name },
        "spec": { "type": "service", "lifecycle": "production", "owner": owner },
    })
}

async fn exists(app: &TestApp, name: &str) -> bool {
    let path = format!("/api/catalog/entities/by-name/component/default/{name}");
    get(app, "ci", &path).await.status == StatusCode::OK
}

fn counts(outcome: &Value) -> [u64; 5] {
    ["added", "changed", "unchanged", "conflicts", "removed"].map(|name| outcome[name].as_u64().unwrap())
}

#[tokio::test]
async fn a_full_push_is_all_of_a_source_and_a_delta_what_changed() {
    let app = start().await;
    let first =
        json!({ "entities": [component("orders", "team"), component("carts", "team"), component("web", "team")] });
    let dry = put(&app, "ci", "ci-shop?dryRun=true", &first).await;
    assert_eq!((dry.status, counts(&dry.json())), (StatusCode::OK, [2, 0, 0, 1, 0]), "{}", dry.text());
    assert!(!exists(&app, "orders").await, "a dry run writes nothing");
    let pushed = put(&app, "ci", "ci-shop", &first).await.json();
    assert_eq!(counts(&pushed), [2, 0, 0, 1, 0]);
    assert_eq!(pushed["items"][0]["entityRef"], "component:default/web", "who has it keeps it, and that is told first");
    assert!(exists(&app, "orders").await && exists(&app, "carts").await, "they are there when it answers");
    let orders = get(&app, "ci", "/api/catalog/entities/by-name/component/default/orders").await.json();
    assert_eq!(orders["metadata"]["annotations"]["backstage.io/managed-by-location"], "push:ci-shop");
    assert_eq!(orders["relations"][0]["targetRef"], "group:default/team");

    let again = put(&app, "ci", "ci-shop", &first).await.json();
    assert_eq!(counts(&again), [0, 0, 2, 1, 0], "sent again it changes nothing");

    let delta = json!({
        "mode": "delta", "commit": "c0ffee", "delete": ["component:default/carts"],
        "entities": [component("orders", "nobody"), component("stock", "team")],
    });
    assert_eq!(counts(&put(&app, "ci", "ci-shop", &delta).await.json()), [1, 1, 0, 1, 1]);
    assert!(exists(&app, "orders").await && exists(&app, "stock").await && !exists(&app, "carts").await);
    let versions = get(&app, "ci", "/api/v1/catalog/entities/component/default/orders/versions").await;
    assert!(versions.text().contains("c0ffee"), "{}", versions.text());

    let rest = json!({ "entities": [component("stock", "team")] });
    let outcome = put(&app, "ci", "ci-shop", &rest).await.json();
    assert_eq!(counts(&outcome), [0, 0, 1, 0, 2]);
    assert!(!exists(&app, "orders").await && exists(&app, "web").await, "only what was its own goes");
    let gone = app.send(by("ci", Request::delete("/api/v1/catalog/sources/ci-shop"))).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert!(!exists(&app, "stock").await);
}

#[tokio::test]
async fn what_is_wrong_with_one_entity_refuses_the_push_and_says_which() {
    let app = start().await;
    let mut broken = component("broken", "team");
    broken["spec"].as_object_mut().unwrap().remove("lifecycle");
    let mut including = component("including", "team");
    including["metadata"]["description"] = json!({ "$text": "./secret.txt" });
    let body = json!({ "entities": [component("fine", "team"), broken, including] });
    let refused = put(&app, "ci", "shop", &body).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let errors = refused.json()["errors"].clone();
    assert!(errors[0].as_str().unwrap().starts_with("entities[1] (component:default/broken): "), "{errors}");
    assert!(errors.to_string().contains("entities[2] (component:default/including): "), "{errors}");
    assert!(errors.to_string().contains("a pushed entity has no files beside it"), "{errors}");
    assert!(!exists(&app, "fine").await, "all of them, or none");

    let twice = json!({ "entities": [component("fine", "team"), component("FINE", "team")] });
    for (body, told) in [
        (twice, "entities[1]: it is `component:default/fine`, as entities[0]"),
        (json!({ "entities": [1, "x"] }), "entities[0]: it is no entity"),
        (json!({ "entities": [] }), "delete the source if that is meant"),
        (json!({ "entities": [component("a", "team")], "delete": ["component:a"] }), "set `mode` to `delta`"),
        (json!({ "mode": "delta", "delete": ["???"] }), "???"),
        (json!({ "entitys": [] }), "unknown field `entitys`"),
        (
            json!({ "entities": [{ "apiVersion": "x/v1", "kind": "Widget", "metadata": { "name": "w" } }] }),
            "entities[0]",
        ),
    ] {
        let refused = put(&app, "ci", "shop", &body).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(refused.text().contains(told), "{body}: {}", refused.text());
    }
    for name in ["Shop", "-x", "a%2Fb", "%20"] {
        let refused = put(&app, "ci", name, &json!({ "entities": [component("fine", "team")] })).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{name}");
        assert!(refused.text().contains("is no name of a source"), "{name}: {}", refused.text());
    }
    let wrong = put(&app, "ci", "shop?dryRun=maybe", &json!({ "entities": [component("fine", "team")] })).await;
    assert!(wrong.text().contains("write `true` or `false`"), "{}", wrong.text());
}

#[tokio::test]
async fn a_source_belongs_to_who_pushed_it_first() {
    let app = start().await;
    let body = json!({ "entities": [component("orders", "team")] });
    let refused = put(&app, "reader", "shop", &body).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.text().contains("catalog.source.push"), "{}", refused.text());
    assert_eq!(put(&app, "ci", "shop", &body).await.status, StatusCode::OK);
    for answer in [
        put(&app, "other", "shop", &body).await,
        put(&app, "other", "shop?dryRun=true", &body).await,
        get(&app, "other", "/api/v1/catalog/sources/shop").await,
        app.send(by("other", Request::delete("/api/v1/catalog/sources/shop"))).await,
    ] {
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.text().contains("belongs to `external:ci`"), "{}", answer.text());
    }
    assert!(exists(&app, "orders").await);
    assert_eq!(put(&app, "boss", "shop", &body).await.status, StatusCode::OK, "who may take any location away may");
    assert_eq!(get(&app, "boss", "/api/v1/catalog/sources/shop").await.json()["owner"], "external:ci");
    assert_eq!(get(&app, "boss", "/api/v1/catalog/sources/none").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_push_with_if_match_replaces_only_what_it_has_seen() {
    let app = start().await;
    let push = async |etag: Option<&str>, name: &str| {
        let mut request = by("ci", Request::put("/api/v1/catalog/sources/shop"));
        if let Some(etag) = etag {
            request = request.header("if-match", etag);
        }
        app.send_body(request, json!({ "entities": [component(name, "team")] }).to_string()).await.status
    };
    assert_eq!(push(None, "one").await, StatusCode::OK);
    let seen = get(&app, "ci", "/api/v1/catalog/sources/shop").await;
    assert_eq!(seen.json()["entities"][0]["metadata"]["name"], "one");
    let etag = seen.header("etag").to_owned();
    assert_eq!(push(Some(&etag), "two").await, StatusCode::OK);
    assert_eq!(push(Some(&etag), "three").await, StatusCode::PRECONDITION_FAILED);
    assert!(exists(&app, "two").await && !exists(&app, "three").await);
}
