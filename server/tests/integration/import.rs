//! What the page of imports says of repositories, on a stand-in of Gitea's API.

use axum::{
    Json, Router,
    extract::{Path, Query},
    http::StatusCode,
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{CATALOG, TestApp};

/// As Gitea answers: 404 for what is not there, the raw file at a ref, empty texts for what nobody wrote.
async fn gitea() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let repository = async move |Path((owner, name)): Path<(String, String)>| -> Response {
        if owner != "team" {
            return StatusCode::NOT_FOUND.into_response();
        }
        let url = format!("http://127.0.0.1:{port}/{owner}/{name}");
        let full_name = format!("{owner}/{name}");
        Json(json!({
            "name": name, "full_name": full_name, "html_url": url, "default_branch": "trunk", "empty": false, "size": 20,
            "description": if name == "bare" { "Sells <things>" } else { "" }, "topics": ["rust"],
        }))
        .into_response()
    };
    let file = async |Path((_, name, path)): Path<(String, String, String)>, Query(query): Query<Value>| {
        let is_there = name == "full" && path == "catalog-info.yaml" && query["ref"] == "trunk";
        if is_there { CATALOG.into_response() } else { StatusCode::NOT_FOUND.into_response() }
    };
    let router = Router::new()
        .route("/api/v1/repos/{owner}/{name}", get(repository))
        .route("/api/v1/repos/{owner}/{name}/raw/{*path}", get(file));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    port
}

#[tokio::test]
async fn a_repository_without_a_catalog_file_gets_one_to_begin_with() {
    let port = gitea().await;
    let host = format!("http://127.0.0.1:{port}");
    let yaml = format!("integrations: {{ gitea: [{{ host: '127.0.0.1:{port}', baseUrl: '{host}' }}] }}");
    let app = TestApp::configured(&yaml).await;
    let preview = async |path: &str| {
        let previews = app.get(&format!("/api/v1/catalog/preview?target={host}{path}")).await.json();
        previews["items"][0].clone()
    };
    for path in ["/team/bare", "/team/bare/src/branch/trunk/catalog-info.yaml"] {
        let preview = preview(path).await;
        assert_eq!(
            preview["draft"]["url"],
            format!("{host}/team/bare/src/branch/trunk/catalog-info.yaml"),
            "{preview}"
        );
        let text = preview["draft"]["text"].as_str().unwrap();
        for expected in ["name: bare\n", "description: \"Sells <things>\"", "tags: [\"rust\"]", "owner: team\n"] {
            assert!(text.contains(expected), "{expected}: {text}");
        }
    }
    let full = preview("/team/full").await;
    assert_eq!(full["instead"], format!("{host}/team/full/src/branch/trunk/catalog-info.yaml"), "{full}");
    for path in ["/nobody/there", "/nobody/there/src/branch/trunk/catalog-info.yaml"] {
        let nothing = preview(path).await;
        assert!(
            nothing["draft"].is_null() && nothing["instead"].is_null() && nothing["error"].is_string(),
            "{nothing}"
        );
    }
    let page = app.get(&format!("/catalog-import?targets={host}/team/bare%0A{host}/team/full")).await;
    for expected in ["Nothing describes it yet.", "Sells &lt;things&gt;", "Its repository has a catalog file"] {
        assert!(page.text().contains(expected), "{expected}: {}", page.text());
    }
}

#[tokio::test]
async fn a_file_without_entities_shows_what_one_looks_like() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let files = Router::new().route("/shop/a.yaml", get("# nothing yet\n")).route("/shop/b.yaml", get("a: 'x\n"));
    tokio::spawn(async move { axum::serve(listener, files).await.unwrap() });
    let app =
        TestApp::configured(&format!("backend: {{ reading: {{ allow: [{{ host: '127.0.0.1:{port}' }}] }} }}")).await;
    let target = |name: &str| format!("target=http://127.0.0.1:{port}/shop/{name}.yaml");
    let query = [target("a"), target("b"), target("none")].join("&");
    let previews = app.get(&format!("/api/v1/catalog/preview?{query}")).await.json();
    let draft = |at: usize| previews["items"][at]["draft"]["text"].as_str();
    assert!(draft(0).unwrap().contains("name: shop\n"), "{previews}");
    assert_eq!((draft(1), draft(2)), (None, None), "what is wrong with them has been said: {previews}");
}
