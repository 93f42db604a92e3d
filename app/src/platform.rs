//! What differs between the server and the browser, provided by their two entry points as one value.

use std::sync::Arc;

use client::{Answer, PortalClient};
use leptos::{prelude::*, server::codee::string::FromToStringCodec};
use model::{app::AppConfig, catalog::TextValidation, error::ApiError};

/// Everything that the app needs from where it runs.
///
/// The server builds one for each request, `hydrate` one for the life of the page.
pub struct Platform {
    /// The app's public configuration. The server's is for this request: it carries the visitor's theme.
    pub config: Arc<AppConfig>,
    /// The REST API, on behalf of the visitor.
    pub client: PortalClient,
    /// Sets the status of the page.
    pub status: StatusSetter,
    /// What changed since the page was rendered.
    pub live: LiveEvents,
}

impl Platform {
    /// Makes its parts available to the components below the current reactive owner.
    pub fn provide(self) {
        provide_context(self.config);
        provide_context(self.client);
        provide_context(self.status);
        provide_context(self.live);
    }
}

/// Sets the HTTP status of the page that is being rendered; does nothing in the browser.
#[derive(Clone)]
pub struct StatusSetter(Arc<dyn Fn(u16) + Send + Sync>);

impl StatusSetter {
    /// Calls `set` with the status, at most a few times a page; the last one counts.
    pub fn new(set: impl Fn(u16) + Send + Sync + 'static) -> Self {
        Self(Arc::new(set))
    }

    /// For where a page has no status.
    pub fn ignore() -> Self {
        Self::new(|_| {})
    }

    /// Sets the status, for example 404.
    pub fn set(&self, status: u16) {
        (self.0)(status);
    }
}

/// A text that was posted to the page that validates it, and how that went. In the context of that page, on the server alone.
#[derive(Clone, Debug)]
pub struct CheckedText {
    /// What of it can be read.
    pub text: Arc<str>,
    /// What is right and what is wrong with it, or why that is not known.
    pub outcome: Arc<Result<TextValidation, ApiError>>,
}

/// What the event stream says, for pages to follow.
#[derive(Clone, Debug)]
pub struct LiveEvents {
    /// The revision of the catalog; grows with each change. Resources that show the catalog read it in their source.
    pub catalog: ArcRwSignal<i64>,
    /// The revision that the page was rendered from.
    rendered_from: i64,
    /// False while the stream is down: what the page shows may be old.
    pub connected: ArcRwSignal<bool>,
}

impl LiveEvents {
    /// Starts at the revision that the page was rendered from.
    pub fn at(revision: i64) -> Self {
        Self { catalog: ArcRwSignal::new(revision), rendered_from: revision, connected: ArcRwSignal::new(true) }
    }
}

/// The app's configuration.
pub fn use_config() -> Arc<AppConfig> {
    expect_context()
}

/// What the REST API answered to the address of a page's data.
pub type Answered = Resource<Answer, FromToStringCodec>;

/// Asks the REST API for an address, and again whenever the address or the catalog changes. An error is the page's status too.
pub fn ask(address: impl Fn() -> String + Send + Sync + 'static) -> Answered {
    let LiveEvents { catalog, rendered_from, .. } = use_live();
    let answered = ask_boxed(Box::new(address), Some(catalog.clone()));
    // What the page brought along is older than what the stream has told already, while the page's module was on its way.
    if is_hydrating() {
        Effect::new(move || {
            if catalog.get_untracked() != rendered_from {
                answered.refetch();
            }
        });
    }
    answered
}

fn is_hydrating() -> bool {
    Owner::current_shared_context().is_some_and(|context| context.during_hydration())
}

/// As [`ask`], but not again when the catalog changes: for what is not of the catalog.
pub fn ask_once(address: impl Fn() -> String + Send + Sync + 'static) -> Answered {
    ask_boxed(Box::new(address), None)
}

/// One way for all pages: it is in the main module, and so on its way before the page's own module has come.
fn ask_boxed(address: Box<dyn Fn() -> String + Send + Sync>, revision: Option<ArcRwSignal<i64>>) -> Answered {
    let client: PortalClient = expect_context();
    let status: StatusSetter = expect_context();
    Resource::new_str(
        move || (address(), revision.as_ref().map(Get::get)),
        move |(address, _)| {
            let answer = client.get(address);
            let status = status.clone();
            async move {
                let answer = answer.await;
                match answer.status() {
                    200..300 => {}
                    0 => status.set(502),
                    error => status.set(error),
                }
                answer
            }
        },
    )
}

/// The event stream.
pub fn use_live() -> LiveEvents {
    expect_context()
}
