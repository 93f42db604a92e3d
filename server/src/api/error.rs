//! The one error of the API's edge, and the two forms in which callers see it.

use std::any::Any;

use access::{Action, Denied};
use audit::AuditError;
use axum::{
    Json,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use catalog::CatalogError;
use model::error::{self, BackstageError, ErrorDetail, ErrorRequest, ErrorResponse, ProblemDetails};
use serde_json::{Value, json};

use crate::request::RequestContext;

/// Where Backstage mounts the catalog; its error bodies tell addresses without it.
const CATALOG_MOUNT: &str = "/api/catalog";

/// An error on its way out of a handler. Which body it gets is up to the part of the API that it leaves through:
/// [`as_backstage`] or [`as_problem`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct ApiError {
    status: StatusCode,
    /// Backstage's name of the error.
    name: &'static str,
    message: String,
    /// A further member of problem details, as RFC 9457 allows.
    member: Option<Box<(&'static str, Value)>>,
    /// What was denied.
    action: Option<Action>,
}

impl ApiError {
    fn new(status: StatusCode, name: &'static str, message: impl Into<String>) -> Self {
        Self { status, name, message: message.into(), member: None, action: None }
    }

    /// Says more, in a member of its own of problem details. Backstage's form of errors has no place for it.
    pub(crate) fn with_member(self, name: &'static str, value: Value) -> Self {
        Self { member: Some(Box::new((name, value))), ..self }
    }

    /// True if whoever asked may not, or is not known.
    pub(crate) fn is_denial(&self) -> bool {
        matches!(self.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
    }

    /// What was denied, where it is known.
    pub(crate) fn action(&self) -> Option<Action> {
        self.action
    }

    /// What was asked is no question: 400.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "InputError", message)
    }

    /// There is no such thing: 404.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "NotFoundError", message)
    }

    /// Nobody knows who asks: 401.
    pub(crate) fn unauthenticated(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "AuthenticationError", message)
    }

    /// Whoever asks may not: 403.
    pub(crate) fn not_allowed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "NotAllowedError", message)
    }

    /// It contradicts what is there: 409.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "ConflictError", message)
    }

    /// It is not what the caller expects: 412.
    pub(crate) fn precondition(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PRECONDITION_FAILED, "PreconditionFailedError", message)
    }

    /// The body is longer than is read: 413.
    pub(crate) fn too_large(message: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeError", message)
    }

    /// The body is of a type that is not read: 415.
    pub(crate) fn unsupported_media_type(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaTypeError", message)
    }

    /// It is understood, but can't be done so: 422.
    pub(crate) fn unprocessable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "UnprocessableEntityError", message)
    }

    /// The caller asks too much: 429.
    pub(crate) fn too_many(message: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequestsError", message)
    }

    /// The server is at its limits: 503.
    pub(crate) fn unavailable(message: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailableError", message)
    }

    /// A fault of ours: 500. The cause goes to the log, not to the caller.
    pub(crate) fn internal(cause: impl std::fmt::Display) -> Self {
        tracing::error!(%cause, "request failed");
        let message = "the server failed; its log has the cause under the request id";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalServerError", message)
    }

    /// As pages show it.
    pub(crate) fn told(self, request_id: Option<String>) -> error::ApiError {
        error::ApiError { status: self.status.as_u16(), name: self.name.to_owned(), message: self.message, request_id }
    }

    /// RFC 9457.
    pub(crate) fn problem(self, request_id: Option<String>) -> Response {
        let body = ProblemDetails {
            problem_type: "about:blank".to_owned(),
            title: self.name.to_owned(),
            status: self.status.as_u16(),
            detail: self.message,
            request_id,
        };
        let mut body = json!(body);
        if let Some(member) = self.member {
            let (name, value) = *member;
            body[name] = value;
        }
        let mut response = (self.status, Json(body)).into_response();
        let content_type = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        response
    }

    /// As Backstage's backends answer.
    pub(crate) fn backstage(self, request: ErrorRequest) -> Response {
        let body = BackstageError {
            error: ErrorDetail { name: self.name.to_owned(), message: self.message },
            request: Some(request),
            response: ErrorResponse { status_code: self.status.as_u16() },
        };
        let mut response = (self.status, Json(body)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, super::json::CONTENT_TYPE);
        response
    }
}

impl From<CatalogError> for ApiError {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::NotFound(_) | CatalogError::NoLocation(_) | CatalogError::NoSource(_) => {
                Self::not_found(error.to_string())
            }
            CatalogError::InvalidPush(ref errors) => {
                let errors = errors.as_slice().into();
                Self::input(error.to_string()).with_member("errors", errors)
            }
            CatalogError::SourceChanged(_) => Self::precondition(error.to_string()),
            CatalogError::InvalidQuery(_) | CatalogError::InvalidRef(_) | CatalogError::InvalidLocation(_) => {
                Self::input(error.to_string())
            }
            CatalogError::LocationExists(_) => Self::conflict(error.to_string()),
            CatalogError::Denied(denied) => denied.into(),
            CatalogError::ReadOnly | CatalogError::NotOwner { .. } => Self::not_allowed(error.to_string()),
            CatalogError::Stopped(_) => Self::unavailable(error.to_string()),
            CatalogError::Store(cause) => {
                tracing::error!(%cause, "the database failed");
                Self::unavailable("the database can not be reached at the moment; try again")
            }
        }
    }
}

impl From<Denied> for ApiError {
    fn from(denied: Denied) -> Self {
        let message = denied.to_string();
        let error = match denied.rule {
            // Only who is not let in at all is told to say who they are.
            None if denied.principal.is_guest() => Self::unauthenticated("Missing credentials"),
            Some(rule) => Self::not_allowed(message).with_member("rule", rule.into()),
            None => Self::not_allowed(message),
        };
        Self { action: Some(denied.action), ..error }
    }
}

impl From<AuditError> for ApiError {
    fn from(error: AuditError) -> Self {
        match error {
            AuditError::Denied(denied) => denied.into(),
            AuditError::Store(cause) => {
                tracing::error!(%cause, "the database failed");
                Self::unavailable("the database can not be reached at the moment; try again")
            }
            error => Self::internal(error),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// How Backstage's errors tell the request; `None` where it is none of Backstage's API.
pub(crate) fn backstage_request(request: &Request) -> Option<ErrorRequest> {
    let path = request.uri().path_and_query()?.as_str();
    let url = path.strip_prefix(CATALOG_MOUNT).filter(|rest| rest.starts_with('/'))?.to_owned();
    Some(ErrorRequest { method: request.method().to_string(), url })
}

/// Gives errors the body that Backstage gives them.
pub(crate) async fn as_backstage(request: Request, next: Next) -> Response {
    let Some(request_told) = backstage_request(&request) else { return next.run(request).await };
    let context = request.extensions().get::<RequestContext>().cloned();
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<ApiError>() {
        Some(error) => {
            tell_audit(context.as_ref(), &error);
            error.backstage(request_told)
        }
        None => response,
    }
}

/// Gives errors the body of RFC 9457.
pub(crate) async fn as_problem(request: Request, next: Next) -> Response {
    let context = request.extensions().get::<RequestContext>().cloned();
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<ApiError>() {
        Some(error) => {
            tell_audit(context.as_ref(), &error);
            error.problem(context.map(|context| context.request_id))
        }
        None => response,
    }
}

/// Also of what a page asks in memory: what it is refused stays in the log though the page itself is shown.
fn tell_audit(context: Option<&RequestContext>, error: &ApiError) {
    if let Some(context) = context.filter(|_| error.is_denial()) {
        context.trail.refused(error);
    }
}

/// The answer of a handler that panicked.
#[expect(clippy::needless_pass_by_value, reason = "the layer that catches panics gives it so")]
pub(crate) fn of_panic(panic: Box<dyn Any + Send>) -> Response {
    let message = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref().copied());
    ApiError::internal(format_args!("panic: {}", message.unwrap_or("without a message"))).problem(None)
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, routing::get};
    use tower::ServiceExt as _;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;

    async fn broken() -> StatusCode {
        panic!("the secret is 42")
    }

    #[tokio::test]
    async fn a_handler_that_panics_answers_500_and_says_nothing_of_the_cause() {
        let router = Router::new().route("/", get(broken)).layer(CatchPanicLayer::custom(of_panic));
        let response = router.oneshot(Request::get("/").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        assert!(body.contains("InternalServerError") && !body.contains("42"), "{body}");
    }
}
