//! `/form`.

use axum::http::{Request, StatusCode, request::Builder};

use crate::support::TestApp;

#[tokio::test]
async fn a_theme_is_kept_in_a_cookie_and_leads_back() {
    let app = TestApp::start().await;
    let post = || {
        Request::post("/form/set-theme")
            .header("host", "portal.localhost")
            .header("content-type", "application/x-www-form-urlencoded")
    };
    let answer = app.send_body(post().header("referer", "http://portal.localhost/catalog?x=1"), "theme=dark").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/catalog?x=1"));
    assert_eq!(answer.header("set-cookie"), "theme=dark; Path=/; Max-Age=31536000; SameSite=Lax");

    let elsewhere = app.send_body(post().header("referer", "http://evil.example/x"), "theme=light").await;
    assert_eq!(elsewhere.header("location"), "/");
    let wrong = app.send_body(post(), "theme=green").await;
    assert_eq!((wrong.status, wrong.header("set-cookie")), (StatusCode::UNPROCESSABLE_ENTITY, ""));
}

fn form(name: &str) -> Builder {
    Request::post(format!("/form/{name}"))
        .header("host", "portal.localhost")
        .header("content-type", "application/x-www-form-urlencoded")
}

#[tokio::test]
async fn settings_are_kept_in_cookies_and_pages_are_rendered_by_them() {
    let app = TestApp::start().await;
    let body = "theme=dark&density=compact&dates=german&teams=group:default/team&teams=a;b&nonsense=1";
    let answer = app.send_body(form("set-preferences"), body).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/settings"));
    let cookies: Vec<&str> =
        answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect();
    let pairs: Vec<&str> = cookies.iter().map(|cookie| cookie.split(';').next().unwrap()).collect();
    let expected =
        ["theme=dark", "density=compact", "dates=german", "teams=group:default/team", "flash=settings-saved"];
    assert_eq!(pairs, expected);

    let page = app.send(Request::get("/settings").header("cookie", pairs.join("; "))).await;
    assert!(page.text().contains("data-theme=\"dark\" data-density=\"compact\""), "{}", page.text());
    assert!(page.text().contains("Your settings are saved."));
    assert_eq!(page.header("set-cookie"), "flash=; Path=/; Max-Age=0; SameSite=Lax", "it is told once");
    let later = app.send(Request::get("/settings").header("cookie", "density=compact")).await;
    assert!(!later.text().contains("Your settings are saved.") && later.header("set-cookie").is_empty());
}

#[tokio::test]
async fn a_source_is_read_again_by_a_form_and_one_that_is_none_is_said_to_be() {
    let app = TestApp::start().await;
    let sources = app.get("/api/v1/catalog/sources").await.json();
    let source = sources["items"][0]["source"].as_str().unwrap();
    let body = form_urlencoded::Serializer::new(String::new()).append_pair("source", source).finish();
    for (body, flash, told) in [
        (body.as_str(), "flash=source-read", "The source is being read again."),
        ("", "flash=sources-read", "All sources are being read again."),
        ("source=file:/nowhere", "flash=source-unknown", "The catalog has no such source any more."),
    ] {
        let answer = app.send_body(form("refresh-source"), body.to_owned()).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/catalog/sources"));
        assert!(answer.header("set-cookie").starts_with(flash), "{}", answer.header("set-cookie"));
        let page = app.send(Request::get("/catalog/sources").header("cookie", flash)).await;
        assert!(page.text().contains(told), "{}", page.text());
    }
}

#[tokio::test]
async fn a_form_of_another_site_is_refused() {
    let app = TestApp::configured("app: { baseUrl: 'https://acme.example' }").await;
    for (origin, status) in [
        ("https://evil.example", StatusCode::FORBIDDEN),
        ("null", StatusCode::FORBIDDEN),
        ("https://acme.example", StatusCode::SEE_OTHER),
        ("http://portal.localhost", StatusCode::SEE_OTHER),
    ] {
        let answer = app.send_body(form("set-theme").header("origin", origin), "theme=dark").await;
        assert_eq!(answer.status, status, "{origin}");
    }
}

/// Serves a text at `/a.yaml`; answers the port.
async fn serve_file(text: String) -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let files = axum::Router::new().route("/a.yaml", axum::routing::get(async move || text));
    tokio::spawn(async move { axum::serve(listener, files).await.unwrap() });
    port
}

#[tokio::test]
async fn a_url_is_previewed_and_registered_by_plain_forms() {
    let text = crate::support::CATALOG.replace("name: orphan", "name: fresh").replace("nobody", "team");
    let port = serve_file(text).await;
    let yaml = format!("backend: {{ reading: {{ allow: [{{ host: '127.0.0.1:{port}' }}] }} }}");
    let app = TestApp::configured(&yaml).await;

    let url = format!("http://127.0.0.1:{port}/a.yaml");
    let previews = app.get(&format!("/api/v1/catalog/preview?target={url}&target=nonsense")).await.json();
    let entities: Vec<_> = previews["items"][0]["entities"].as_array().unwrap().iter().collect();
    let changes: Vec<_> =
        entities.iter().map(|entity| (entity["entityRef"].as_str(), entity["change"].as_str())).collect();
    let expected = [
        (Some("component:default/web"), Some("conflict")),
        (Some("group:default/team"), Some("conflict")),
        (Some("component:default/fresh"), Some("added")),
    ];
    assert_eq!(changes, expected, "{previews}");
    assert!(entities[0]["heldBy"].as_str().unwrap().ends_with("catalog-info.yaml"), "{previews}");
    assert!(previews["items"][1]["error"].as_str().unwrap().contains("is no URL"), "{previews}");

    let page = app.get(&format!("/catalog-import?targets={url}%0Anonsense")).await;
    assert!(page.text().contains("Register 1 URL") && page.text().contains("This can’t be registered."));
    let mut changes = app.app.state.catalog.changes();
    changes.borrow_and_update();
    let answer = app.send_body(form("register-locations"), format!("targets={url}%0D%0A")).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/catalog/sources"));
    assert!(answer.header("set-cookie").starts_with("flash=locations-registered"));
    let fresh = "/api/catalog/entities/by-name/component/default/fresh";
    while app.get(fresh).await.status != StatusCode::OK {
        changes.changed().await.unwrap();
    }
    let again = app.get(&format!("/api/v1/catalog/preview?target={url}")).await.json();
    assert_eq!(again["items"][0]["isRegistered"], true);
    assert!(again.to_string().contains(r#"{"entityRef":"component:default/fresh","change":"unchanged"}"#), "{again}");
}

#[tokio::test]
async fn nothing_is_registered_where_the_catalog_is_read_only() {
    let app = TestApp::configured("catalog: { readonly: true }").await;
    let answer = app.send_body(form("register-locations"), "targets=https://git.example/a.yaml").await;
    assert_eq!(answer.header("location"), "/catalog-import");
    assert!(answer.header("set-cookie").starts_with("flash=read-only"));
}

#[tokio::test]
async fn an_entity_is_refreshed_by_a_form_and_one_that_is_none_is_said_to_be() {
    let app = TestApp::start().await;
    for (entity_ref, page, flash, status) in [
        ("component:default/web", "/catalog/default/component/web", "flash=entity-refreshed", StatusCode::OK),
        ("component:default/none", "/catalog/default/component/none", "flash=entity-unknown", StatusCode::NOT_FOUND),
    ] {
        let answer = app.send_body(form("refresh-entity"), format!("entity_ref={entity_ref}")).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, page));
        assert!(answer.header("set-cookie").starts_with(flash), "{}", answer.header("set-cookie"));
        assert_eq!(app.get(page).await.status, status);
    }
    let nonsense = app.send_body(form("refresh-entity"), "entity_ref=a%0D%0Ab").await;
    assert_eq!(nonsense.status, StatusCode::BAD_REQUEST);
}

/// A server with `fresh` and its `user` from a registered URL, and `fan` that refers to `fresh` from a file.
async fn with_registered(orphans: &str) -> TestApp {
    let component = |name: &str, more: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{ name: {name} }}\n\
             spec: {{ type: service, lifecycle: production, owner: team{more} }}\n"
        )
    };
    let port = serve_file(format!("{}---\n{}", component("fresh", ""), component("other", ""))).await;
    let reading = format!("backend: {{ reading: {{ allow: [{{ host: '127.0.0.1:{port}' }}] }} }}");
    let folder = tempfile::tempdir().unwrap();
    let own = format!("{}---\n{}", crate::support::CATALOG, component("fan", ", dependsOn: ['component:fresh']"));
    std::fs::write(folder.path().join("catalog-info.yaml"), own).unwrap();
    let app =
        TestApp::over(folder, "catalog-info.yaml", &format!("{reading}\ncatalog: {{ orphanStrategy: {orphans} }}"))
            .await;
    let mut changes = app.app.state.catalog.changes();
    changes.borrow_and_update();
    app.send_body(form("register-locations"), format!("targets=http://127.0.0.1:{port}/a.yaml")).await;
    while app.get("/api/v1/catalog/entities/component/default/fresh").await.status != StatusCode::OK {
        changes.changed().await.unwrap();
    }
    app
}

fn unregister(app: &TestApp, name: &str, key: &str) -> impl Future<Output = crate::support::Answer> {
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("entity_ref", &format!("component:default/{name}"))
        .append_pair("key", key)
        .finish();
    app.send_body(form("unregister-entity"), body)
}

#[tokio::test]
async fn a_location_is_unregistered_after_a_look_at_what_goes() {
    let app = with_registered("delete").await;
    let removal = app.get("/api/v1/catalog/entities/component/default/fresh/removal").await.json();
    assert_eq!((&removal["way"], &removal["goesTotal"]), (&"location".into(), &2.into()), "{removal}");
    assert_eq!(removal["goes"][1]["entityRef"], "component:default/other");
    let dangling = &removal["dangling"][0];
    assert_eq!(
        (&dangling["entity"]["entityRef"], &dangling["target"]["entityRef"], &removal["danglingTotal"]),
        (&"component:default/fan".into(), &"component:default/fresh".into(), &1.into())
    );
    let page = app.get("/catalog/default/component/fresh/unregister").await;
    let key = removal["key"].as_str().unwrap();
    assert!(page.text().contains(key) && page.text().contains("Unregister the location"), "{}", page.text());

    let stale = unregister(&app, "fresh", "another").await;
    assert_eq!(stale.header("location"), "/catalog/default/component/fresh/unregister");
    assert!(stale.header("set-cookie").starts_with("flash=removal-changed"));
    let done = unregister(&app, "fresh", key).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, "/catalog"));
    assert!(done.header("set-cookie").starts_with("flash=location-unregistered"), "{}", done.header("set-cookie"));
    for name in ["fresh", "other"] {
        assert_eq!(
            app.get(&format!("/catalog/default/component/{name}")).await.status,
            StatusCode::NOT_FOUND,
            "{name}"
        );
    }
    assert_eq!(app.get("/api/catalog/locations").await.json(), serde_json::json!([]));
    let again = unregister(&app, "fresh", key).await;
    assert!(again.header("set-cookie").starts_with("flash=entity-unknown"));
}

#[tokio::test]
async fn what_stays_as_an_orphan_is_deleted_alone() {
    let app = with_registered("keep").await;
    let address = "/api/v1/catalog/entities/component/default/fresh/removal";
    let removal = app.get(address).await.json();
    assert_eq!(removal["keepsOrphans"], true);
    unregister(&app, "fresh", removal["key"].as_str().unwrap()).await;
    let orphan = app.get(address).await.json();
    assert_eq!((&orphan["way"], &orphan["goesTotal"]), (&"entity".into(), &1.into()), "{orphan}");
    let done = unregister(&app, "fresh", orphan["key"].as_str().unwrap()).await;
    assert!(done.header("set-cookie").starts_with("flash=entity-deleted"), "{}", done.header("set-cookie"));
    assert_eq!(app.get(address).await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.get("/catalog/default/component/other").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_the_configuration_names_is_not_unregistered() {
    let app = TestApp::start().await;
    let removal = app.get("/api/v1/catalog/entities/component/default/web/removal").await.json();
    assert_eq!((&removal["way"], &removal["key"]), (&"configuration".into(), &"".into()));
    let page = app.get("/catalog/default/component/web/unregister").await;
    assert!(page.text().contains("The configuration names its location"), "{}", page.text());
    assert!(!page.text().contains("/form/unregister-entity"));
    let answer = unregister(&app, "web", "").await;
    assert!(answer.header("set-cookie").starts_with("flash=removal-changed"));
    assert_eq!(app.get("/catalog/default/component/web").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_star_is_put_in_a_cookie_and_taken_out_again() {
    let app = TestApp::start().await;
    let post = |cookie: &str| {
        form("star-entity").header("referer", "http://portal.localhost/catalog?x=1").header("cookie", cookie)
    };
    let answer = app.send_body(post(""), "entity=Component:default/Web").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/catalog?x=1"));
    assert_eq!(answer.header("set-cookie"), "stars=component:default/web; Path=/; Max-Age=31536000; SameSite=Lax");
    let again = app.send_body(post("stars=component:default/web|api:default/a"), "entity=component:default/web").await;
    assert_eq!(again.header("set-cookie"), "stars=api:default/a; Path=/; Max-Age=31536000; SameSite=Lax");

    let many: Vec<String> = (0..180).map(|n| format!("component:default/c{n}")).collect();
    let full = app.send_body(post(&format!("stars={}", many.join("|"))), "entity=component:default/web").await;
    assert!(full.header("set-cookie").starts_with("flash=stars-full;"), "{}", full.header("set-cookie"));
    let told = app.send(Request::get("/catalog").header("cookie", "flash=stars-full")).await;
    assert!(told.text().contains("There is no room for more stars"), "{}", told.text());
    assert_eq!(app.send_body(post(""), "entity=a;b").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_last_entities_that_were_seen_are_kept_and_what_is_missing_is_not() {
    let app = TestApp::start().await;
    let seen = app.send(Request::get("/catalog/default/Component/Web").header("cookie", "recent=api:default/a")).await;
    let expected = "recent=component:default/web|api:default/a; Path=/; Max-Age=7776000; SameSite=Lax";
    assert_eq!(seen.header("set-cookie"), expected);
    assert_eq!(app.get("/catalog/default/component/gone").await.header("set-cookie"), "");
    assert_eq!(app.get("/catalog/sources").await.header("set-cookie"), "");
    let home = app
        .send(Request::get("/").header("cookie", "recent=component:default/web; stars=component:default/orphan"))
        .await;
    assert!(
        home.text().contains("Lately") && home.text().contains("/catalog/default/component/orphan"),
        "{}",
        home.text()
    );
}

#[tokio::test]
async fn columns_are_kept_and_the_list_is_shown_by_them() {
    let app = TestApp::start().await;
    let body = "filters%5Bkind%5D=component&columns=namespace&columns=owner&columns=size";
    let answer = app.send_body(form("set-columns"), body).await;
    assert_eq!(answer.header("location"), "/catalog?filters%5Bkind%5D=component");
    assert_eq!(answer.header("set-cookie"), "columns=namespace,owner; Path=/; Max-Age=31536000; SameSite=Lax");
    let has = |page: &str, heading: &str| {
        page.contains(&format!("\">{heading}</a>")) || page.contains(&format!(">{heading}<"))
    };
    let kept = app.send(Request::get("/catalog").header("cookie", "columns=namespace,owner")).await;
    assert!(has(kept.text(), "Namespace") && !kept.text().contains("sort=lifecycle"), "{}", kept.text());
    let named = app.send(Request::get("/catalog?columns=lifecycle").header("cookie", "columns=namespace,owner")).await;
    assert!(named.text().contains("sort=lifecycle") && !named.text().contains("sort=owner"), "the address wins");
    let usual = app.send_body(form("set-columns"), "columns=owner&usual=true").await;
    assert!(usual.header("set-cookie").contains("Max-Age=0"), "{}", usual.header("set-cookie"));
}
