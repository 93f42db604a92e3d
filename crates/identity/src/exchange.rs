use std::pin::Pin;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse};
use upstream::{Upstream, UpstreamError};

/// Sends what a protocol asks for.
#[derive(Clone, Debug)]
pub(crate) struct Http(pub(crate) Upstream);

impl Http {
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, UpstreamError> {
        let (parts, body) = self.0.exchange(request).await?.into_parts();
        Ok(HttpResponse::from_parts(parts, body.to_vec()))
    }
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = UpstreamError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, UpstreamError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}
