//! An answer must begin before the request's deadline.

use axum::{extract::Request, middleware::Next, response::Response};
use tokio::time::timeout_at;

use crate::{api::ApiError, request::RequestContext};

/// Answers 503 where the deadline passes first; the work is dropped. What streams may go on after its beginning.
pub(crate) async fn limit(request: Request, next: Next) -> Response {
    let Some(context) = request.extensions().get::<RequestContext>() else { return next.run(request).await };
    let (deadline, request_id) = (context.deadline, context.request_id.clone());
    match timeout_at(deadline.into(), next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::unavailable("the answer took longer than `backend.server.requestTimeout` allows")
            .problem(Some(request_id)),
    }
}
