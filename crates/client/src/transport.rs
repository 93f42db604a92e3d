use std::{future::Future, pin::Pin};

use bytes::Bytes;
use http::{Request, Response};
use model::error::ApiError;

/// What [`Transport::send`] returns.
pub type TransportFuture = Pin<Box<dyn Future<Output = Result<Response<Bytes>, ApiError>> + Send>>;

/// Carries a request to the REST API: over fetch, over a socket, or in memory.
pub trait Transport: Send + Sync {
    /// Sends one request, whose URI is a path and a query, and collects the answer, whatever its status.
    ///
    /// # Errors
    /// [`ApiError::unreachable`] if no answer came.
    fn send(&self, request: Request<Bytes>) -> TransportFuture;
}
