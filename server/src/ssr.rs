//! Pages: the Leptos app rendered on the server, with the REST API in memory behind it.

use std::sync::Arc;

use access::Principal;
use any_spawner::Executor;
use app::{
    LATER,
    platform::{CheckedText, LiveEvents, Platform, StatusSetter},
};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, uri::PathAndQuery},
    response::{IntoResponse as _, Response},
};
use client::{Answer, AnswerFuture, PortalClient, Transport};
use leptos::{
    WasmSplitManifest,
    nonce::use_nonce,
    prelude::{ArcStoredValue, expect_context, provide_context},
};
use leptos_axum::ResponseOptions;
use model::app::{AppConfig, Preferences, SignInWay};
use tower::ServiceExt as _;

use crate::{
    api::ApiError,
    app::AppState,
    assets::Site,
    config::BaseUrl,
    embed::{self, Embedded},
    form::{Flash, cookie_path},
    middleware::{context::VisibleUri, security_headers::page_policy},
    personal::preferences,
    preferences::{flash, new_token, plain_ref, theme},
    request::RequestContext,
    router,
};

/// What rendering a page needs.
pub(crate) struct Pages {
    state: AppState,
    api: Router,
}

impl Pages {
    /// Pages over the API of this state.
    pub(crate) fn new(state: AppState) -> Self {
        // Fails where it is set already.
        _ = Executor::init_tokio();
        let api = router::api(&state).with_state(state.clone());
        Self { state, api }
    }

    /// `path` is that of the page, without the base path. In a frame all addresses of the app are below its prefix.
    async fn config(
        &self,
        headers: &HeaderMap,
        site: Option<&Site>,
        visitor: &Principal,
        path: &str,
        is_embedded: bool,
    ) -> AppConfig {
        let config = &self.state.config;
        let visited = entity_of(path);
        AppConfig {
            title: config.app.title.clone(),
            organization: config.organization.name.clone(),
            base_path: format!("{}{}", config.app.base_url.path(), if is_embedded { embed::PREFIX } else { "" }),
            is_embedded,
            parents: if is_embedded { self.state.embedding.origins() } else { String::new() },
            assets: site.map(|site| assets_root(config.app.base_url.path(), site)),
            build: self.state.build.clone(),
            theme: theme(headers),
            preferences: preferences(&self.state, visitor, headers, visited.as_deref()).await,
            flash: flash(headers).map(Flash::message),
            rendered_at: jiff::Timestamp::now().as_second(),
            kinds: self.state.kinds.infos(),
            visitor: visitor.as_person().map(|person| person.name.clone()),
            sign_in: self.state.sign_in.ways().into_iter().map(|(name, title)| SignInWay { name, title }).collect(),
            lets_guests_in: config.auth.lets_guests_in(),
            new_token: None,
            dev_reload: self.state.dev_reload.as_ref().map(ToString::to_string),
        }
    }
}

/// Any address that no other route takes is one of the app's; what that does not know either is its page for 404.
pub(crate) async fn render_page(pages: Arc<Pages>, mut request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
    }
    let (Some(context), Some(VisibleUri(uri))) =
        (request.extensions().get::<RequestContext>().cloned(), request.extensions().get::<VisibleUri>().cloned())
    else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let path = request.uri().path();
    let is_account = path == AppConfig::ACCOUNT;
    let is_ones_own = is_account || path == AppConfig::VIEWS;
    let is_for_all = pages.state.config.auth.lets_guests_in() && !is_ones_own;
    let is_embedded = request.extensions().get::<Embedded>().is_some();
    if is_embedded && context.principal.is_guest() && !is_for_all {
        let message = "nobody is signed in here, or it was too long ago: load the page around this one again";
        return ApiError::unauthenticated(message).problem(Some(context.request_id));
    }
    if context.principal.is_guest() && !is_for_all && path != AppConfig::SIGN_IN {
        return lead_to_sign_in(&pages.state, request.uri());
    }
    let site = Site::current();
    let mut config = pages.config(request.headers(), site.as_deref(), &context.principal, path, is_embedded).await;
    // The app's router knows the base path, and wants to see it.
    *request.uri_mut() = uri;
    if is_account {
        config.new_token = new_token(request.headers());
    }
    let shows_secret = config.new_token.is_some();
    let config = Arc::new(config);
    let cookies = Cookies::of(&config, request.uri().path(), pages.state.config.app.base_url.path());
    let checked = request.extensions().get::<CheckedText>().cloned();
    let policy_for = {
        let dev_reload = pages.state.dev_reload.clone();
        let sign_out = pages.state.sign_in.origins();
        let ancestors = config.parents.clone();
        move |nonce: &str| {
            page_policy(nonce, dev_reload.as_ref().map(BaseUrl::origin).as_deref(), &sign_out, &ancestors)
        }
    };
    let base_path = pages.state.config.app.base_url.path().to_owned();
    let provide = move || {
        let options = expect_context::<ResponseOptions>();
        let nonce = use_nonce().expect("leptos_axum provides a nonce");
        if let Ok(policy) = HeaderValue::from_str(&policy_for(&nonce)) {
            options.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
        if let Some(site) = &site {
            provide_context(split_manifest(&base_path, site));
        }
        if let Some(checked) = &checked {
            provide_context(checked.clone());
        }
        let set_status = move |status: u16| {
            options.set_status(StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
        };
        Platform {
            config: Arc::clone(&config),
            client: PortalClient::new(InProcess { api: pages.api.clone(), context: context.clone() }),
            status: StatusSetter::new(set_status),
            live: LiveEvents::at(pages.state.catalog.revision()),
        }
        .provide();
    };
    let path = request.uri().path().to_owned();
    let shell = move || app::shell(&path);
    let response = leptos_axum::render_app_async_with_context(provide, shell)(request).await;
    let mut response = with_modules_later(response).await;
    let status = response.status();
    let headers = response.headers_mut();
    let cached = if shows_secret { "no-store" } else { "private, no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cached));
    headers.append(header::VARY, HeaderValue::from_static("cookie"));
    let seen = cookies.seen.filter(|_| status == StatusCode::OK);
    let cookies = cookies.told.into_iter().chain(seen);
    for cookie in cookies.filter_map(|cookie| HeaderValue::from_str(&cookie).ok()) {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}

/// The page, whose modules are fetched once it has been painted: Leptos would have them preloaded at once.
async fn with_modules_later(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    match to_bytes(body, usize::MAX).await {
        Ok(html) => Response::from_parts(parts, Body::from(modules_later(&String::from_utf8_lossy(&html)))),
        Err(error) => {
            tracing::error!(%error, "a page could not be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn modules_later(html: &str) -> String {
    let mut parts = html.split("<link ");
    let mut later = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        later.push_str("<link ");
        let (attributes, rest) = part.split_at(part.find('>').unwrap_or(part.len()));
        // In whatever order Leptos writes them.
        if attributes.contains(".wasm\"") {
            later.push_str(&attributes.replace("rel=\"preload\"", &format!("rel=\"{LATER}\"")));
        } else {
            later.push_str(attributes);
        }
        later.push_str(rest);
    }
    later
}

/// Leads to the sign-in page, which leads back.
fn lead_to_sign_in(state: &AppState, uri: &Uri) -> Response {
    let target = uri.path_and_query().map_or("/", PathAndQuery::as_str);
    let back: String = form_urlencoded::byte_serialize(target.as_bytes()).collect();
    let location = format!("{}{}?return={back}", state.config.app.base_url.path(), AppConfig::SIGN_IN);
    let no_store = (header::CACHE_CONTROL, "no-store".to_owned());
    (StatusCode::SEE_OTHER, [(header::LOCATION, location), no_store]).into_response()
}

/// What a page leaves in the browser.
struct Cookies {
    /// Gone now that they have been told: what a form did, and a token that is shown once.
    told: Vec<String>,
    /// The entity of the page is the last one that a guest saw.
    seen: Option<String>,
}

impl Cookies {
    /// The base path is the configured one, also in a frame.
    fn of(config: &AppConfig, path: &str, base_path: &str) -> Self {
        let at = cookie_path(base_path);
        let told = [
            config.flash.as_ref().map(|_| Flash::COOKIE),
            config.new_token.as_ref().map(|_| AppConfig::NEW_TOKEN_COOKIE),
        ];
        let told =
            told.into_iter().flatten().map(|name| format!("{name}=; Path={at}; Max-Age=0; SameSite=Lax")).collect();
        let of_guest = entity_of(path.strip_prefix(&*config.base_path).unwrap_or(path));
        let seen = of_guest.filter(|_| config.visitor.is_none()).map(|entity_ref| {
            let refs = Preferences::with_seen(config.preferences.recent.clone(), &entity_ref).join("|");
            let seconds = Preferences::KEEP_RECENT;
            format!("{}={refs}; Path={at}; Max-Age={seconds}; SameSite=Lax", Preferences::RECENT)
        });
        Self { told, seen }
    }
}

/// The entity whose page a path is.
pub(crate) fn entity_of(path: &str) -> Option<String> {
    let mut parts = path.strip_prefix("/catalog/")?.split('/');
    let (namespace, kind, name) = (parts.next()?, parts.next()?, parts.next()?);
    plain_ref(&format!("{kind}:{namespace}/{name}"))
}

fn assets_root(base_path: &str, site: &Site) -> String {
    format!("{base_path}/assets/{}", site.hash)
}

/// Lets Leptos preload the modules of the lazy routes that a page uses.
fn split_manifest(base_path: &str, site: &Site) -> WasmSplitManifest {
    let modules = site.modules.clone();
    WasmSplitManifest(ArcStoredValue::new((assets_root(base_path, site), modules, "__wasm_split.js".to_owned())))
}

/// Sends requests to the API in memory, on behalf of the visitor of one page.
struct InProcess {
    api: Router,
    context: RequestContext,
}

impl Transport for InProcess {
    fn get(&self, address: String) -> AnswerFuture {
        let api = self.api.clone();
        let context = self.context.clone();
        Box::pin(async move {
            let deadline = context.deadline;
            let Ok(mut request) = Request::get(&address).body(Body::empty()) else {
                return Answer::unreachable(&format!("`{address}` is no address"));
            };
            request.extensions_mut().insert(context);
            let answer = async {
                let Ok(response) = api.oneshot(request).await;
                let status = response.status().as_u16();
                match to_bytes(response.into_body(), usize::MAX).await {
                    Ok(body) => Answer::new(status, &*String::from_utf8_lossy(&body)),
                    Err(error) => Answer::unreachable(&error.to_string()),
                }
            };
            tokio::time::timeout_at(deadline.into(), answer).await.unwrap_or_else(|_| {
                Answer::unreachable("the answer took longer than `backend.server.requestTimeout` allows")
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_wait_for_the_paint_and_fonts_do_not() {
        let html = concat!(
            r#"<link rel="preload" href="/a/inter.woff2" as="font"/>"#,
            r#"<link rel="preload" href="/a/split_x.wasm" as="fetch"/>"#,
            r#"<link as="fetch" href="/a/chunk.wasm" rel="preload" type="application/wasm"><p>text</p>"#,
            r#"<link rel="modulepreload" href="/a/y.js"/>"#,
        );
        let later = concat!(
            r#"<link rel="preload" href="/a/inter.woff2" as="font"/>"#,
            r#"<link rel="later" href="/a/split_x.wasm" as="fetch"/>"#,
            r#"<link as="fetch" href="/a/chunk.wasm" rel="later" type="application/wasm"><p>text</p>"#,
            r#"<link rel="modulepreload" href="/a/y.js"/>"#,
        );
        assert_eq!(modules_later(html), later);
        assert_eq!(modules_later("<p>none</p>"), "<p>none</p>");
    }
}
