//! Probes. The server listens only once the catalog is in memory, so it is ready until it begins to stop.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::app::AppState;

/// The process runs.
pub(crate) async fn get_liveness() -> impl IntoResponse {
    answer(StatusCode::OK, &json!({ "status": "ok" }))
}

/// Requests should be sent here: the catalog is in memory, and the server is not about to stop.
pub(crate) async fn get_readiness(State(state): State<AppState>) -> impl IntoResponse {
    if state.shutdown.has_begun() {
        let body = json!({ "message": "the server is stopping", "status": "error" });
        return answer(StatusCode::SERVICE_UNAVAILABLE, &body);
    }
    answer(StatusCode::OK, &json!({ "status": "ok" }))
}

fn answer(status: StatusCode, body: &serde_json::Value) -> Response {
    let headers = [("content-type", "application/json; charset=utf-8"), ("cache-control", "no-store")];
    (status, headers, Json(body)).into_response()
}
