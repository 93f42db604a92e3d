//! A server on an in-memory database, over a catalog folder of the test's own.

pub(crate) mod backstage;
pub(crate) mod postgres;
pub(crate) mod process;
pub(crate) mod signing_in;

use std::{fs, path::Path};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header, request::Builder},
};
use serde_json::Value;
use server::{
    app::App,
    config::{Config, Environment, Overrides},
    router,
};
use tempfile::TempDir;
use tower::ServiceExt as _;

/// A few entities, one of them with a fault.
pub(crate) const CATALOG: &str = "\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: web, description: The shop, tags: [rust] }
spec: { type: website, lifecycle: production, owner: team }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: orphan }
spec: { type: service, lifecycle: production, owner: nobody }
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: team }
spec: { type: team, children: [] }
";

/// The server under test.
pub(crate) struct TestApp {
    pub(crate) app: App,
    router: Router,
    folder: TempDir,
}

impl TestApp {
    /// Serves [`CATALOG`].
    pub(crate) async fn start() -> Self {
        Self::configured("").await
    }

    /// Serves [`CATALOG`] with more configuration, as YAML.
    pub(crate) async fn configured(yaml: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("catalog-info.yaml"), CATALOG).unwrap();
        Self::over(folder, "catalog-info.yaml", yaml).await
    }

    /// Serves what `target` in `folder` leads to.
    pub(crate) async fn over(folder: TempDir, target: &str, yaml: &str) -> Self {
        let base = folder.path().join("base.yaml");
        let locations = format!("[{{ type: file, target: {target} }}]");
        let allow = "[Component, API, Group, User, Resource, System, Domain, Location, Template]";
        let text = format!(
            "backend: {{ database: {{ client: sqlite3, connection: ':memory:' }} }}\n\
             catalog: {{ rules: [{{ allow: {allow} }}], locations: {locations} }}\n"
        );
        fs::write(&base, text).unwrap();
        let more = folder.path().join("more.yaml");
        fs::write(&more, yaml).unwrap();
        let loaded = Config::load(&[base, more], &Environment::default(), &Overrides::default()).unwrap();
        let app = App::start(loaded.config, None).await.unwrap();
        app.first_read().await;
        Self { router: router(app.state.clone()), app, folder }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn router(&self) -> Router {
        self.router.clone()
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path)).await
    }

    /// The JSON of an answer to who has a cookie.
    pub(crate) async fn get_by(&self, cookie: &str, path: &str) -> Value {
        let answer = self.send(Request::get(path).header("cookie", cookie)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.json()
    }

    /// Sends a request without a body.
    pub(crate) async fn send(&self, request: Builder) -> Answer {
        self.send_body(request, Body::empty()).await
    }

    pub(crate) async fn send_body(&self, request: Builder, body: impl Into<Body>) -> Answer {
        let response = self.router().oneshot(request.body(body.into()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, body: body.to_vec() }
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// A header's text, empty where it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn content_type(&self) -> &str {
        self.header(header::CONTENT_TYPE.as_str())
    }
}
