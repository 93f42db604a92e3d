use app::ui::after_paint;
use client::{Answer, AnswerFuture, Transport};
use futures::channel::oneshot;
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
    fn get(&self, address: String) -> AnswerFuture {
        self.send("GET", address)
    }

    fn send(&self, method: &'static str, address: String) -> AnswerFuture {
        let url = format!("{}{address}", self.base);
        Box::pin(SendWrapper::new(async move {
            // The browser's own words ("Failed to fetch") help nobody, and it gives no reason.
            let answer = fetch(method, &url).await.unwrap_or_else(|_| {
                Answer::unreachable("The request got no answer. Check the connection, then try again.")
            });
            painted().await;
            answer
        }))
    }
}

/// Waits until the browser has painted: a quick answer is not to keep what was pressed from showing that it was.
async fn painted() {
    let (tell, told) = oneshot::channel();
    after_paint(move || _ = tell.send(()));
    // Where the page is on its way out, nobody tells.
    _ = told.await;
}

async fn fetch(method: &str, url: &str) -> Result<Answer, JsValue> {
    let headers = web_sys::Headers::new()?;
    headers.append("accept", "application/json")?;
    let init = web_sys::RequestInit::new();
    init.set_method(method);
    init.set_headers(&headers);
    let window = web_sys::window().expect("a page has a window");
    let response: web_sys::Response =
        JsFuture::from(window.fetch_with_str_and_init(url, &init)).await?.unchecked_into();
    let body = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(Answer::new(response.status(), body))
}
