use bytes::Bytes;
use client::{Transport, TransportFuture};
use http::{HeaderName, HeaderValue, Request, Response};
use js_sys::Uint8Array;
use model::error::ApiError;
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

/// The transport of the browser.
pub(crate) struct Fetch {
    base: String,
}

impl Fetch {
    /// Requests go below `base`, the path part of the app's address.
    pub(crate) fn new(base: &str) -> Self {
        Self { base: base.to_owned() }
    }
}

impl Transport for Fetch {
    fn send(&self, request: Request<Bytes>) -> TransportFuture {
        let url = format!("{}{}", self.base, request.uri());
        Box::pin(SendWrapper::new(async move {
            let response = fetch(&url, &request).await.map_err(|_| {
                // The browser's own words ("Failed to fetch") help nobody, and it gives no reason.
                ApiError::unreachable("The request got no answer. Check the connection, then try again.")
            })?;
            Ok(response)
        }))
    }
}

async fn fetch(url: &str, request: &Request<Bytes>) -> Result<Response<Bytes>, JsValue> {
    let headers = web_sys::Headers::new()?;
    for (name, value) in request.headers() {
        headers.append(name.as_str(), value.to_str().unwrap_or_default())?;
    }
    let init = web_sys::RequestInit::new();
    init.set_method(request.method().as_str());
    init.set_headers(&headers);
    if !request.body().is_empty() {
        init.set_body(&Uint8Array::from(&request.body()[..]));
    }
    let window = web_sys::window().expect("a page has a window");
    let answer: web_sys::Response = JsFuture::from(window.fetch_with_str_and_init(url, &init)).await?.unchecked_into();
    let body = JsFuture::from(answer.array_buffer()?).await?;
    let mut response = Response::new(Bytes::from(Uint8Array::new(&body).to_vec()));
    *response.status_mut() = http::StatusCode::from_u16(answer.status()).unwrap_or(http::StatusCode::BAD_GATEWAY);
    if let Some(id) = answer.headers().get("x-request-id")?.and_then(|id| HeaderValue::from_str(&id).ok()) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), id);
    }
    Ok(response)
}
