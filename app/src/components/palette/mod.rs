//! The palette: entities and pages by a few letters, over any page, by keyboard alone.

mod body;
mod items;
mod recent;

use leptos::{html, prelude::*, task::spawn_local, web_sys};

use super::is_typing;

pub(crate) use self::recent::remember;

/// What the lazy module gives.
type Body = fn(Callback<()>) -> AnyView;

/// The dialog, which `/` and Ctrl-K open, and what opens it by hand. Its content is WASM of its own that comes with the first opening.
/// Without script there is only the search box in the top bar, which is a form.
pub(super) fn palette() -> (impl IntoView, Callback<()>) {
    let dialog = NodeRef::<html::Dialog>::new();
    let body = RwSignal::new(None::<Body>);
    // Counts the openings: each begins afresh.
    let opened = RwSignal::new(0_u32);
    let close = Callback::new(move |()| {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    });
    let open = Callback::new(move |()| {
        let Some(dialog) = dialog.get_untracked().filter(|dialog| !dialog.open()) else { return };
        opened.update(|count| *count += 1);
        // Fails where the dialog is on its way out of the page, and nobody waits for it.
        _ = dialog.show_modal();
        if body.with_untracked(Option::is_none) {
            spawn_local(async move { body.set(Some(load_body().await)) });
        }
    });
    follow_keys(open);
    // A click on the scrim is one on the dialog itself.
    let on_click = move |event: web_sys::MouseEvent| {
        let target = event.target().and_then(|target| wasm_bindgen::JsCast::dyn_into::<web_sys::Element>(target).ok());
        if target.is_some_and(|target| target.tag_name() == "DIALOG") {
            close.run(());
        }
    };
    let content = move || {
        let body = body.get()?;
        (opened.get() > 0).then(|| body(close))
    };
    let view = view! { <dialog class="palette" aria-label="Search" node_ref=dialog on:click=on_click>{content}</dialog> };
    (view, open)
}

#[lazy]
fn load_body() -> Body {
    body::body
}

fn follow_keys(open: Callback<()>) {
    Effect::new(move || {
        let handle = window_event_listener(leptos::ev::keydown, move |event| {
            let with_control = event.ctrl_key() || event.meta_key();
            let is_slash = event.key() == "/" && !with_control && !event.alt_key() && !is_typing(&event);
            if is_slash || (with_control && event.key().eq_ignore_ascii_case("k")) {
                event.prevent_default();
                open.run(());
            }
        });
        on_cleanup(move || handle.remove());
    });
}
