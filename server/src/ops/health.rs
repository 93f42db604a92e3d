//! Probes. The server listens once what the database holds is in memory; with a database that is new, it is ready when the sources
//! have been read for the first time.

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
    if !state.is_filled() {
        let body = json!({ "message": "the catalog is read for the first time", "status": "error" });
        return answer(StatusCode::SERVICE_UNAVAILABLE, &body);
    }
    answer(StatusCode::OK, &json!({ "status": "ok" }))
}

fn answer(status: StatusCode, body: &serde_json::Value) -> Response {
    let headers = [("content-type", "application/json; charset=utf-8"), ("cache-control", "no-store")];
    (status, headers, Json(body)).into_response()
}
