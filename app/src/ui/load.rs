use leptos::prelude::*;
use model::error::ApiError;
use serde::{Serialize, de::DeserializeOwned};

use super::{Icon, IntoEager as _, Mark, icon, mark};

/// Shows what a resource brings; `skeleton` has the height of what comes.
///
/// Until the first answer there is the skeleton. While a later answer is under way the old content stays. If that
/// answer is an error, the old content stays too and says that it is old; if there is none, the error stands in its place,
/// with a button to try again.
///
/// One of these a page: each is some kilobytes of WASM.
pub fn load<T, V>(
    resource: Resource<Result<T, ApiError>>,
    skeleton: fn() -> AnyView,
    content: impl Fn(T) -> V + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let good = StoredValue::new(None::<T>);
    let content = move || {
        let error = match resource.get()? {
            Ok(value) => {
                good.set_value(Some(value));
                None
            }
            Err(error) => Some(error),
        };
        let good = good.get_value();
        let old = good.is_some();
        let error = error.map(|error| error_callout(error, old, Callback::new(move |()| resource.refetch())));
        Some((error, good.map(|value| content(value).eager())))
    };
    view! { <Transition fallback=skeleton>{content}</Transition> }.eager()
}

/// What went wrong with a request, and a way to try again. `old` says that content from before is still shown.
fn error_callout(error: ApiError, old: bool, retry: Callback<()>) -> impl IntoView {
    let heading = match (error.status, old) {
        (0, false) => "The server can’t be reached.",
        (0, true) => "The server can’t be reached. What you see is its last answer.",
        (403, _) => "You may not see this.",
        (_, false) => "This could not be loaded.",
        (_, true) => "This could not be loaded again. What you see is the last answer.",
    };
    let (class, symbol) = if old { ("callout warn callouts", Mark::Warn) } else { ("callout bad callouts", Mark::Bad) };
    let request = error.request_id.map(|id| view! { <p class="where fs12">"Request " <code>{id}</code></p> });
    view! {
        <div class=class role="alert">
            {mark(symbol)}
            <div>
                <b>{heading}</b>
                <p dir="auto">{error.message}</p>
                {request}
            </div>
            <div class="act">
                // Without script, loading the page again is the same.
                <a class="btn sm" href="" rel="external" on:click=move |event| {
                    event.prevent_default();
                    retry.run(());
                }>
                    {icon(Icon::RefreshCw, "i")}
                    "Try again"
                </a>
            </div>
        </div>
    }
}
