#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod catalog;
mod transport;

use std::sync::Arc;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use model::error::{ApiError, BackstageError, ProblemDetails};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Serialize, de::DeserializeOwned};

pub use self::transport::{Transport, TransportFuture};

/// What need not be encoded within a segment of a path (RFC 3986, unreserved).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A typed client of the REST API. Cheap to clone.
#[derive(Clone)]
pub struct PortalClient {
    transport: Arc<dyn Transport>,
}

impl PortalClient {
    /// A client over a transport, which knows the server's address and who asks.
    pub fn new(transport: impl Transport + 'static) -> Self {
        Self { transport: Arc::new(transport) }
    }

    async fn get<T: DeserializeOwned>(&self, path: &str, query: &str) -> Result<T, ApiError> {
        let uri = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
        self.send(request(Method::GET, &uri, Bytes::new())?).await
    }

    async fn post<B: Serialize, T: DeserializeOwned>(&self, path: &str, body: &B) -> Result<T, ApiError> {
        let body = serde_json::to_vec(body)
            .map_err(|e| ApiError::unreachable(format!("the request can't be written: {e}")))?;
        self.send(request(Method::POST, path, Bytes::from(body))?).await
    }

    async fn send<T: DeserializeOwned>(&self, request: Request<Bytes>) -> Result<T, ApiError> {
        let response = self.transport.send(request).await?;
        if !response.status().is_success() {
            return Err(error_of(&response));
        }
        decode(response.body())
            .map_err(|why| ApiError { name: "ResponseError".to_owned(), ..unexpected(&response, &why) })
    }
}

/// Reads JSON from text and not from bytes: pages decode the same types out of text, and each way is WASM of its own.
fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, String> {
    let text = std::str::from_utf8(body).map_err(|e| e.to_string())?;
    serde_json::from_str(text).map_err(|e| e.to_string())
}

/// Percent-encodes one segment of a path.
fn segment(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

fn request(method: Method, uri: &str, body: Bytes) -> Result<Request<Bytes>, ApiError> {
    let mut request = Request::builder().method(method).uri(uri).header(header::ACCEPT, "application/json");
    if !body.is_empty() {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    request.body(body).map_err(|e| ApiError::unreachable(format!("`{uri}` is no address: {e}")))
}

/// Reads either form of error body; what is neither (a proxy's HTML page) is told by its status.
fn error_of(response: &Response<Bytes>) -> ApiError {
    if let Ok(problem) = decode::<ProblemDetails>(response.body()) {
        let ProblemDetails { title, status, detail, request_id, .. } = problem;
        return ApiError { status, name: title, message: detail, request_id };
    }
    if let Ok(BackstageError { error, .. }) = decode::<BackstageError>(response.body()) {
        return ApiError { name: error.name, message: error.message, ..unexpected(response, "") };
    }
    unexpected(response, "the answer is no JSON")
}

fn unexpected(response: &Response<Bytes>, why: &str) -> ApiError {
    let status = response.status();
    ApiError {
        status: status.as_u16(),
        name: status.canonical_reason().unwrap_or("Error").to_owned(),
        message: if status == StatusCode::OK {
            format!("the answer can't be read: {why}")
        } else {
            format!("the server answered {status}: {why}")
        },
        request_id: response.headers().get("x-request-id").and_then(|v| v.to_str().ok()).map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use futures::executor::block_on;
    use model::{catalog::EntitiesQuery, entity_ref::EntityRef};

    use super::*;

    /// Answers each request with one status and body, and keeps nothing.
    struct Canned(u16, &'static str);

    impl Transport for Canned {
        fn send(&self, request: Request<Bytes>) -> TransportFuture {
            assert!(request.uri().path().starts_with("/api/"));
            let response = Response::builder()
                .status(self.0)
                .header("x-request-id", "r1")
                .body(Bytes::from_static(self.1.as_bytes()));
            Box::pin(async move { Ok(response.unwrap()) })
        }
    }

    fn error(status: u16, body: &'static str) -> ApiError {
        let client = PortalClient::new(Canned(status, body));
        block_on(client.entity(&EntityRef::new("Component", "default", "a b/c"))).unwrap_err()
    }

    #[test]
    fn reads_both_forms_of_error_and_tells_html_by_its_status() {
        let backstage =
            error(404, r#"{"error":{"name":"NotFoundError","message":"No entity"},"response":{"statusCode":404}}"#);
        assert_eq!(
            (backstage.status, backstage.name.as_str(), backstage.message.as_str()),
            (404, "NotFoundError", "No entity")
        );
        let problem = error(400, r#"{"type":"about:blank","title":"InputError","status":400,"detail":"bad"}"#);
        assert_eq!((problem.status, problem.name.as_str(), problem.message.as_str()), (400, "InputError", "bad"));
        let html = error(502, "<html>nginx</html>");
        assert_eq!((html.status, html.name.as_str(), html.request_id.as_deref()), (502, "Bad Gateway", Some("r1")));
    }

    #[test]
    fn an_answer_of_another_shape_is_an_error() {
        let client = PortalClient::new(Canned(200, "[]"));
        assert_eq!(block_on(client.query_entities(&EntitiesQuery::default())).unwrap_err().name, "ResponseError");
    }
}
