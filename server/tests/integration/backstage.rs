//! Another Backstage as a source.

use std::{fs, time::Duration};

use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{
    TestApp,
    backstage::{Backstage, Mood, TOKEN},
};

/// An entity as Backstage answers it.
fn entity(kind: &str, name: &str, spec: &Value, relations: &Value) -> Value {
    json!({
        "metadata": {
            "namespace": "default",
            "annotations": {
                "backstage.io/managed-by-location": "url:https://git.example/acme/catalog/blob/main/all.yaml",
                "backstage.io/managed-by-origin-location": "url:https://git.example/acme/catalog/blob/main/all.yaml",
                "backstage.io/view-url": "https://git.example/acme/catalog/blob/main/all.yaml",
            },
            "name": name,
            "uid": "005ef3d1-cd4f-4f97-aea4-f2b5bf58cbc5",
            "etag": "4fa9054f351ba803282d04bcb74a7e75025be60b",
        },
        "apiVersion": "backstage.io/v1alpha1",
        "kind": kind,
        "spec": spec,
        "relations": relations,
    })
}

fn component(name: &str, owner: &str) -> Value {
    let relations = json!([{ "type": "ownedBy", "targetRef": format!("group:default/{owner}") }]);
    entity("Component", name, &json!({ "type": "service", "lifecycle": "production", "owner": owner }), &relations)
}

fn group(name: &str) -> Value {
    entity("Group", name, &json!({ "type": "team", "children": [] }), &json!([]))
}

fn yaml(backstage: &Backstage, more: &str) -> String {
    let url = &backstage.url;
    format!(
        "catalog:
  urlInterval: false
  providers:
    backstage:
      other: {{ baseUrl: '{url}', token: {TOKEN}, pageSize: 2{more} }}
"
    )
}

const OFTEN: &str = ", schedule: { frequency: { milliseconds: 30 } }";

async fn eventually(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(20), waiting).await.is_ok(), "{what}");
}

async fn by_name(app: &TestApp, path: &str) -> Option<Value> {
    let answer = app.get(&format!("/api/catalog/entities/by-name/{path}")).await;
    (answer.status == StatusCode::OK).then(|| answer.json())
}

/// The source that stands for the Backstage.
async fn source(app: &TestApp) -> Value {
    let sources = app.get("/api/v1/catalog/sources").await;
    assert!(!sources.text().contains(TOKEN));
    let items = sources.json()["items"].clone();
    let found =
        items.as_array().unwrap().iter().find(|item| item["source"].as_str().unwrap().starts_with("backstage:"));
    found.unwrap_or_else(|| panic!("{items}")).clone()
}

#[tokio::test]
async fn all_pages_come_with_what_our_own_kinds_do_not_know() {
    let mut cart = component("cart", "shop");
    cart["relations"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "type": "monitoredBy", "targetRef": "dashboard:default/main" }));
    let mut dashboard = entity(
        "Dashboard",
        "main",
        &json!({ "panels": 3 }),
        &json!([{ "type": "monitors", "targetRef": "component:default/cart" }, { "type": "ownedBy", "targetRef": "group:default/shop" }]),
    );
    dashboard["apiVersion"] = "acme.example/v7".into();
    cart["status"] = json!({ "items": [{ "type": "x", "level": "error", "message": "theirs" }] });
    let backstage =
        Backstage::with(vec![group("shop"), cart, component("pay", "shop"), dashboard, component("web", "theirs")])
            .await;
    let app = TestApp::configured(&yaml(&backstage, "")).await;
    let asked = backstage.asked();
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert_eq!(asked[0], "limit=2");
    assert!(asked[1].starts_with("limit=2&cursor=") && asked[1] != asked[2], "{asked:?}");

    let cart = by_name(&app, "component/default/cart").await.unwrap();
    let relations = json!([
        { "type": "monitoredBy", "targetRef": "dashboard:default/main" },
        { "type": "ownedBy", "targetRef": "group:default/shop" },
    ]);
    assert_eq!(cart["relations"], relations);
    assert_ne!(cart["metadata"]["uid"], "005ef3d1-cd4f-4f97-aea4-f2b5bf58cbc5");
    assert_eq!(cart.get("status"), None, "what their processing found says nothing of ours");
    let annotations = &cart["metadata"]["annotations"];
    let target = format!("backstage:{}", backstage.url);
    let descriptor = "https://git.example/acme/catalog/blob/main/all.yaml";
    assert_eq!(annotations["backstage.io/managed-by-location"], target);
    assert_eq!(annotations["backstage.io/managed-by-origin-location"], target);
    assert_eq!(annotations["backstage.io/view-url"], descriptor);
    assert_eq!(annotations["backstage.io/source-location"], format!("url:{descriptor}"));

    let dashboard = by_name(&app, "dashboard/default/main").await.unwrap();
    let relations = json!([
        { "type": "monitors", "targetRef": "component:default/cart" },
        { "type": "ownedBy", "targetRef": "group:default/shop" },
    ]);
    assert_eq!((&dashboard["spec"]["panels"], &dashboard["relations"]), (&3.into(), &relations));
    let shop = by_name(&app, "group/default/shop").await.unwrap();
    let owned: Vec<_> =
        shop["relations"].as_array().unwrap().iter().map(|r| r["targetRef"].as_str().unwrap()).collect();
    assert_eq!(owned, ["component:default/cart", "component:default/pay", "dashboard:default/main"]);
    assert_eq!(app.get("/catalog/default/dashboard/main").await.status, StatusCode::OK);

    // `web` is also in a file of ours, which was there first.
    let web = by_name(&app, "component/default/web").await.unwrap();
    assert_eq!(web["spec"]["owner"], "team");
    let source = source(&app).await;
    assert_eq!(
        (&source["entities"], &source["errors"], &source["error"]),
        (&5.into(), &0.into(), &Value::Null),
        "{source}"
    );
}

#[tokio::test]
async fn a_filter_says_what_is_read() {
    let backstage =
        Backstage::with(vec![group("shop"), component("a", "shop"), component("b", "shop"), component("c", "shop")])
            .await;
    let app = TestApp::configured(&yaml(&backstage, ", filter: [kind=component]")).await;
    assert_eq!(by_name(&app, "group/default/shop").await, None);
    assert!(by_name(&app, "component/default/c").await.is_some());
    assert_eq!(source(&app).await["source"], format!("backstage:{}?filter=kind=component", backstage.url));
}

#[tokio::test]
async fn refreshing_one_of_its_entities_asks_it() {
    let backstage = Backstage::with(vec![component("a", "shop")]).await;
    let app = TestApp::configured(&yaml(&backstage, "")).await;
    backstage.change(|entities| entities[0]["spec"]["owner"] = "others".into());
    let request = Request::post("/api/catalog/refresh").header("content-type", "application/json");
    let answer = app.send_body(request, json!({ "entityRef": "component:default/a" }).to_string()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    eventually("what was refreshed shows", async || {
        by_name(&app, "component/default/a").await.is_some_and(|a| a["spec"]["owner"] == "others")
    })
    .await;
}

#[tokio::test]
async fn what_changes_there_changes_here_and_the_rest_is_not_written_again() {
    let backstage = Backstage::with(vec![component("a", "shop"), component("b", "shop"), component("c", "shop")]).await;
    let app = TestApp::configured(&yaml(&backstage, OFTEN)).await;
    let revision = app.app.state.catalog.revision();
    let asked = backstage.asked().len();
    eventually("it is asked by its own frequency", async || backstage.asked().len() > asked + 6).await;
    assert_eq!(app.app.state.catalog.revision(), revision);
    let b = by_name(&app, "component/default/b").await.unwrap();

    backstage.change(|entities| {
        entities.retain(|entity| entity["metadata"]["name"] != "c");
        entities[0]["spec"]["owner"] = "others".into();
        entities.push(component("d", "shop"));
    });
    eventually("a change shows", async || {
        by_name(&app, "component/default/a").await.is_some_and(|a| a["spec"]["owner"] == "others")
    })
    .await;
    assert_eq!(by_name(&app, "component/default/c").await, None);
    assert!(by_name(&app, "component/default/d").await.is_some());
    assert_eq!(by_name(&app, "component/default/b").await.unwrap(), b);
}

#[tokio::test]
async fn what_can_not_be_read_whole_changes_nothing_and_is_told() {
    let backstage = Backstage::with(vec![component("a", "shop"), component("b", "shop"), component("c", "shop")]).await;
    let app = TestApp::configured(&yaml(&backstage, OFTEN)).await;
    for (mood, told) in [
        (Mood::FailsHalfWay, "status 500"),
        (Mood::SignInPage, "no page of entities"),
        (Mood::Busy(3600), "takes no more requests until"),
    ] {
        backstage.set(mood);
        backstage.change(|entities| {
            entities.pop();
            entities.push(component("new", "shop"));
        });
        eventually(told, async || source(&app).await["error"].as_str().is_some_and(|error| error.contains(told))).await;
        for (name, is_there) in [("a", true), ("c", true), ("new", false)] {
            let found = by_name(&app, &format!("component/default/{name}")).await;
            assert_eq!(found.is_some(), is_there, "{name} after {mood:?}");
        }
        assert_eq!(source(&app).await["entities"], 3);
    }
    let next: jiff::Timestamp = source(&app).await["nextReadAt"].as_str().unwrap().parse().unwrap();
    assert!(next > jiff::Timestamp::now() + Duration::from_mins(50), "{next}");
}

#[tokio::test]
async fn a_token_that_is_refused_is_told() {
    let backstage = Backstage::with(vec![component("a", "shop")]).await;
    let app = TestApp::configured(&yaml(&backstage, "").replace(TOKEN, "wrong")).await;
    let error = source(&app).await["error"].as_str().unwrap().to_owned();
    assert!(error.contains("renew `token` under `catalog.providers.backstage`"), "{error}");
}

#[tokio::test]
async fn our_own_sources_win_also_when_they_come_later() {
    let backstage = Backstage::with(vec![component("orders", "theirs"), component("pay", "theirs")]).await;
    let app = TestApp::configured(&yaml(&backstage, "")).await;
    let orders = by_name(&app, "component/default/orders").await.unwrap();
    assert_eq!(orders["spec"]["owner"], "theirs");

    let file = app.folder().join("catalog-info.yaml");
    let before = fs::read_to_string(&file).unwrap();
    let own = "---\napiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: orders }\n\
               spec: { type: service, lifecycle: production, owner: team }\n";
    fs::write(&file, format!("{before}{own}")).unwrap();
    let owner = async || by_name(&app, "component/default/orders").await.map(|orders| orders["spec"]["owner"].clone());
    eventually("ours wins", async || owner().await == Some("team".into())).await;
    let problems = app.get("/api/v1/catalog/problems").await;
    assert!(!problems.text().contains("also defined"), "that theirs gives way is no fault: {}", problems.text());

    fs::write(&file, before).unwrap();
    eventually("theirs is back", async || owner().await == Some("theirs".into())).await;
    let back = by_name(&app, "component/default/orders").await.unwrap();
    assert_eq!(back["metadata"]["uid"], orders["metadata"]["uid"], "it was there all the time");
}

#[tokio::test]
async fn another_callboard_is_read_as_a_backstage_is() {
    let other = TestApp::start().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = other.router();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let folder = tempfile::tempdir().unwrap();
    let yaml =
        format!("catalog: {{ providers: {{ backstage: {{ other: {{ baseUrl: '{url}/', pageSize: 2 }} }} }} }}\n");
    fs::write(folder.path().join("none.yaml"), "").unwrap();
    let app = TestApp::over(folder, "none.yaml", &yaml).await;
    for path in ["component/default/web", "component/default/orphan", "group/default/team"] {
        let (theirs, ours) = (by_name(&other, path).await.unwrap(), by_name(&app, path).await.unwrap());
        assert_eq!((&ours["spec"], &ours["relations"]), (&theirs["spec"], &theirs["relations"]), "{path}");
        assert_ne!(ours["metadata"]["uid"], theirs["metadata"]["uid"]);
    }
    assert_eq!(source(&app).await["entities"], 4);
}
