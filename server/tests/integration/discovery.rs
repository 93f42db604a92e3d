//! Repositories of an organisation, looked for on a stand-in of GitHub.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, Query},
    http::{HeaderMap, Request, StatusCode},
    response::{IntoResponse as _, Response},
    routing::get,
};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::TestApp;

/// As GitHub's REST API answers, with the token that the configuration has.
async fn github() -> u16 {
    github_asked_for_teams(Arc::default()).await
}

/// The same, counting how often it is asked for teams.
async fn github_asked_for_teams(asked: Arc<AtomicUsize>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let repository = move |name: &str, archived: bool, branch: Option<&str>| {
        let url = format!("http://127.0.0.1:{port}/acme/{name}");
        json!({
            "name": name, "full_name": format!("acme/{name}"), "html_url": url, "default_branch": branch,
            "description": null, "archived": archived, "fork": false, "topics": [],
        })
    };
    let repositories = async move |headers: HeaderMap| -> Response {
        if headers.get("authorization").is_none_or(|token| token != "Bearer t0ken") {
            return StatusCode::UNAUTHORIZED.into_response();
        }
        let all: Vec<Value> = vec![
            repository("svc-cart", false, Some("main")),
            repository("svc-old", true, Some("main")),
            repository("svc-bare", false, Some("trunk")),
            repository("website", false, Some("main")),
        ];
        Json(all).into_response()
    };
    let file = async |Path((name, path)): Path<(String, String)>, Query(query): Query<Value>| -> Response {
        if (name.as_str(), path.as_str(), &query["ref"]) != ("svc-cart", "catalog-info.yaml", &json!("main")) {
            return StatusCode::NOT_FOUND.into_response();
        }
        let text = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: cart }\n\
                    spec: { type: service, lifecycle: production, owner: shop }\n";
        text.into_response()
    };
    let team = json!([{ "slug": "web", "name": "Web", "description": "", "html_url": "https://github.com/orgs/acme/teams/web", "parent": null }]);
    let teams = async move || {
        asked.fetch_add(1, Ordering::Relaxed);
        Json(team)
    };
    let member =
        json!([{ "login": "ann", "avatar_url": "https://avatars.example/ann", "html_url": "https://github.com/ann" }]);
    let router = Router::new()
        .route("/api/v3/orgs/acme/teams", get(teams))
        .route("/api/v3/orgs/acme/teams/web/members", get(async move || Json(member)))
        .route("/api/v3/orgs/acme/repos", get(repositories))
        .route("/api/v3/repos/acme/{name}/contents/{*path}", get(file));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    port
}

#[tokio::test]
async fn repositories_of_an_organisation_bring_what_they_hold() {
    let port = github().await;
    let yaml = format!(
        "integrations:
  github: [{{ host: '127.0.0.1:{port}', apiBaseUrl: 'http://127.0.0.1:{port}/api/v3', token: t0ken }}]
catalog:
  providers:
    github:
      shop: {{ organization: acme, host: 'http://127.0.0.1:{port}', filters: {{ repository: svc-.* }} }}
"
    );
    let app = TestApp::configured(&yaml).await;
    let cart = app.get("/api/catalog/entities/by-name/component/default/cart").await.json();
    let page = format!("http://127.0.0.1:{port}/acme/svc-cart");
    let annotations = &cart["metadata"]["annotations"];
    assert_eq!(annotations["backstage.io/managed-by-location"], format!("url:{page}/blob/main/catalog-info.yaml"));
    assert_eq!(annotations["backstage.io/edit-url"], format!("{page}/edit/main/catalog-info.yaml"));
    assert_eq!(annotations["backstage.io/source-location"], format!("url:{page}/tree/main/"));

    let sources = app.get("/api/v1/catalog/sources").await.json();
    let discovery = &sources["items"][1];
    assert_eq!((&discovery["entities"], &discovery["errors"]), (&1.into(), &0.into()), "{discovery}");
    assert!(!sources.to_string().contains("t0ken"));
}

#[tokio::test]
async fn teams_of_an_organisation_are_groups_and_their_members_users() {
    let port = github().await;
    let yaml = format!(
        "integrations:
  github: [{{ host: '127.0.0.1:{port}', apiBaseUrl: 'http://127.0.0.1:{port}/api/v3', token: t0ken }}]
catalog:
  rules: [{{ allow: [Component] }}]
  providers:
    githubOrg: [{{ id: production, githubUrl: 'http://127.0.0.1:{port}', orgs: [acme] }}]
"
    );
    let app = TestApp::configured(&yaml).await;
    let ann = app.get("/api/catalog/entities/by-name/user/default/ann").await.json();
    let member_of = json!([{ "type": "memberOf", "targetRef": "group:default/web" }]);
    assert_eq!(ann["relations"], member_of, "{ann}");
    assert_eq!(ann["metadata"]["annotations"]["github.com/user-login"], "ann");
    let web = app.get("/api/catalog/entities/by-name/group/default/web").await.json();
    assert_eq!(web["spec"]["profile"]["displayName"], "Web");
    assert_eq!(web["metadata"]["annotations"]["github.com/team-slug"], "acme/web");
    let location = format!("url:http://127.0.0.1:{port}/acme");
    assert_eq!(web["metadata"]["annotations"]["backstage.io/managed-by-location"], location);
}

#[tokio::test]
async fn refreshing_somebody_of_an_organisation_asks_its_host() {
    let asked = Arc::<AtomicUsize>::default();
    let port = github_asked_for_teams(Arc::clone(&asked)).await;
    let yaml = format!(
        "integrations:
  github: [{{ host: '127.0.0.1:{port}', apiBaseUrl: 'http://127.0.0.1:{port}/api/v3', token: t0ken }}]
catalog:
  urlInterval: false
  providers:
    githubOrg: [{{ id: production, githubUrl: 'http://127.0.0.1:{port}', orgs: [acme] }}]
"
    );
    let app = TestApp::configured(&yaml).await;
    for entity_ref in ["user:default/ann", "group:default/web"] {
        let before = asked.load(Ordering::Relaxed);
        // Nothing else has it asked. While an earlier question is on its way, a refresh is answered by that.
        let refresh = async {
            while asked.load(Ordering::Relaxed) == before {
                let request = Request::post("/api/catalog/refresh").header("content-type", "application/json");
                let answer = app.send_body(request, json!({ "entityRef": entity_ref }).to_string()).await;
                assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(20), refresh).await;
        assert!(in_time.is_ok(), "refreshing {entity_ref} asked nothing");
    }
    let ann = app.get("/api/catalog/entities/by-name/user/default/ann").await;
    assert_eq!(ann.status, StatusCode::OK, "a refresh loses nobody");
}
