//! A stand-in of Backstage's catalog API: `GET /api/catalog/entities/by-query` with its cursors, tokens and error bodies.

use std::sync::{Arc, Mutex};

use axum::{
    Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{Html, IntoResponse as _, Response},
    routing::get,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// How it answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mood {
    #[default]
    Well,
    /// The first page, and no further one.
    FailsHalfWay,
    /// As a proxy that wants people to sign in.
    SignInPage,
    /// 429, to come back after that many seconds.
    Busy(u32),
}

#[derive(Debug, Default)]
struct Inner {
    entities: Vec<Value>,
    mood: Mood,
    /// Query strings that were asked.
    asked: Vec<String>,
}

/// The stand-in, as long as the test runs.
#[derive(Clone)]
pub(crate) struct Backstage {
    inner: Arc<Mutex<Inner>>,
    pub(crate) url: String,
}

pub(crate) const TOKEN: &str = "backstage-t0ken";

#[derive(Deserialize)]
struct ByQuery {
    limit: Option<usize>,
    cursor: Option<String>,
    filter: Option<String>,
}

impl Backstage {
    pub(crate) async fn with(entities: Vec<Value>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Mutex::new(Inner { entities, ..Inner::default() }));
        let router =
            Router::new().route("/api/catalog/entities/by-query", get(query_entities)).with_state(Arc::clone(&inner));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { inner, url }
    }

    pub(crate) fn set(&self, mood: Mood) {
        self.inner.lock().unwrap().mood = mood;
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Vec<Value>)) {
        change(&mut self.inner.lock().unwrap().entities);
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.inner.lock().unwrap().asked.clone()
    }
}

async fn query_entities(
    State(inner): State<Arc<Mutex<Inner>>>,
    uri: Uri,
    headers: HeaderMap,
    Query(query): Query<ByQuery>,
) -> Response {
    let mut inner = inner.lock().unwrap();
    inner.asked.push(uri.query().unwrap_or_default().to_owned());
    if headers.get(header::AUTHORIZATION).is_none_or(|token| token != &format!("Bearer {TOKEN}")) {
        return error(StatusCode::UNAUTHORIZED, "AuthenticationError", "Illegal token");
    }
    match inner.mood {
        Mood::SignInPage => return Html("<!doctype html><html><title>Sign in</title></html>").into_response(),
        Mood::Busy(seconds) => {
            return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, seconds.to_string())]).into_response();
        }
        Mood::FailsHalfWay if query.cursor.is_some() => {
            return error(StatusCode::INTERNAL_SERVER_ERROR, "Error", "the database went away");
        }
        _ => {}
    }
    // A cursor says all of the query that it continues.
    let (from, filter) = match &query.cursor {
        None => (0, query.filter.clone()),
        Some(cursor) => {
            let decoded = STANDARD.decode(cursor).ok().and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
            let Some(decoded) = decoded else {
                return error(StatusCode::BAD_REQUEST, "InputError", "Malformed cursor, could not be parsed");
            };
            (decoded["from"].as_u64().unwrap() as usize, decoded["filter"].as_str().map(str::to_owned))
        }
    };
    let passes = |entity: &&Value| {
        filter.as_ref().is_none_or(|filter| {
            let kind = filter.strip_prefix("kind=").expect("tests filter by kind");
            entity["kind"].as_str().is_some_and(|own| own.eq_ignore_ascii_case(kind))
        })
    };
    let all: Vec<&Value> = inner.entities.iter().filter(passes).collect();
    let limit = query.limit.unwrap_or(20);
    let items: Vec<&Value> = all.iter().skip(from).take(limit).copied().collect();
    let mut page_info = json!({});
    let cursor = |from: usize| STANDARD.encode(json!({ "from": from, "filter": filter }).to_string());
    if from + limit < all.len() {
        page_info["nextCursor"] = cursor(from + limit).into();
    }
    if from > 0 {
        page_info["prevCursor"] = cursor(from.saturating_sub(limit)).into();
    }
    Json(json!({ "items": items, "totalItems": all.len(), "pageInfo": page_info })).into_response()
}

fn error(status: StatusCode, name: &str, message: &str) -> Response {
    let body = json!({
        "error": { "name": name, "message": message },
        "request": { "method": "GET", "url": "/entities/by-query" },
        "response": { "statusCode": status.as_u16() },
    });
    (status, Json(body)).into_response()
}
