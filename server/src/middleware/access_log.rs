//! One line in the log and one observation in the metrics for each request.

use std::time::{Duration, Instant};

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};

use crate::{ops::metrics, request::RequestContext};

/// What metrics call a request that no route of the list takes: a page of the app.
const PAGE: &str = "page";
/// Asked for all the time: logged at level `debug`.
const UNREMARKABLE: [&str; 6] = [
    "/assets/{hash}/{*path}",
    "/healthz",
    "/readyz",
    "/.backstage/health/v1/liveness",
    "/.backstage/health/v1/readiness",
    "/metrics",
];

/// See the module.
pub(crate) async fn record(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route =
        request.extensions().get::<MatchedPath>().map_or_else(|| PAGE.to_owned(), |path| path.as_str().to_owned());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let client = request.extensions().get::<RequestContext>().and_then(|context| context.client);

    let response = next.run(request).await;

    let elapsed = started.elapsed();
    let status = response.status().as_u16();
    let client = client.map(|client| client.to_string());
    let duration_ms = milliseconds(elapsed);
    if UNREMARKABLE.contains(&route.as_str()) {
        tracing::debug!(target: "http", client, %method, path, status, duration_ms);
    } else {
        tracing::info!(target: "http", client, %method, path, status, duration_ms);
    }
    metrics::observe_request(method.as_str(), route, status, elapsed);
    response
}

/// With three decimals.
fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
