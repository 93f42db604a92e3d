//! Pages as a browser without script sees them.

use axum::http::{Request, StatusCode};

use crate::support::TestApp;

#[tokio::test]
async fn a_page_is_rendered_with_its_data() {
    let app = TestApp::start().await;
    for (path, text) in [
        ("/catalog", "web"),
        ("/catalog/default/component/web", "The shop"),
        ("/catalog/sources", "catalog-info.yaml"),
        ("/catalog/default/group/team", "Owned components"),
        ("/catalog/default/component/web/unregister", "The configuration names its location"),
        ("/catalog/organization", "team"),
        ("/catalog/problems", "orphan"),
        ("/settings", "team"),
    ] {
        let page = app.get(path).await;
        assert_eq!((page.status, page.content_type()), (StatusCode::OK, "text/html; charset=utf-8"), "{path}");
        assert!(page.text().contains(text), "{path}: {}", page.text());
        assert_eq!(page.header("cache-control"), "private, no-cache");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pages_hold_under_load() {
    let app = std::sync::Arc::new(TestApp::start().await);
    let mut visitors = tokio::task::JoinSet::new();
    for _ in 0..32 {
        let app = std::sync::Arc::clone(&app);
        visitors.spawn(async move {
            for path in ["/catalog/default/component/web", "/catalog"].repeat(8) {
                let page = app.get(path).await;
                assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.text());
            }
        });
    }
    visitors.join_all().await;
}

#[tokio::test]
async fn the_root_is_a_page_of_its_own() {
    let app = TestApp::start().await;
    let root = app.get("/").await;
    assert_eq!((root.status, root.content_type()), (StatusCode::OK, "text/html; charset=utf-8"));
    assert!(
        root.text().contains("Which teams are yours?") && root.text().contains("Changed lately"),
        "{}",
        root.text()
    );
}

#[tokio::test]
async fn what_does_not_exist_has_status_404() {
    let app = TestApp::start().await;
    for path in ["/nonsense", "/catalog/default/component/nope"] {
        let page = app.get(path).await;
        assert_eq!((page.status, page.content_type()), (StatusCode::NOT_FOUND, "text/html; charset=utf-8"), "{path}");
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_answered_with_what_is_near() {
    let app = TestApp::start().await;
    for (path, near) in [("/docs/orphn", "/catalog/default/component/orphan"), ("/setings", "/settings")] {
        let page = app.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        let near = format!("<li><a href=\"{near}\"");
        assert!(page.text().replace("<!>", "").contains(&near), "{path}: {}", page.text());
    }
}

#[tokio::test]
async fn pages_are_only_read() {
    let app = TestApp::start().await;
    for method in ["POST", "DELETE", "TRACE"] {
        let answer = app.send(Request::builder().method(method).uri("/catalog")).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
    }
}

#[tokio::test]
async fn the_content_security_policy_lets_only_this_pages_scripts_run() {
    let app = TestApp::start().await;
    let page = app.get("/catalog").await;
    let policy = page.header("content-security-policy");
    let nonce =
        policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("the policy has a nonce");
    assert!(policy.starts_with("default-src 'none';") && policy.contains("style-src 'self';"), "{policy}");
    for script in page.text().split("<script").skip(1) {
        let tag = script.split('>').next().unwrap();
        assert!(tag.contains(&format!("nonce=\"{nonce}\"")) || tag.contains("application/json"), "<script{tag}>");
    }
    assert!(!page.text().contains(" style=\""), "the policy forbids style attributes");
    assert_ne!(app.get("/catalog").await.header("content-security-policy"), policy, "a nonce is used once");
}

#[tokio::test]
async fn a_sub_path_stands_before_every_address() {
    let app = TestApp::configured("app: { baseUrl: 'https://acme.example/portal/' }").await;
    let page = app.get("/portal/catalog/default/component/web").await;
    assert_eq!(page.status, StatusCode::OK);
    for link in page.text().split("href=\"/").skip(1) {
        assert!(link.starts_with("portal/"), "href=\"/{}", &link[..link.len().min(60)]);
    }
    let home = app.get("/portal").await;
    assert_eq!(home.status, StatusCode::OK);
    assert!(home.text().contains("href=\"/portal/\" aria-current=\"page\""), "{}", home.text());
    assert_eq!(app.get("/portal/api/catalog/entities/by-name/component/default/web").await.status, StatusCode::OK);
    assert_eq!(app.get("/healthz").await.status, StatusCode::OK, "probes ask without the sub-path");
    assert!(page.header("strict-transport-security").contains("max-age"));
}

#[tokio::test]
async fn a_page_has_the_visitors_theme() {
    let app = TestApp::start().await;
    let dark = app.send(Request::get("/catalog").header("cookie", "theme=dark")).await;
    assert!(dark.text().contains("data-theme=\"dark\""));
    assert!(!app.get("/catalog").await.text().contains("data-theme"));
    assert!(dark.headers.get_all("vary").iter().any(|vary| vary == "cookie"));
}

#[tokio::test]
async fn what_a_browser_is_refused_is_a_page_with_the_request() {
    let app = TestApp::start().await;
    let form = |accept: &str, path: &str| {
        Request::post(path)
            .header("host", "portal.localhost")
            .header("accept", accept)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", "theme=dark")
    };
    let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
    for (path, body, status, told) in [
        ("/form/set-theme", "theme=green", StatusCode::UNPROCESSABLE_ENTITY, "unknown variant"),
        ("/form/refresh-entity", "entity_ref=a%0D%0Ab", StatusCode::BAD_REQUEST, "The server does not understand this"),
        ("/catalog", "", StatusCode::METHOD_NOT_ALLOWED, "The server does not understand this"),
    ] {
        let page = app.send_body(form(browser, path), body).await;
        assert_eq!((page.status, page.content_type()), (status, "text/html; charset=utf-8"), "{path}");
        let id = page.header("x-request-id");
        assert!(page.text().contains(told) && page.text().contains(id) && !id.is_empty(), "{path}: {}", page.text());
        assert!(page.text().contains("data-theme=\"dark\"") && !page.text().contains("<script"), "{}", page.text());
        assert!(page.header("content-security-policy").contains("style-src 'self'"), "{path}");
        let program = app.send_body(form("*/*", path), body).await;
        assert!(!program.content_type().starts_with("text/html"), "{path}: {}", program.content_type());
    }
    let foreign = app.send(form(browser, "/form/set-theme").header("origin", "https://evil.example")).await;
    assert!(foreign.text().contains("this form was sent by a page of another site"), "{}", foreign.text());
    let api = app.send(Request::get("/api/v1/catalog/preview?x=y").header("accept", browser)).await;
    assert_eq!(api.content_type(), "application/problem+json", "of an API one reads what it answers");
}
