//! Replays the answers of a real Backstage: see `tests/golden/README.md`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use axum::{
    Router,
    http::{Request, StatusCode},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

use crate::support::{Answer, TestApp};

/// Where the recorded Backstage read registered locations from.
const RECORDED_HOST: &str = "localhost:8099";
/// How many there are.
const RECORDINGS: usize = 90;
/// The id that it gave to the location which 087 registers.
const RECORDED_ID: &str = "90b0e557-dd6b-4023-88a3-34d00be5c470";

/// Recordings that are not replayed here, and why.
const EXCLUDED: [(&str, &str); 9] = [
    ("116", "wants a server that guests can not enter: see `auth.rs`"),
    ("117", "wants a server that guests can not enter: see `auth.rs`"),
    ("123 to 128", "search comes with a later issue"),
    ("129", "TechDocs come with a later issue"),
    ("130 to 131", "Backstage's own sign-in of guests: nobody's client asks for it"),
    ("132 to 133", "Backstage's own tokens between plugins: nobody's client asks for them"),
    ("134", "Backstage's own sign-in"),
    ("136", "Kubernetes comes with a later issue"),
    ("137", "Backstage's scaffolder has no counterpart"),
];

/// Where the recorded Backstage had read the catalog from.
const RECORDED_FOLDER: &str = "/data/1000";
/// The request whose cursors 003 and 004 go on from.
const FIRST_PAGE: &str = "/api/catalog/entities/by-query?limit=3&filter=kind=component&orderField=metadata.name,asc";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recording {
    request: String,
    request_body: Option<Value>,
    status: u16,
    headers: BTreeMap<String, String>,
    body: Value,
}

#[tokio::test]
async fn answers_as_backstage_did() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let folder = tempfile::tempdir().unwrap();
    for file in ["all.yaml", "part-0000.yaml", "part-0001.yaml"] {
        fs::copy(data.join("catalog").join(file), folder.path().join(file)).unwrap();
    }
    let host = descriptor_host(fs::read_to_string(data.join("registered.yaml")).unwrap()).await;
    let allow = format!("backend: {{ reading: {{ allow: [{{ host: '{host}' }}] }} }}");
    let replayed_on = Replay { app: TestApp::over(folder, "all.yaml", &allow).await, host, id: OnceLock::new() };

    let mut failures = Vec::new();
    let mut replayed = 0;
    for (name, recording) in recordings(&data) {
        replayed += 1;
        replayed_on.prepare(&name).await;
        if let Err(difference) = replayed_on.replay(&name, &recording).await {
            failures.push(format!("{name}: {}\n    {difference}", recording.request));
        }
    }
    assert!(failures.is_empty(), "{} of {replayed} differ:\n{}", failures.len(), failures.join("\n"));
    assert_eq!(replayed, RECORDINGS, "beside {EXCLUDED:?}");
}

/// A host with one descriptor, at any query.
async fn descriptor_host(text: String) -> String {
    let file = Router::new().route("/catalog-info.yaml", get(async move || text));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, file).await.unwrap() });
    format!("localhost:{port}")
}

/// What the recordings are replayed on.
struct Replay {
    app: TestApp,
    host: String,
    /// The location that 087 registers.
    id: OnceLock<String>,
}

fn recordings(folder: &Path) -> Vec<(String, Recording)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let recording =
            serde_json::from_slice(&fs::read(&path).unwrap()).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, recording)
    };
    paths.into_iter().map(read).collect()
}

impl Replay {
    /// Brings about what Backstage's state was when it was asked.
    async fn prepare(&self, name: &str) {
        match &name[..3] {
            "096" => {
                let address = "/api/catalog/entities/by-name/component/default/golden-component";
                let mut changes = self.app.app.state.catalog.changes();
                while self.app.get(address).await.status != StatusCode::OK {
                    changes.changed().await.unwrap();
                }
            }
            "103" => {
                let id = self.id.get().expect("087 has registered it");
                let deleted = self.app.send(Request::delete(format!("/api/catalog/locations/{id}"))).await;
                assert_eq!(deleted.status, StatusCode::NO_CONTENT);
            }
            _ => {}
        }
    }

    /// A text of the recording as it has to be here.
    fn own(&self, text: &str) -> String {
        let own_id = self.id.get().map_or(RECORDED_ID, String::as_str);
        text.replace(RECORDED_HOST, &self.host).replace(RECORDED_ID, own_id)
    }

    async fn replay(&self, name: &str, recording: &Recording) -> Result<(), String> {
        let app = &self.app;
        let (method, address) = recording.request.split_once(' ').unwrap();
        let address = self.own(&with_own_cursor(app, name, address).await);
        let request =
            recording.request_body.as_ref().map(|body| serde_json::from_str(&self.own(&body.to_string())).unwrap());
        let answer = ask(app, method, &address, request.as_ref()).await;
        if name.starts_with("087") {
            self.id
                .set(answer.json()["location"]["id"].as_str().unwrap_or_default().to_owned())
                .expect("it is set once");
        }
        same("status", &answer.status.as_u16(), &recording.status)?;
        let header = |name: &str| recording.headers.get(name).map_or("", String::as_str);
        same("content-type", &answer.content_type(), &header("content-type"))?;
        same("link", &answer.header("link"), &header("link"))?;

        let body = if answer.body.is_empty() { Value::Null } else { self.body_of(&answer) };
        let expected = comparable(recording.body.clone());
        match items(&expected) {
            None => same("body", &body, &expected),
            Some(expected_items) => {
                let frame = |body: &Value| {
                    body.as_object().map(|body| {
                        body.iter()
                            .filter(|(key, _)| *key != "items")
                            .map(|(key, value)| (key.clone(), value.clone()))
                            .collect::<Map<_, _>>()
                    })
                };
                same("body beside items", &frame(&body), &frame(&expected))?;
                let own_items = items(&body).ok_or("the body has no items")?;
                if address.ends_with("by-query") && request.as_ref().is_some_and(|body| body.get("orderBy").is_none()) {
                    return self.same_items_by_post(&address, request.as_ref(), own_items, expected_items).await;
                }
                if method == "POST" {
                    return same("items", &own_items, &expected_items);
                }
                self.same_items(&address, own_items, expected_items).await
            }
        }
    }

    fn body_of(&self, answer: &Answer) -> Value {
        let folder = self.app.folder().to_str().unwrap();
        let text = answer.text().replace(folder, RECORDED_FOLDER).replace(&self.host, RECORDED_HOST);
        let text = text.replace(self.id.get().map_or(RECORDED_ID, String::as_str), RECORDED_ID);
        comparable(serde_json::from_str(&text).unwrap())
    }

    /// Compares the items of a page. Where no order was asked for, or among equals, each expected item must be somewhere in the
    /// whole answer.
    async fn same_items(&self, address: &str, own: &[Value], expected: &[Value]) -> Result<(), String> {
        same("number of items", &own.len(), &expected.len())?;
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let order = pairs.iter().find_map(|(name, value)| match name.as_str() {
            "orderField" => value.split(',').next(),
            "order" => value.split_once(':').map(|(_, field)| field),
            "cursor" => Some("metadata.name"),
            _ => None,
        });
        if let Some(field) = order {
            let values = |items: &[Value]| items.iter().map(|item| at(item, field)).collect::<Vec<_>>();
            same("order", &values(own), &values(expected))?;
            if field == "metadata.name" {
                return same("items", &own, &expected);
            }
        }
        let mut whole = form_urlencoded::Serializer::new(String::new());
        whole.extend_pairs(pairs.iter().filter(|(name, _)| !["limit", "offset", "after"].contains(&name.as_str())));
        whole.append_pair("limit", "100000");
        let whole = self.body_of(&self.app.get(&format!("{path}?{}", whole.finish())).await);
        let whole = items(&whole).ok_or("the whole answer has no items")?;
        for item in expected {
            if !whole.contains(item) {
                let like = whole.iter().find(|own| own["metadata"]["name"] == item["metadata"]["name"]);
                return Err(format!(
                    "item differs:\n    ours     {}\n    expected {item}",
                    like.unwrap_or(&Value::Null)
                ));
            }
        }
        Ok(())
    }

    /// The same for what is asked by POST without an order, which Backstage leaves open. Our page has to be a page of the whole answer in an
    /// order that stays, and the recorded one may hold nothing that the whole lacks.
    async fn same_items_by_post(
        &self,
        address: &str,
        request: Option<&Value>,
        own: &[Value],
        expected: &[Value],
    ) -> Result<(), String> {
        same("number of items", &own.len(), &expected.len())?;
        let mut request = request.cloned().unwrap_or_default();
        request.as_object_mut().ok_or("the request is no object")?.remove("limit");
        let whole = self.body_of(&ask(&self.app, "POST", address, Some(&request)).await);
        let whole = items(&whole).ok_or("the whole answer has no items")?;
        let offset = request.get("offset").and_then(Value::as_u64).unwrap_or(0) as usize;
        same("the page of the whole answer", &Some(own), &whole.get(offset..offset + own.len()))?;
        if let Some((at, _)) = whole.iter().enumerate().find(|(at, item)| whole[..*at].contains(item)) {
            return Err(format!("item {at} of the whole answer stands there twice"));
        }
        match expected.iter().find(|item| !whole.contains(item)) {
            Some(missing) => Err(format!("the whole answer lacks {missing}")),
            None => Ok(()),
        }
    }
}

/// Cursors can't carry over: these two are asked for with our own.
async fn with_own_cursor(app: &TestApp, name: &str, address: &str) -> String {
    let page = |number: usize| async move {
        let mut cursor = String::new();
        for _ in 0..number {
            let address = if cursor.is_empty() {
                FIRST_PAGE.to_owned()
            } else {
                format!("/api/catalog/entities/by-query?limit=3&cursor={cursor}")
            };
            let page = app.get(&address).await.json();
            cursor = encode(page["pageInfo"]["nextCursor"].as_str().unwrap());
        }
        cursor
    };
    match &name[..3] {
        "003" => format!("/api/catalog/entities/by-query?limit=3&cursor={}", page(1).await),
        "004" => {
            let second =
                app.get(&format!("/api/catalog/entities/by-query?limit=3&cursor={}", page(1).await)).await.json();
            format!(
                "/api/catalog/entities/by-query?limit=3&cursor={}",
                encode(second["pageInfo"]["prevCursor"].as_str().unwrap())
            )
        }
        _ => address.to_owned(),
    }
}

fn encode(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn ask(app: &TestApp, method: &str, address: &str, body: Option<&Value>) -> Answer {
    let request = Request::builder().method(method).uri(address.replace('"', "%22"));
    match body {
        None => app.send(request).await,
        // Recorded as it was sent: no JSON.
        Some(Value::String(text)) => {
            app.send_body(request.header("content-type", "application/json"), text.clone()).await
        }
        Some(body) => app.send_body(request.header("content-type", "application/json"), body.to_string()).await,
    }
}

/// The items of a page, or of an answer that is an array.
fn items(body: &Value) -> Option<&Vec<Value>> {
    body.as_array().or_else(|| body.get("items")?.as_array())
}

/// Takes out what is free to differ, and sorts what is a set.
fn comparable(mut body: Value) -> Value {
    match &mut body {
        Value::String(text) => {
            if let Some((kind, _)) = text.split_once("generated-") {
                *text = format!("{kind}generated");
            }
        }
        Value::Array(entries) => entries.iter_mut().for_each(|entry| *entry = comparable(entry.take())),
        Value::Object(map) => {
            if let Some(Value::Object(metadata)) = map.get_mut("metadata") {
                metadata.remove("uid");
                metadata.remove("etag");
            }
            for (key, value) in map.iter_mut() {
                match (key.as_str(), &mut *value) {
                    ("relations", Value::Array(relations)) => relations.sort_by_key(ToString::to_string),
                    ("facets", Value::Object(facets)) => {
                        for values in facets.values_mut().filter_map(Value::as_array_mut) {
                            values.sort_by_key(ToString::to_string);
                        }
                    }
                    ("pageInfo", Value::Object(cursors)) => {
                        for cursor in cursors.values_mut() {
                            let json = STANDARD.decode(cursor.as_str().unwrap()).expect("a cursor is base64");
                            serde_json::from_slice::<Value>(&json).expect("a cursor holds JSON");
                            *cursor = json!("cursor");
                        }
                    }
                    ("entities", Value::Array(entities)) => {
                        for entity in entities.iter_mut() {
                            *entity = comparable(entity.take());
                        }
                        entities.sort_by_key(|entity| entity["kind"].to_string());
                    }
                    ("id", Value::String(id)) if id.len() == RECORDED_ID.len() => "id".clone_into(id),
                    ("error", Value::Object(error)) => {
                        error.remove("message");
                    }
                    ("errors", Value::Array(errors)) => {
                        for error in errors.iter_mut().filter_map(Value::as_object_mut) {
                            error.remove("message");
                            error.remove("cause");
                        }
                    }
                    _ => *value = comparable(value.take()),
                }
            }
        }
        _ => {}
    }
    body
}

fn at(item: &Value, path: &str) -> Value {
    path.split('.').fold(item, |value, key| &value[key]).clone()
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, ours: &T, expected: &T) -> Result<(), String> {
    if ours == expected {
        Ok(())
    } else {
        Err(format!("{what} differs:\n    ours     {ours:?}\n    expected {expected:?}"))
    }
}
