//! Replays the answers of a real Backstage: see `tests/golden/README.md`.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use axum::http::Request;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::support::{Answer, TestApp};

/// Recordings that are not replayed, and why.
const EXCLUDED: [(&str, &str); 0] = [];

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
    let app = TestApp::over(folder, "all.yaml", "").await;

    let mut failures = Vec::new();
    let mut replayed = 0;
    for (name, recording) in recordings(&data) {
        if EXCLUDED.iter().any(|(excluded, _)| name.starts_with(excluded)) {
            continue;
        }
        replayed += 1;
        if let Err(difference) = replay(&app, &name, &recording).await {
            failures.push(format!("{name}: {}\n    {difference}", recording.request));
        }
    }
    assert!(failures.is_empty(), "{} of {replayed} differ:\n{}", failures.len(), failures.join("\n"));
    assert!(replayed > 40, "only {replayed} recordings were found");
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

async fn replay(app: &TestApp, name: &str, recording: &Recording) -> Result<(), String> {
    let (method, address) = recording.request.split_once(' ').unwrap();
    let address = with_own_cursor(app, name, address).await;
    let answer = ask(app, method, &address, recording.request_body.as_ref()).await;
    same("status", &answer.status.as_u16(), &recording.status)?;
    let header = |name: &str| recording.headers.get(name).map_or("", String::as_str);
    same("content-type", &answer.content_type(), &header("content-type"))?;
    same("link", &answer.header("link"), &header("link"))?;

    let body = if answer.body.is_empty() { Value::Null } else { body_of(app, &answer) };
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
            if address.ends_with("by-query")
                && recording.request_body.as_ref().is_some_and(|body| body.get("orderBy").is_none())
            {
                return same_items_by_post(app, &address, recording, own_items, expected_items).await;
            }
            if method == "POST" {
                return same("items", &own_items, &expected_items);
            }
            same_items(app, &address, own_items, expected_items).await
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

fn body_of(app: &TestApp, answer: &Answer) -> Value {
    let folder = app.folder().to_str().unwrap();
    comparable(serde_json::from_str(&answer.text().replace(folder, RECORDED_FOLDER)).unwrap())
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

/// Compares the items of a page. Where no order was asked for, or among equals, each expected item must be somewhere in the
/// whole answer.
async fn same_items(app: &TestApp, address: &str, own: &[Value], expected: &[Value]) -> Result<(), String> {
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
    let whole = body_of(app, &app.get(&format!("{path}?{}", whole.finish())).await);
    let whole = items(&whole).ok_or("the whole answer has no items")?;
    for item in expected {
        if !whole.contains(item) {
            let like = whole.iter().find(|own| own["metadata"]["name"] == item["metadata"]["name"]);
            return Err(format!("item differs:\n    ours     {}\n    expected {item}", like.unwrap_or(&Value::Null)));
        }
    }
    Ok(())
}

/// The same for what is asked by POST.
async fn same_items_by_post(
    app: &TestApp,
    address: &str,
    recording: &Recording,
    own: &[Value],
    expected: &[Value],
) -> Result<(), String> {
    same("number of items", &own.len(), &expected.len())?;
    let mut request = recording.request_body.clone().unwrap_or_default();
    request.as_object_mut().ok_or("the request is no object")?.remove("limit");
    let whole = body_of(app, &ask(app, "POST", address, Some(&request)).await);
    let whole = items(&whole).ok_or("the whole answer has no items")?;
    match expected.iter().find(|item| !whole.contains(item)) {
        Some(missing) => Err(format!("the whole answer lacks {missing}")),
        None => Ok(()),
    }
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
