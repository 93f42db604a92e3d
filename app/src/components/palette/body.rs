//! What stands in the dialog: a field and a list box that it controls.

use std::time::Duration;

use client::{PortalClient, catalog::search_entities};
use leptos::{html, leptos_dom::helpers::TimeoutHandle, prelude::*, task::spawn_local, web_sys};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::catalog::{EntityMatch, EntityMatches};

use super::{
    items::{Item, Section, Symbol, sections},
    recent::recent,
};
use crate::{
    components::KindIcons,
    links::href,
    ui::{Icon, IntoEager as _, icon},
};

/// Entities that are offered.
const OFFERED: usize = 8;
/// How long the keyboard must be still before the server is asked.
const TYPING_PAUSE: Duration = Duration::from_millis(60);
/// The list box.
const LIST: &str = "palette-list";

/// A palette that has just been opened.
pub(super) fn body(close: Callback<()>) -> AnyView {
    let query = RwSignal::new(String::new());
    let found = RwSignal::new(Vec::<EntityMatch>::new());
    let chosen = RwSignal::new(0_usize);
    let seen = recent();
    let offered = Memo::new(move |_| query.with(|query| found.with(|found| sections(query, &seen, found))));
    let search = searcher(query, found);

    let navigate = use_navigate();
    let base = href("");
    let go = Callback::new(move |path: String| {
        close.run(());
        navigate(&format!("{base}{path}"), NavigateOptions { resolve: false, ..NavigateOptions::default() });
    });
    let on_input = move |event: leptos::ev::Event| {
        query.set(event_target_value(&event));
        chosen.set(0);
        search.run(());
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        let count: usize = offered.with(|sections| sections.iter().map(|(_, items)| items.len()).sum());
        let at = chosen.get_untracked().min(count.saturating_sub(1));
        match event.key().as_str() {
            "ArrowDown" => chosen.set((at + 1) % count.max(1)),
            "ArrowUp" => chosen.set((at + count.max(1) - 1) % count.max(1)),
            "Enter" => {
                if let Some(item) = offered.with(|sections| nth(sections, at)) {
                    go.run(item.path);
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let input = NodeRef::<html::Input>::new();
    Effect::new(move || {
        if let Some(input) = input.get() {
            _ = input.focus();
        }
    });
    Effect::new(move || show_option(chosen.get()));
    let icons = KindIcons::from_config();
    let list = move || offered.with(|sections| listed(&icons, sections, chosen, go));
    view! {
        <div class="q">
            {icon(Icon::Search, "i")}
            <input
                type="text"
                role="combobox"
                aria-label="Search entities and pages"
                aria-expanded="true"
                aria-controls=LIST
                aria-autocomplete="list"
                aria-activedescendant=move || option_id(chosen.get())
                placeholder="A service, an API, a team, a page…"
                autocomplete="off"
                spellcheck="false"
                node_ref=input
                on:input=on_input
                on:keydown=on_key
            />
            <kbd aria-hidden="true">"Esc"</kbd>
        </div>
        <div class="found" id=LIST role="listbox" aria-label="Found">{list}</div>
        <footer aria-hidden="true"><span>"↑ ↓ choose"</span> <span>"Enter opens"</span> <span>"Esc closes"</span></footer>
    }
    .eager()
}

/// Asks the server for what is typed, once the keyboard is still. An answer to an older question is left alone.
fn searcher(query: RwSignal<String>, found: RwSignal<Vec<EntityMatch>>) -> Callback<()> {
    let client: PortalClient = expect_context();
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let ask = Callback::new(move |()| {
        let asked = query.get_untracked();
        if asked.trim().is_empty() {
            return found.set(Vec::new());
        }
        let answer = client.get(search_entities(&asked, OFFERED));
        spawn_local(async move {
            // Without an answer the pages and the way to the list are still there.
            let matches = answer.await.decode::<EntityMatches>().unwrap_or_default();
            if query.try_get_untracked().is_some_and(|now| now == asked) {
                found.set(matches.items);
            }
        });
    });
    Callback::new(move |()| {
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
        timer.set_value(set_timeout_with_handle(move || ask.run(()), TYPING_PAUSE).ok());
    })
}

fn nth(sections: &[Section], at: usize) -> Option<Item> {
    sections.iter().flat_map(|(_, items)| items).nth(at).cloned()
}

fn option_id(at: usize) -> String {
    format!("palette-{at}")
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
