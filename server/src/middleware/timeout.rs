//! An answer must begin before the request's deadline.

use axum::{extract::Request, middleware::Next, response::Response};
use tokio::time::timeout_at;

use crate::{
    api::{ApiError, backstage_request},
    request::RequestContext,
};

/// Answers 503 where the deadline passes first; the work is dropped. What streams may go on after its beginning.
pub(crate) async fn limit(request: Request, next: Next) -> Response {
    let Some(context) = request.extensions().get::<RequestContext>() else { return next.run(request).await };
    let (deadline, request_id) = (context.deadline, context.request_id.clone());
    let backstage = backstage_request(&request);
    if let Ok(response) = timeout_at(deadline.into(), next.run(request)).await {
        return response;
    }
    let error = ApiError::unavailable("the answer took longer than `backend.server.requestTimeout` allows");
    match backstage {
        Some(request) => error.backstage(request),
        None => error.problem(Some(request_id)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::{Router, body::Body, http::StatusCode, middleware::from_fn, routing::get};
    use tower::ServiceExt as _;

    use super::*;
    use crate::config::TrustedProxies;

    #[tokio::test]
    async fn an_answer_that_does_not_begin_in_time_is_given_up() {
        let slow = get(async || tokio::time::sleep(Duration::from_mins(1)).await);
        let router = Router::new().route("/slow", slow).route("/quick", get(async || "ok")).layer(from_fn(limit));
        for (path, expected) in [("/quick", StatusCode::OK), ("/slow", StatusCode::SERVICE_UNAVAILABLE)] {
            let (mut parts, body) = Request::get(path).body(Body::empty()).unwrap().into_parts();
            let context = RequestContext::of(&parts, &TrustedProxies::default(), Duration::from_millis(200));
            parts.extensions.insert(context);
            let request = Request::from_parts(parts, body);
            assert_eq!(router.clone().oneshot(request).await.unwrap().status(), expected, "{path}");
        }
    }
}
