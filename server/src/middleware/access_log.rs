//! One line in the log and one observation in the metrics for each request.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request},
    middleware::Next,
    response::Response,
};

use crate::{ops::metrics, request::RequestContext};

/// What metrics call a request that no route of the list takes: a page of the app.
const PAGE: &str = "page";

/// See the module.
pub(crate) async fn record(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| PAGE.to_owned(), |path| path.as_str().to_owned());
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let client = request.extensions().get::<RequestContext>().and_then(|context| context.client);

    let response = next.run(request).await;

    let elapsed = started.elapsed();
    let status = response.status().as_u16();
    let client = client.map(|client| client.to_string());
    tracing::info!(target: "access", client, %method, path, status, duration_ms = milliseconds(elapsed));
    metrics::observe_request(method.as_str(), route, status, elapsed);
    response
}

/// With three decimals.
fn milliseconds(duration: std::time::Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
