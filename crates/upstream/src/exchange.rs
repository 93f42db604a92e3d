//! One request of a protocol of its own, for example OpenID Connect: any method, any status, no redirects.

use bytes::Bytes;
use http::{Request, Response};
use url::Url;

use crate::allow::Trust;
use crate::body::{BodyError, read_body};
use crate::client::Upstream;
use crate::error::UpstreamError;
use crate::transport::{network_error, timeout_error};

impl Upstream {
    /// Sends a request as it is, and answers whatever status came; within the allow list, the limits and the time of this crate.
    /// A redirect is an answer like others: whoever follows one would take its credentials elsewhere.
    ///
    /// # Errors
    /// `InvalidUrl`, `NotAllowed`, `PrivateAddress`, `Connection`, `Timeout`, `TooLarge` and `UnexpectedContent` of [`UpstreamError`].
    pub async fn exchange(&self, request: Request<Vec<u8>>) -> Result<Response<Bytes>, UpstreamError> {
        let (parts, body) = request.into_parts();
        let text = parts.uri.to_string();
        let url = Url::parse(&text)
            .map_err(|error| UpstreamError::InvalidUrl { url: text.clone(), reason: error.to_string() })?;
        let trust = self.trust(&url)?;
        let client = self.http(trust == Trust::Literal);
        let limits = self.limits();
        let exchange = async {
            let sending = client.request(parts.method, url.clone()).headers(parts.headers).body(body).send();
            let response = sending.await.map_err(|error| network_error(&url, limits, error))?;
            let (status, headers) = (response.status(), response.headers().clone());
            let body = read_body(response, &url, limits.body_bytes).await.map_err(|error| match error {
                BodyError::Known(error) => error,
                BodyError::Http(error) => network_error(&url, limits, error),
            })?;
            let mut answer = Response::new(body);
            (*answer.status_mut(), *answer.headers_mut()) = (status, headers);
            Ok(answer)
        };
        tokio::time::timeout(limits.total_timeout, exchange)
            .await
            .unwrap_or_else(|_| Err(timeout_error(&url, limits.total_timeout)))
    }
}
