//! `/api/catalog`, beside what the recordings tell.

use axum::http::{Request, StatusCode};

use crate::support::TestApp;

const ENTITY: &str = "/api/catalog/entities/by-name/component/default/web";

#[tokio::test]
async fn an_answer_is_tagged_and_not_sent_twice() {
    let app = TestApp::start().await;
    let first = app.get(ENTITY).await;
    let etag = first.header("etag");
    assert!(etag.starts_with("W/\""), "{etag}");

    let again = app.send(Request::get(ENTITY).header("if-none-match", etag)).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert_eq!((again.header("etag"), again.body.len()), (etag, 0));

    let other = app.send(Request::get(ENTITY).header("if-none-match", "W/\"other\"")).await;
    assert_eq!((other.status, other.body), (StatusCode::OK, first.body));
}

#[tokio::test]
async fn head_has_the_headers_of_get_and_no_body() {
    let app = TestApp::start().await;
    for path in [ENTITY, "/api/catalog/entities", "/api/v1/catalog/entities", "/catalog"] {
        let get = app.get(path).await;
        let head = app.send(Request::head(path)).await;
        assert_eq!((head.status, head.body.len()), (get.status, 0), "{path}");
        assert_eq!((head.content_type(), head.header("etag")), (get.content_type(), get.header("etag")), "{path}");
    }
    let length = app.send(Request::head(ENTITY)).await;
    assert_eq!(length.header("content-length"), app.get(ENTITY).await.body.len().to_string());
}

#[tokio::test]
async fn wrong_parameters_are_told() {
    let app = TestApp::start().await;
    for (path, message) in [
        ("/api/catalog/entities?nonsense=1", "Unknown query parameter 'nonsense'"),
        ("/api/catalog/entities?fields=", "Empty value found for query parameter 'fields'"),
        ("/api/catalog/entities?limit=1.5", "request/query/limit must be integer"),
        ("/api/catalog/entities?limit=1&limit=2", "request/query/limit must be integer"),
        ("/api/catalog/entities?offset=-1", "request/query/offset must be >= 0"),
        ("/api/catalog/entities?after=nonsense", "Malformed after cursor, could not be parsed"),
        ("/api/catalog/entities/by-query?orderField=a,up", "Invalid order field order, must be asc or desc"),
        ("/api/catalog/entities/by-query?fields=a[0]", "invalid fields, array type fields are not supported"),
        ("/api/catalog/entity-facets", "request/query must have required property 'facet'"),
    ] {
        let answer = app.get(path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        let body = answer.json();
        assert_eq!(
            (&body["error"]["name"], &body["error"]["message"]),
            (&"InputError".into(), &message.into()),
            "{path}"
        );
        assert_eq!(body["request"]["url"], path.trim_start_matches("/api/catalog"), "{path}");
    }
}

#[tokio::test]
async fn a_body_must_be_json_and_short() {
    let app = TestApp::configured("backend: { limits: { bodyBytes: 100 } }").await;
    let post = || Request::post("/api/catalog/entities/by-refs");
    let plain = app.send_body(post(), "{}").await;
    assert_eq!(plain.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let long = app.send_body(post().header("content-type", "application/json"), " ".repeat(101)).await;
    assert_eq!(long.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(long.json()["error"]["name"], "PayloadTooLargeError");
}

#[tokio::test]
async fn long_answers_are_compressed_and_short_ones_are_not() {
    let app = TestApp::start().await;
    for (path, accepted, encoding) in [
        ("/api/catalog/entities", "br", "br"),
        ("/api/catalog/entities", "zstd", "zstd"),
        ("/api/catalog/entities", "identity", ""),
        ("/api/catalog/entities?filter=kind=nothing", "br", ""),
        ("/catalog", "br", "br"),
    ] {
        let answer = app.send(Request::get(path).header("accept-encoding", accepted)).await;
        assert_eq!(answer.header("content-encoding"), encoding, "{path} {accepted}");
    }
}

#[tokio::test]
async fn other_sites_call_only_where_the_configuration_lets_them() {
    let closed = TestApp::start().await;
    let asking = |origin: &str| Request::get(ENTITY).header("origin", origin);
    assert_eq!(closed.send(asking("https://a.example")).await.header("access-control-allow-origin"), "");

    let open = TestApp::configured("backend: { cors: { origin: 'https://*.example', credentials: true } }").await;
    let allowed = open.send(asking("https://a.example")).await;
    assert_eq!(allowed.header("access-control-allow-origin"), "https://a.example");
    assert_eq!(allowed.header("access-control-allow-credentials"), "true");
    assert_eq!(open.send(asking("https://evil.test")).await.header("access-control-allow-origin"), "");
    let preflight =
        Request::options(ENTITY).header("origin", "https://a.example").header("access-control-request-method", "GET");
    assert!(open.send(preflight).await.header("access-control-allow-methods").contains("GET"));
}

#[tokio::test]
async fn what_was_deleted_is_gone_until_its_source_is_read_again() {
    let app = TestApp::start().await;
    let address = "/api/catalog/entities/by-name/component/default/web";
    let uid = app.get(address).await.json()["metadata"]["uid"].as_str().unwrap().to_owned();
    let by_uid = format!("/api/catalog/entities/by-uid/{uid}");
    assert_eq!(app.get(&by_uid).await.json()["metadata"]["name"], "web");

    let deleted = app.send(Request::delete(&by_uid)).await;
    assert_eq!((deleted.status, deleted.body.len()), (StatusCode::NO_CONTENT, 0));
    assert_eq!(app.get(address).await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.get(&by_uid).await.status, StatusCode::NOT_FOUND);

    // Its neighbour in the same file.
    let body = r#"{"entityRef":"Component:default/orphan"}"#;
    let refresh = Request::post("/api/catalog/refresh").header("content-type", "application/json");
    let mut changes = app.app.state.catalog.changes();
    changes.borrow_and_update();
    let asked = app.send_body(refresh, body).await;
    assert_eq!((asked.status, asked.body.len()), (StatusCode::OK, 0));
    changes.changed().await.unwrap();
    assert_eq!(app.get(address).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_kind_that_the_configuration_declares_is_one_like_others() {
    let folder = tempfile::tempdir().unwrap();
    let entities = "apiVersion: acme.example/v1\nkind: Queue\nmetadata: { name: orders }\nspec: { team: shop }\n---\n\
                    apiVersion: acme.example/v1\nkind: Queue\nmetadata: { name: nobodys }\nspec: {}\n---\n\
                    apiVersion: callboard.dev/v1alpha1\nkind: Environment\nmetadata: { name: pr-1 }\nspec: { owner: shop }\n";
    std::fs::write(folder.path().join("all.yaml"), entities).unwrap();
    let yaml = "catalog:
  rules: [{ allow: [Queue, Environment] }]
  kinds:
    - kind: Queue
      plural: Queues
      icon: box
      apiVersions: [acme.example/v1]
      relations: [{ field: spec.team, defaultKind: Group, type: ownedBy, inverse: ownerOf }]
      spec: { type: object, required: [team] }
";
    let app = TestApp::over(folder, "all.yaml", yaml).await;
    let queue = app.get("/api/catalog/entities/by-name/queue/default/orders").await.json();
    assert_eq!(queue["relations"][0]["targetRef"], "group:default/shop");
    assert_eq!(app.get("/api/catalog/entities/by-name/queue/default/nobodys").await.status, StatusCode::NOT_FOUND);
    let problems = app.get("/api/v1/catalog/problems").await.text().to_owned();
    assert!(problems.contains("`spec.team` is missing"), "{problems}");
    let environment = app.get("/api/catalog/entities/by-name/environment/default/pr-1").await;
    assert_eq!(environment.status, StatusCode::OK);
}
