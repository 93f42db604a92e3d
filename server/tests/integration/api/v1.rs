//! `/api/v1/catalog`.

use axum::http::{Request, StatusCode};

use crate::support::TestApp;

#[tokio::test]
async fn rows_have_counts_and_a_bounded_page() {
    let app = TestApp::configured("backend: { limits: { pageSize: 1 } }").await;
    let list = app.get("/api/v1/catalog/entities?kind=component&limit=100").await.json();
    assert_eq!((&list["total"], &list["limit"]), (&2.into(), &1.into()));
    assert_eq!(list["items"].as_array().unwrap().len(), 1);
    let chosen = app.get("/api/v1/catalog/entities?kind=component&type=website").await.json();
    assert_eq!(chosen["items"][0]["name"], "web");
}

#[tokio::test]
async fn problems_name_their_entity_and_can_be_asked_for_by_it() {
    let app = TestApp::start().await;
    let all = app.get("/api/v1/catalog/problems").await.json();
    assert_eq!(all["items"][0]["entityRef"], "component:default/orphan");
    let worst = app.get("/api/v1/catalog/problems?limit=1").await.json();
    assert_eq!(worst["items"], serde_json::json!([all["items"][0]]));
    assert_eq!(worst["totalItems"], all["items"].as_array().unwrap().len());
    let of_web = app.get("/api/v1/catalog/problems?entityRef=Component:default/WEB").await.json();
    assert_eq!(of_web["items"], serde_json::json!([]));
    let missing = &all["items"][0];
    let text = std::fs::read_to_string(app.folder().join("catalog-info.yaml")).unwrap();
    let line = usize::try_from(missing["position"]["line"].as_u64().unwrap()).unwrap();
    let named = missing["targetRef"].as_str().unwrap().rsplit('/').next().unwrap();
    assert!(text.lines().nth(line - 1).unwrap().contains(named), "{missing}");
}

#[tokio::test]
async fn an_overview_names_what_is_around_the_entity() {
    let app = TestApp::start().await;
    let web = app.get("/api/v1/catalog/entities/Component/Default/WEB").await.json();
    assert_eq!(
        (&web["name"], &web["type"], &web["lifecycle"]),
        (&"web".into(), &"website".into(), &"production".into())
    );
    let team = serde_json::json!({ "entityRef": "group:default/team", "title": "team", "exists": true });
    let query = "related=ownerOf%3Acomponent%3Adefault%2Fweb";
    let owned_by = serde_json::json!([{ "relationType": "ownedBy", "targets": [team], "total": 1, "query": query }]);
    assert_eq!(web["relations"], owned_by);
    let orphan = app.get("/api/v1/catalog/entities/component/default/orphan").await.json();
    assert_eq!(orphan["problems"][0]["code"], "no-owner");
    assert_eq!(orphan["relations"][0]["targets"][0]["exists"], false);
}

#[tokio::test]
async fn an_overview_has_the_sections_of_its_kind_and_what_changed() {
    let app = TestApp::start().await;
    let team = app.get("/api/v1/catalog/entities/group/default/team").await.json();
    let section = &team["sections"][0];
    assert_eq!((&section["title"], &section["total"]), (&"Owned components".into(), &1.into()), "{team}");
    let listed = app.get(&format!("/api/v1/catalog/entities?{}", section["query"].as_str().unwrap())).await.json();
    assert_eq!(listed["items"][0]["name"], "web");
    assert_eq!(team["changes"][0]["what"], "first version that is kept");

    let file = app.folder().join("catalog-info.yaml");
    let mut changes = app.app.state.catalog.changes();
    changes.borrow_and_update();
    let text = std::fs::read_to_string(&file).unwrap().replace("type: website", "type: shop");
    std::fs::write(&file, text).unwrap();
    changes.changed().await.unwrap();
    let web = app.get("/api/v1/catalog/entities/component/default/web").await.json();
    assert_eq!(web["changes"][0]["what"], "changed `spec.type` from `website` to `shop`");
    assert!(web["changes"][0]["changedAt"].is_string() && web["changes"][1]["what"] == "first version that is kept");
}

#[tokio::test]
async fn the_organization_is_a_tree() {
    let app = TestApp::start().await;
    let organization = app.get("/api/v1/catalog/organization?members=none").await.json();
    let counts = (&organization["totalGroups"], &organization["total"], &organization["people"]);
    assert_eq!(counts, (&1.into(), &1.into(), &0.into()));
    let group = &organization["groups"][0];
    assert_eq!((&group["group"]["title"], &group["owned"], &group["depth"]), (&"team".into(), &1.into(), &0.into()));
    let none = app.get("/api/v1/catalog/organization?text=nonsense").await.json();
    assert_eq!(none["groups"], serde_json::json!([]));
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_answered_with_those_that_are_near() {
    let app = TestApp::start().await;
    let answer = app.get("/api/v1/catalog/entities/component/default/wbe").await;
    assert_eq!((answer.status, answer.content_type()), (StatusCode::NOT_FOUND, "application/problem+json"));
    let body = answer.json();
    assert_eq!(
        (&body["title"], &body["near"][0]["entity"]["entityRef"]),
        (&"NotFoundError".into(), &"component:default/web".into())
    );
    assert_eq!(body["near"][0]["owner"]["entityRef"], "group:default/team");
}

#[tokio::test]
async fn versions_tell_what_changed_and_can_be_read() {
    let app = TestApp::start().await;
    let file = app.folder().join("catalog-info.yaml");
    let mut changes = app.app.state.catalog.changes();
    changes.borrow_and_update();
    let text = std::fs::read_to_string(&file).unwrap().replace("The shop", "The other shop");
    std::fs::write(&file, text).unwrap();
    changes.changed().await.unwrap();

    let address = "/api/v1/catalog/entities/component/default/Web/versions";
    let versions = app.get(address).await.json();
    assert_eq!(versions["items"].as_array().unwrap().len(), 2);
    let expected =
        serde_json::json!([{ "path": "metadata.description", "before": "The shop", "after": "The other shop" }]);
    assert_eq!(versions["items"][0]["changes"], expected);
    let first = versions["items"][1]["version"].as_i64().unwrap();
    let entity = app.get(&format!("{address}/{first}")).await.json();
    assert_eq!(entity["metadata"]["description"], "The shop");
    assert_eq!(app.get(&format!("{address}/999999")).await.status, StatusCode::NOT_FOUND);
    let never = app.get("/api/v1/catalog/entities/component/default/never/versions").await;
    assert_eq!(never.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn provenance_tells_of_each_line_where_it_comes_from() {
    let app = TestApp::start().await;
    let answer = app.get("/api/v1/catalog/entities/component/default/Web/provenance").await.json();
    let file = format!("file:{}", app.folder().join("catalog-info.yaml").display());
    assert_eq!((&answer["location"], &answer["provider"]), (&file.clone().into(), &"configuration".into()));
    let yaml: Vec<&str> = answer["yaml"].as_str().unwrap().lines().collect();
    let text = std::fs::read_to_string(app.folder().join("catalog-info.yaml")).unwrap();
    let part = |pointer: &str| {
        let parts = answer["parts"].as_array().unwrap();
        parts.iter().find(|part| part["pointer"] == pointer).unwrap_or_else(|| panic!("{pointer} in {answer}")).clone()
    };
    for pointer in ["/metadata/description", "/spec/owner"] {
        let part = part(pointer);
        assert_eq!((&part["origin"], &part["location"]), (&"file".into(), &file.clone().into()), "{pointer}");
        let line = |number: &serde_json::Value| usize::try_from(number.as_u64().unwrap()).unwrap() - 1;
        let shown = yaml[line(&part["line"])].trim();
        assert!(text.lines().nth(line(&part["position"]["line"])).unwrap().contains(shown), "{pointer}: {shown}");
    }
    assert_eq!(part("/metadata/uid")["origin"], "identity");
    assert_eq!(part("/relations/0")["position"], part("/spec/owner")["position"]);
    let never = app.get("/api/v1/catalog/entities/component/default/never/provenance").await;
    assert_eq!(never.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn sources_tell_how_they_are() {
    let yaml = "catalog: { locations: [{ type: file, target: catalog-info.yaml }, { type: url, target: 'http://127.0.0.1:9/a.yaml' }] }";
    let app = TestApp::configured(yaml).await;
    let sources = app.get("/api/v1/catalog/sources").await.json();
    assert_eq!(sources["isReadHere"], true);
    let [file, url] = &sources["items"].as_array().unwrap()[..] else { panic!("{sources}") };
    assert_eq!((&file["entities"], &file["errors"], &file["isRegistered"]), (&3.into(), &0.into(), &false.into()));
    assert!(file["readAt"].is_string() && file["nextReadAt"].is_string() && file["error"].is_null(), "{file}");
    assert_eq!((&url["entities"], &url["errors"]), (&0.into(), &1.into()));
    assert!(url["error"].as_str().unwrap().contains("backend.reading.allow"), "{url}");
}

#[tokio::test]
async fn a_source_is_read_again_when_somebody_asks() {
    let app = TestApp::start().await;
    let refresh = |source: &str| {
        let body = serde_json::json!({ "source": source }).to_string();
        let request = Request::post("/api/v1/catalog/sources/refresh").header("content-type", "application/json");
        app.send_body(request, body)
    };
    let sources = app.get("/api/v1/catalog/sources").await.json();
    let answer = refresh(sources["items"][0]["source"].as_str().unwrap()).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED);
    let unknown = refresh("file:/nowhere").await;
    assert_eq!((unknown.status, unknown.content_type()), (StatusCode::NOT_FOUND, "application/problem+json"));
    let detail = "Found no location `file:/nowhere` among the sources of the catalog";
    assert_eq!(unknown.json()["detail"], detail);
}

#[tokio::test]
async fn problems_by_cause_say_whose_they_are() {
    let app = TestApp::start().await;
    let groups = app.get("/api/v1/catalog/problem-groups?level=warning&owner=none&limit=5").await.json();
    assert_eq!((&groups["total"], &groups["groups"][0]["code"]), (&1.into(), &"no-owner".into()));
    assert_eq!(groups["groups"][0]["items"][0]["entity"]["entityRef"], "component:default/orphan");
    let errors = app.get("/api/v1/catalog/problem-groups?level=error").await.json();
    assert_eq!((&errors["total"], &errors["levels"][0]["count"]), (&0.into(), &1.into()));
}

#[tokio::test]
async fn a_search_finds_by_part_and_with_a_slip() {
    let app = TestApp::start().await;
    for (question, expected) in [("web", "component:default/web"), ("orphn", "component:default/orphan")] {
        let found = app.get(&format!("/api/v1/catalog/search?q={question}&limit=1")).await.json();
        assert_eq!(found["items"][0]["entity"]["entityRef"], expected, "{found}");
    }
    let web = app.get("/api/v1/catalog/search?q=web").await.json();
    assert_eq!((&web["items"][0]["type"], &web["items"][0]["kind"]), (&"website".into(), &"Component".into()));
    assert_eq!(web["items"][0]["owner"]["entityRef"], "group:default/team");
    assert_eq!(app.get("/api/v1/catalog/search").await.json()["items"], serde_json::json!([]));
}

#[tokio::test]
async fn errors_are_problem_details() {
    let app = TestApp::start().await;
    for (path, detail) in [
        ("/api/v1/catalog/entities?nonsense=1", "unknown query parameter `nonsense`"),
        ("/api/v1/catalog/organization?members=some", "query parameter `members` must be `none`, found `some`"),
        ("/api/v1/catalog/search?limit=ten", "query parameter `limit` must be a whole number, found `ten`"),
        (
            "/api/v1/catalog/problem-groups?level=bad",
            "query parameter `level` must be one of error, warning, info, found `bad`",
        ),
        ("/api/v1/catalog/problems?nonsense=1", "unknown query parameter `nonsense`; expected entityRef or limit"),
        ("/api/v1/catalog/problems?entityRef=web", "entity ref `web` has no kind; write it as `kind:namespace/name`"),
    ] {
        let answer = app.get(path).await;
        assert_eq!(
            (answer.status, answer.content_type()),
            (StatusCode::BAD_REQUEST, "application/problem+json"),
            "{path}"
        );
        let body = answer.json();
        assert_eq!((&body["title"], &body["detail"]), (&"InputError".into(), &detail.into()), "{path}");
        assert_eq!(body["requestId"], answer.header("x-request-id"), "{path}");
    }
}

#[tokio::test]
async fn what_changed_lately_is_told_a_set_a_reading() {
    let app = TestApp::start().await;
    let file = app.folder().join("catalog-info.yaml");
    let mut changes = app.app.state.catalog.changes();
    changes.borrow_and_update();
    let text = std::fs::read_to_string(&file).unwrap().replace("The shop", "The other shop");
    std::fs::write(&file, text).unwrap();
    changes.changed().await.unwrap();

    let answer = app.get("/api/v1/catalog/changes?limit=1").await.json();
    let set = &answer["items"][0];
    assert_eq!((&set["added"], &set["changed"], &set["removed"]), (&0.into(), &1.into(), &0.into()));
    let change = &set["entities"][0];
    assert_eq!(
        (&change["entity"]["entityRef"], &change["change"]),
        (&"component:default/web".into(), &"changed".into())
    );
    assert_eq!(change["what"], "changed `metadata.description` from `The shop` to `The other shop`");
    assert!(set["changedAt"].as_str().unwrap().ends_with('Z'), "{set}");
    let before = answer["before"].as_i64().unwrap();
    let older = app.get(&format!("/api/v1/catalog/changes?before={before}")).await.json();
    // Three entities of the file, and the location that led to it.
    assert_eq!((&older["items"][0]["added"], &older["items"][0]["changed"]), (&4.into(), &0.into()));
    assert!(older["before"].is_null(), "{older}");
    let wrong = app.get("/api/v1/catalog/changes?since=1").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn whose_entities_are_listed_and_counted() {
    let app = TestApp::start().await;
    let address = "/api/v1/catalog/entities?kind=component&team=group:default/team&star=Component:default/ORPHAN&star=api:default/gone";
    let names = |list: &serde_json::Value| -> Vec<String> {
        list["items"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
    };
    let all = app.get(address).await.json();
    assert_eq!((&all["everybodys"], &all["owned"], &all["starred"]), (&2.into(), &1.into(), &1.into()));
    assert_eq!(names(&all).len(), 2);
    let owned = app.get(&format!("{address}&user=owned")).await.json();
    assert_eq!((names(&owned), &owned["everybodys"]), (vec!["web".to_owned()], &2.into()));
    assert_eq!(names(&app.get(&format!("{address}&user=starred")).await.json()), ["orphan"]);
    let none = app.get("/api/v1/catalog/entities?user=owned").await.json();
    assert_eq!(none["total"], 0, "who names no team owns nothing");
}

#[tokio::test]
async fn rows_can_be_had_as_csv_up_to_a_limit() {
    let app = TestApp::configured("backend: { limits: { exportRows: 1 } }").await;
    let answer = app.get("/api/v1/catalog/entities.csv?kind=component&columns=type,owner&limit=100").await;
    assert_eq!(answer.content_type(), "text/csv; charset=utf-8; header=present");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"catalog.csv\"");
    let lines: Vec<&str> = answer.text().split_terminator("\r\n").collect();
    assert_eq!(lines[0], "entityRef,name,title,type,owner,description,problem");
    assert_eq!(lines.len(), 2, "{lines:?}");
    let web = app.get("/api/v1/catalog/entities.csv?type=website&columns=type,owner").await;
    assert!(
        web.text().contains("component:default/web,web,,website,group:default/team,The shop,\r\n"),
        "{}",
        web.text()
    );
    assert_eq!(app.get("/api/v1/catalog/entities.csv?nonsense=1").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn home_tells_what_concerns_a_visitor() {
    let app = TestApp::start().await;
    let address = "/api/v1/catalog/home?team=group:default/team&star=component:default/orphan&recent=component:default/web&recent=component:default/gone";
    let home = app.get(address).await.json();
    assert_eq!((&home["owned"][0]["name"], &home["ownedTotal"]), (&"web".into(), &1.into()));
    assert_eq!((&home["starred"][0]["name"], &home["problemsTotal"]), (&"orphan".into(), &0.into()));
    assert_eq!(home["recent"].as_array().unwrap().len(), 1, "what is gone is left out: {home}");
    assert_eq!(home["kinds"][0]["plural"], "Components");
    assert_eq!(home["changes"][0]["added"], 4);
    let first = app.get("/api/v1/catalog/home").await.json();
    assert_eq!((&first["owned"], &first["problems"]), (&serde_json::json!([]), &serde_json::json!([])));
    assert_eq!(app.get("/api/v1/catalog/home?who=me").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn rows_are_paged_by_a_cursor_to_the_last() {
    let app = TestApp::start().await;
    let mut names = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = app.get(&format!("/api/v1/catalog/entities?limit=2&sort=name{cursor}")).await.json();
        names.extend(page["items"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()));
        let Some(next) = page["nextCursor"].as_str() else { break };
        assert!(next.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{next}");
        cursor = format!("&cursor={next}");
    }
    let all = app.get("/api/v1/catalog/entities?limit=100&sort=name").await.json();
    let all: Vec<_> = all["items"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap()).collect();
    assert_eq!(names, all);
    assert!(all.len() > 2);
    for wrong in ["nonsense", "", "b2Zmc2V0IDE"] {
        let answer = app.get(&format!("/api/v1/catalog/entities?cursor={wrong}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}: {}", answer.text());
    }
}
