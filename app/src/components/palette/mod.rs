//! The palette: entities, pages and actions by a few letters, over any page, by keyboard alone.

mod body;
mod items;

use leptos::{html, prelude::*, task::spawn_local, web_sys};

use super::is_typing;
use crate::ui::{Icon, IntoEager as _, Popover, after_paint, icon};

/// `id` of the list box.
const LIST: &str = "palette-list";

/// What the field of the palette and its list, which comes later, tell each other.
#[derive(Clone, Copy)]
struct Palette {
    /// What is typed.
    query: RwSignal<String>,
    /// The chosen option, from 0.
    chosen: RwSignal<usize>,
    /// Options that there are.
    count: RwSignal<usize>,
    /// Counts the times that Enter was pressed.
    entered: RwSignal<u32>,
    /// How many of them have led somewhere, or were of an earlier opening.
    handled: StoredValue<u32>,
    close: Callback<()>,
}

/// What the lazy module gives.
type Body = fn(Palette) -> AnyView;

/// The dialog, which `/` and Ctrl-K open, and what opens it by hand. The field is there at once; the list is WASM of its own that comes with
/// the first opening. Without script there is only the search box in the top bar, which is a form.
pub(super) fn palette() -> (impl IntoView, Callback<()>) {
    let dialog = NodeRef::<html::Dialog>::new();
    let input = NodeRef::<html::Input>::new();
    let close = Callback::new(move |()| {
        if let Some(dialog) = dialog.get_untracked() {
            // Fails where it is closed already.
            _ = dialog.hide_popover();
        }
    });
    let state = Palette {
        query: RwSignal::new(String::new()),
        chosen: RwSignal::new(0),
        count: RwSignal::new(0),
        entered: RwSignal::new(0),
        handled: StoredValue::new(0),
        close,
    };
    let body = RwSignal::new(None::<Body>);
    // Each opening begins afresh, and with a paint: the list comes in the frame after.
    let is_open = RwSignal::new(false);
    let open = Callback::new(move |()| {
        let (Some(dialog), Some(input)) = (dialog.get_untracked(), input.get_untracked()) else { return };
        if dialog.matches(":popover-open").unwrap_or_default() {
            return;
        }
        input.set_value("");
        state.query.set(String::new());
        state.chosen.set(0);
        state.handled.set_value(state.entered.get_untracked());
        is_open.set(false);
        after_paint(move || is_open.set(true));
        // Fails where the dialog is on its way out of the page, and nobody waits for it.
        _ = dialog.show_popover();
        _ = input.focus();
        if body.with_untracked(Option::is_none) {
            spawn_local(async move { body.set(Some(load_body().await)) });
        }
    });
    follow_keys(open);
    let list = move || {
        let body = body.get()?;
        is_open.get().then(|| body(state))
    };
    let view = view! {
        // A popover, though it is modal: a modal dialog has the browser style the whole page anew, for all of it becomes inert. The browser
        // closes it by Esc and by a press beside it, and gives the focus back.
        <dialog class="palette" {..Popover} aria-modal="true" aria-label="Search" node_ref=dialog>
            {field(state, input).eager()}
            <div class="found" id=LIST role="listbox" aria-label="Found">{list}</div>
            <footer aria-hidden="true"><span>"↑ ↓ choose"</span> <span>"Enter opens"</span> <span>"Esc closes"</span></footer>
        </dialog>
    };
    (view, open)
}

fn field(state: Palette, input: NodeRef<html::Input>) -> impl IntoView {
    let Palette { query, chosen, count, entered, .. } = state;
    let on_key = move |event: web_sys::KeyboardEvent| {
        let count = count.get_untracked().max(1);
        match event.key().as_str() {
            "ArrowDown" => chosen.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => chosen.update(|at| *at = (*at + count - 1) % count),
            "Enter" => entered.update(|presses| *presses += 1),
            // There is no second place for the focus.
            "Tab" => {}
            _ => return,
        }
        event.prevent_default();
    };
    view! {
        <div class="q">
            {icon(Icon::Search, "i")}
            <input
                type="text"
                role="combobox"
                aria-label="Search entities, pages and actions"
                aria-expanded="true"
                aria-controls=LIST
                aria-autocomplete="list"
                aria-activedescendant=move || option_id(chosen.get())
                placeholder="A service, an API, a team, a page…"
                autocomplete="off"
                spellcheck="false"
                node_ref=input
                on:input=move |event| query.set(event_target_value(&event))
                on:keydown=on_key
            />
            <kbd aria-hidden="true">"Esc"</kbd>
        </div>
    }
}

fn option_id(at: usize) -> String {
    format!("palette-{at}")
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
