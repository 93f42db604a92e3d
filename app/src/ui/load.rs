use client::Answer;
use leptos::prelude::*;
use model::error::ApiError;

use super::{Icon, IntoEager as _, Mark, icon, mark};
use crate::platform::{Answered, use_live};

/// Shows what an answer holds; `skeleton` has the height of what comes. `content` fails where the answer is an error.
///
/// Until the first answer there is the skeleton. While a later answer is under way the old content stays. If that
/// answer is an error, the old content stays too and says that it is old; if there is none, the error stands in its place,
/// with a button to try again.
pub fn load(
    answered: Answered,
    skeleton: fn() -> AnyView,
    content: impl Fn(&Answer) -> Result<AnyView, ApiError> + Send + Sync + 'static,
) -> AnyView {
    load_boxed(answered, skeleton, Box::new(content))
}

type Content = Box<dyn Fn(&Answer) -> Result<AnyView, ApiError> + Send + Sync>;

/// One way for all pages.
fn load_boxed(answered: Answered, skeleton: fn() -> AnyView, content: Content) -> AnyView {
    let good = StoredValue::new(None::<Answer>);
    ask_again_when_back(answered);
    let content = move || {
        let answer = answered.get()?;
        let error = match content(&answer) {
            Ok(view) => {
                good.set_value(Some(answer));
                return Some((None, Some(view)));
            }
            Err(error) => error,
        };
        let old = good.get_value().and_then(|answer| content(&answer).ok());
        let retry = Callback::new(move |()| answered.refetch());
        Some((Some(error_callout(error, old.is_some(), retry).eager()), old))
    };
    view! { <Transition fallback=skeleton>{content}</Transition> }.eager()
}

/// Asks again by itself what got no answer, once the event stream is back.
fn ask_again_when_back(answered: Answered) {
    let connected = use_live().connected;
    Effect::new(move |was: Option<bool>| {
        let is = connected.get();
        let is_unanswered = || answered.get_untracked().is_some_and(|answer| answer.status() == 0);
        if is && was == Some(false) && is_unanswered() {
            answered.refetch();
        }
        is
    });
}

/// What went wrong with a request, and a way to try again. `old` says that content from before is still shown.
fn error_callout(error: ApiError, old: bool, retry: Callback<()>) -> impl IntoView {
    let heading = match (error.status, old) {
        (0, false) => "The server can’t be reached.",
        (0, true) => "The server can’t be reached. What you see is its last answer.",
        (401, _) => "Sign in to see this: your session has ended.",
        (403, _) => "You may not see this.",
        (_, false) => "This could not be loaded.",
        (_, true) => "This could not be loaded again. What you see is the last answer.",
    };
    let (class, symbol) = if old { ("callout warn callouts", Mark::Warn) } else { ("callout bad callouts", Mark::Bad) };
    // Messages are written for logs, in lower case.
    let mut message = error.message;
    if let Some(first) = message.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let request = error.request_id.map(|id| view! { <p class="where fs12">"Request " <code>{id}</code></p> });
    view! {
        <div class=class role="alert">
            {mark(symbol)}
            <div>
                <b>{heading}</b>
                <p dir="auto">{message}</p>
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
