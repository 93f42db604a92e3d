//! What stands in the list box of the palette.

use std::time::Duration;

use client::{PortalClient, catalog::search_entities};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local, web_sys};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::catalog::{EntityMatch, EntityMatches};
use wasm_bindgen::JsCast as _;

use super::{
    Palette,
    items::{Item, Section, Symbol, sections},
    option_id,
};
use crate::{
    components::{KindIcons, use_visitor},
    links::href,
    ui::{IntoEager as _, icon},
};

/// Entities that are offered.
const OFFERED: usize = 8;
/// How long the keyboard must be still before the server is asked.
const TYPING_PAUSE: Duration = Duration::from_millis(60);

/// The list of a palette that has just been opened.
pub(super) fn body(state: Palette) -> AnyView {
    let Palette { query, chosen, count, entered, handled, close } = state;
    let found = RwSignal::new(Vec::<EntityMatch>::new());
    // The question that `found` answers.
    let answered = RwSignal::new(String::new());
    let seen = use_visitor().recent.get_untracked();
    let offered = Memo::new(move |_| query.with(|query| found.with(|found| sections(query, &seen, found))));
    search_while_typing(query, found, answered);

    let navigate = use_navigate();
    let base = href("");
    let go = Callback::new(move |path: String| {
        if path == "link" {
            return copy_link();
        }
        close.run(());
        if !path.starts_with('/') {
            return act(&base, &path);
        }
        navigate(&format!("{base}{path}"), NavigateOptions { resolve: false, ..NavigateOptions::default() });
    });
    Effect::new(move || {
        query.track();
        chosen.set(0);
    });
    Effect::new(move || count.set(offered.with(|sections| sections.iter().map(|(_, items)| items.len()).sum())));
    // Who types fast and presses Enter means what will be found.
    Effect::new(move || {
        let pressed = entered.get();
        let is_answered = query.with(|query| query.trim().is_empty() || answered.with(|answered| answered == query));
        if pressed == handled.get_value() || !is_answered {
            return;
        }
        handled.set_value(pressed);
        if let Some(item) = offered.with_untracked(|sections| nth(sections, chosen.get_untracked())) {
            go.run(item.path);
        }
    });
    Effect::new(move || show_option(chosen.get()));
    let icons = KindIcons::from_config();
    (move || offered.with(|sections| listed(&icons, sections, chosen, go))).eager()
}

/// Does what an item without a path names. What is posted is what the page's own forms post.
fn act(base: &str, name: &str) {
    let pressed = if name == "theme" {
        document().query_selector("form[action$='/set-theme'] button").ok().flatten()
    } else {
        refresh_button(base)
    };
    if let Some(button) = pressed.and_then(|button| button.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Not within the press on the option: the one handler of all presses does not take another meanwhile.
        set_timeout(move || button.click(), Duration::ZERO);
    }
}

/// The button of a form that has all sources read again; it goes with the page, which the answer leads away from.
fn refresh_button(base: &str) -> Option<web_sys::Element> {
    let form = document().create_element("form").ok()?;
    form.set_attribute("method", "post").ok()?;
    form.set_attribute("action", &format!("{base}/form/refresh-source")).ok()?;
    form.set_attribute("hidden", "").ok()?;
    let button = document().create_element("button").ok()?;
    form.append_child(&button).ok()?;
    document().body()?.append_child(&form).ok()?;
    Some(button)
}

/// Puts the address of the page into the clipboard, and says so beside the option. Pages without TLS may not, but on the own machine.
fn copy_link() {
    let told = document().query_selector(".palette [aria-selected=true] .m").ok().flatten();
    if let (true, Some(told), Ok(address)) = (window().is_secure_context(), told, window().location().href()) {
        _ = window().navigator().clipboard().write_text(&address);
        told.set_text_content(Some("copied"));
    }
}

/// Asks the server for what is typed, once the keyboard is still. An answer to an older question is left alone.
fn search_while_typing(query: RwSignal<String>, found: RwSignal<Vec<EntityMatch>>, answered: RwSignal<String>) {
    let client: PortalClient = expect_context();
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let ask = Callback::new(move |()| {
        let asked = query.get_untracked();
        let answer = client.get(search_entities(&asked, OFFERED));
        spawn_local(async move {
            // Without an answer the pages and the way to the list are still there.
            let matches = answer.await.decode::<EntityMatches>().unwrap_or_default();
            if query.try_get_untracked().is_some_and(|now| now == asked) {
                found.try_set(matches.items);
                answered.try_set(asked);
            }
        });
    });
    Effect::new(move || {
        let is_empty = query.with(|query| query.trim().is_empty());
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
        if is_empty {
            found.set(Vec::new());
        } else {
            timer.set_value(set_timeout_with_handle(move || ask.run(()), TYPING_PAUSE).ok());
        }
    });
}

fn nth(sections: &[Section], at: usize) -> Option<Item> {
    sections.iter().flat_map(|(_, items)| items).nth(at).cloned()
}

/// Scrolls the chosen option into view.
fn show_option(at: usize) {
    if let Some(option) = document().get_element_by_id(&option_id(at)) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        option.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

fn listed(icons: &KindIcons, sections: &[Section], chosen: RwSignal<usize>, go: Callback<String>) -> AnyView {
    let mut at = 0;
    let mut groups = Vec::new();
    for (heading, items) in sections {
        let mut options = Vec::new();
        for item in items {
            options.push(option(icons, item.clone(), at, chosen, go).eager());
            at += 1;
        }
        groups.push(view! {
            <div role="group" aria-label=*heading>
                <h3 aria-hidden="true">{*heading}</h3>
                {options}
            </div>
        });
    }
    groups.eager()
}

fn option(
    icons: &KindIcons,
    item: Item,
    at: usize,
    chosen: RwSignal<usize>,
    go: Callback<String>,
) -> impl IntoView + use<> {
    let symbol = match &item.symbol {
        Symbol::Kind(kind) => icons.icon(kind).into_any(),
        Symbol::Page(page) => icon(*page, "i").into_any(),
    };
    let Item { label, beside, path, .. } = item;
    let is_chosen = move || if chosen.get() == at { "true" } else { "false" };
    view! {
        <div
            role="option"
            id=option_id(at)
            aria-selected=is_chosen
            on:mousemove=move |_| chosen.set(at)
            on:click=move |_| go.run(path.clone())
        >
            {symbol}
            <span class="trunc" dir="auto">{label}</span>
            <span class="m trunc">{beside}</span>
        </div>
    }
}
