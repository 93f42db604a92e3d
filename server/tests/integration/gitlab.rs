//! Projects, groups and people of a GitLab, on a stand-in of its API.

use axum::{
    Json, Router,
    extract::{Path, Query, Request, State},
    http::StatusCode,
    middleware::{self, Next},
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::TestApp;

/// As GitLab's REST API answers: subgroups only where they are asked for, pages by `Link` and `X-Next-Page`, 404 for what the token may not see.
async fn gitlab() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new()
        .route("/api/v4/groups/{group}", get(group))
        .route("/api/v4/groups/{group}/projects", get(projects))
        .route("/api/v4/groups/{group}/descendant_groups", get(descendant_groups))
        .route("/api/v4/groups/{group}/members", get(members))
        .route("/api/v4/projects/{project}/repository/files/{file}/raw", get(file))
        .with_state(format!("http://127.0.0.1:{port}"))
        .layer(middleware::from_fn(async |request: Request, next: Next| {
            let is_known = request.headers().get("authorization").is_some_and(|token| token == "Bearer glpat");
            if is_known { next.run(request).await } else { StatusCode::NOT_FOUND.into_response() }
        }));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    port
}

/// One of two pages, with the headers that lead to the other.
fn paged(base: &str, path: &str, query: &Value, items: [Value; 2]) -> Response {
    let [first, second] = items;
    if query["page"] == "2" {
        return ([("x-next-page", "")], Json(second)).into_response();
    }
    // GitLab's links keep the rest of the query.
    let others = query.as_object().unwrap().iter().filter(|(key, _)| *key != "page");
    let others: Vec<_> = others.map(|(key, value)| format!("&{key}={}", value.as_str().unwrap())).collect();
    let others = others.concat();
    let link = format!("<{base}{path}?page=2{others}>; rel=\"next\", <{base}{path}?page=1{others}>; rel=\"first\"");
    ([("link", link.as_str()), ("x-next-page", "2")], Json(first)).into_response()
}

async fn projects(State(base): State<String>, Path(group): Path<String>, Query(query): Query<Value>) -> Response {
    let project = |path: &str, more: Value| {
        let (_, name) = path.rsplit_once('/').unwrap();
        let mut project = json!({
            "path": name, "path_with_namespace": path, "web_url": format!("{base}/{path}"), "default_branch": "main",
            "description": null, "archived": false, "topics": [],
        });
        project.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        project
    };
    if group != "acme" || query["include_subgroups"] != "true" {
        return StatusCode::NOT_FOUND.into_response();
    }
    let first = json!([
        project("acme/cart", json!({})),
        project("acme/copy", json!({ "forked_from_project": { "id": 7 } })),
        project("acme/new", json!({ "default_branch": null, "empty_repo": true })),
    ]);
    let second = json!([project("acme/web/shop", json!({ "default_branch": "trunk" }))]);
    paged(&base, "/api/v4/groups/acme/projects", &query, [first, second])
}

async fn file(Path((project, file)): Path<(String, String)>, Query(query): Query<Value>) -> Response {
    let name = match (project.as_str(), file.as_str(), query["ref"].as_str()) {
        ("acme/cart", "catalog-info.yaml", Some("main")) => "cart",
        ("acme/web/shop", "catalog-info.yaml", Some("trunk")) => "shop",
        ("acme/copy", ..) => "copy",
        _ => return (StatusCode::NOT_FOUND, Json(json!({ "message": "404 File Not Found" }))).into_response(),
    };
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{ name: {name} }}\n\
         spec: {{ type: service, lifecycle: production, owner: acme-web }}\n"
    )
    .into_response()
}

fn as_group(base: &str, id: u64, path: &str, name: &str, parent: Option<u64>) -> Value {
    json!({
        "id": id, "full_path": path, "name": name, "description": "", "web_url": format!("{base}/groups/{path}"),
        "parent_id": parent,
    })
}

async fn group(State(base): State<String>, Path(group): Path<String>) -> Response {
    match group.as_str() {
        "acme" => Json(as_group(&base, 1, "acme", "Acme", None)).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn descendant_groups(State(base): State<String>, Query(query): Query<Value>) -> Response {
    let first = json!([as_group(&base, 2, "acme/web", "Web", Some(1))]);
    let second = json!([as_group(&base, 3, "acme/web/shop", "Shop", Some(2))]);
    paged(&base, "/api/v4/groups/acme/descendant_groups", &query, [first, second])
}

async fn members(Path(group): Path<String>) -> Response {
    let person = |login: &str, state: &str| {
        json!({
            "username": login, "name": format!("{login} of Acme"), "avatar_url": null,
            "web_url": format!("https://gitlab.example/{login}"), "state": state,
        })
    };
    let people = match group.as_str() {
        "1" => json!([]),
        "2" => json!([person("ann", "active"), person("gone", "blocked")]),
        "3" => json!([person("ann", "active"), person("bob", "active")]),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    Json(people).into_response()
}

async fn started() -> (TestApp, String) {
    let port = gitlab().await;
    let base = format!("http://127.0.0.1:{port}");
    let yaml = format!(
        "integrations:
  gitlab: [{{ host: '127.0.0.1:{port}', apiBaseUrl: '{base}/api/v4', baseUrl: '{base}', token: glpat }}]
catalog:
  rules: [{{ allow: [Component] }}]
  providers:
    gitlab:
      acme: {{ group: acme, host: '{base}', orgEnabled: true, skipForkedRepos: true }}
"
    );
    (TestApp::configured(&yaml).await, base)
}

async fn names(app: &TestApp, kind: &str) -> Vec<String> {
    let page = app.get(&format!("/api/catalog/entities?filter=kind={kind}&order=asc:metadata.name")).await.json();
    page.as_array().unwrap().iter().map(|entity| entity["metadata"]["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn projects_of_a_group_and_its_subgroups_bring_what_they_hold() {
    let (app, base) = started().await;
    assert_eq!(names(&app, "component").await, ["cart", "orphan", "shop", "web"]);
    let shop = app.get("/api/catalog/entities/by-name/component/default/shop").await.json();
    let annotations = &shop["metadata"]["annotations"];
    let file = format!("{base}/acme/web/shop/-/blob/trunk/catalog-info.yaml");
    assert_eq!(annotations["backstage.io/managed-by-location"], format!("url:{file}"));
    assert_eq!(annotations["backstage.io/edit-url"], file.replace("/blob/", "/edit/"));
    let sources = app.get("/api/v1/catalog/sources").await;
    assert!(!sources.text().contains("glpat"));
    let errors: Vec<_> = sources.json()["items"].as_array().unwrap().iter().map(|item| item["error"].clone()).collect();
    assert!(errors.iter().all(Value::is_null), "{errors:?}");
}

#[tokio::test]
async fn groups_are_groups_and_their_members_users() {
    let (app, _) = started().await;
    assert_eq!(names(&app, "user").await, ["ann", "bob"], "a blocked account is nobody");
    assert_eq!(names(&app, "group").await, ["acme", "acme-web", "acme-web-shop"]);
    let ann = app.get("/api/catalog/entities/by-name/user/default/ann").await.json();
    let member_of = json!([
        { "type": "memberOf", "targetRef": "group:default/acme-web" },
        { "type": "memberOf", "targetRef": "group:default/acme-web-shop" },
    ]);
    assert_eq!(ann["relations"], member_of);
    let web = app.get("/api/catalog/entities/by-name/group/default/acme-web").await.json();
    let expected = json!([
        { "type": "childOf", "targetRef": "group:default/acme" },
        { "type": "hasMember", "targetRef": "user:default/ann" },
        { "type": "ownerOf", "targetRef": "component:default/cart" },
        { "type": "ownerOf", "targetRef": "component:default/shop" },
        { "type": "parentOf", "targetRef": "group:default/acme-web-shop" },
    ]);
    assert_eq!(web["relations"], expected);
}
