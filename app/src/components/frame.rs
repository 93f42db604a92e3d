use std::time::Duration;

use leptos::{html, prelude::*, web_sys};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};
use model::{app::AppConfig, catalog::ListEntities};

use super::{flash::flash, palette::palette, theme_switch::theme_switch, visitor::star_form};
use crate::{
    links::href,
    pages::catalog::address,
    platform::{use_config, use_live},
    routes,
    ui::{Icon, IntoEager as _, Popover, icon},
};

/// What stands around every page: sidebar, top bar, and the place of the page itself.
pub(crate) fn frame(page: AnyView) -> AnyView {
    let config = use_config();
    let pathname = use_location().pathname;
    let base = config.base_path.clone();
    let path = Memo::new(move |_| pathname.with(|path| path.strip_prefix(&*base).unwrap_or(path).to_owned()));
    let side = NodeRef::<html::Nav>::new();
    let main = NodeRef::<html::Main>::new();
    focus_next_page(path, main);
    let close_drawer = move |_| {
        if let Some(side) = side.get_untracked() {
            // Fails where it is not open, which is as good.
            _ = side.hide_popover();
        }
    };

    #[cfg(not(target_family = "wasm"))]
    if !config.may_enter() {
        return view! { <main class="page alone" id="main" tabindex="-1" node_ref=main>{page}</main> }.into_any();
    }
    if config.is_embedded {
        return view! {
            <div class="app alone">
                <main class="page" id="main" tabindex="-1" node_ref=main>{flash(path).eager()} {page}</main>
            </div>
        }
        .into_any();
    }
    let (palette, open_palette) = palette();
    let (foot, face) = (standing(&config).eager(), face(&config).eager());
    let side = view! {
        // A popover: on a narrow screen the browser opens it over the page, without script.
        <nav class="side" id="side" {..Popover} aria-label="Main" node_ref=side on:click=close_drawer>
            {brand(&config)}
            {sections(path)}
            {foot}
        </nav>
    };
    let top = view! {
        <header class="top">
            <button type="button" class="btn ghost icon menu-btn" popovertarget="side" aria-label="Menu">
                {icon(Icon::Menu, "i l")}
            </button>
            {breadcrumbs(config, path)}
            {search(open_palette)}
            {connection()}
            {theme_switch()}
            {face}
        </header>
    };
    view! {
        <a class="skip" href="#main" rel="external">"Skip to content"</a>
        <div class="app">
            {side.eager()}
            {top.eager()}
            {palette.eager()}
            {star_form()}
            <main class="page" id="main" tabindex="-1" node_ref=main>{flash(path).eager()} {page}</main>
        </div>
    }
    .into_any()
}

/// Who is looking, at the foot of the sidebar.
fn standing(config: &AppConfig) -> impl IntoView + use<> {
    let text = config.visitor.clone().unwrap_or_else(|| "You are a guest".to_owned());
    view! { <p class="foot trunc" dir="auto">{text}</p> }
}

/// The same, at the end of the top bar; leads to the account, or to where a guest signs in.
fn face(config: &AppConfig) -> impl IntoView + use<> {
    let name = config.visitor.clone().unwrap_or_else(|| "Guest".to_owned());
    let initial = name.chars().next().map(String::from);
    let label = format!("Account of {name}");
    view! {
        <a class="av m guest" data-i=initial href=href(AppConfig::ACCOUNT) rel="external" aria-label=label title=name></a>
    }
}

/// After a step to another page, gives it the focus, so that it is read from its start.
fn focus_next_page(path: Memo<String>, main: NodeRef<html::Main>) {
    Effect::new(move |before: Option<()>| {
        path.track();
        if before.is_some()
            && let Some(main) = main.get_untracked()
        {
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            _ = main.focus_with_options(&options);
        }
    });
}

fn brand(config: &AppConfig) -> impl IntoView + use<> {
    let organization =
        (!config.organization.is_empty()).then(|| view! { <small class="trunc">{config.organization.clone()}</small> });
    view! {
        <a class="brand" href=href("/") title=config.title.clone()>
            <svg viewBox="0 0 20 20" aria-hidden="true">
                <rect class="logo-board" x="1" y="1" width="18" height="18" rx="4.5"/>
                <path class="logo-lines" d="M5 6.5h6.5M5 10h10M5 13.5h4.5"/>
                <circle class="logo-ink" cx="14.2" cy="6.5" r="1.3"/>
            </svg>
            <span>{config.title.clone()}</span>
            {organization}
        </a>
    }
}

fn sections(path: Memo<String>) -> impl IntoView + use<> {
    let link = move |section: &routes::NavItem| {
        let target = section.path;
        let current = move || {
            path.with(|path| match path.strip_prefix(target) {
                Some("" | "/") => Some("page"),
                // The home of a sub-path, which may end without a slash.
                None if path.is_empty() && target == "/" => Some("page"),
                Some(rest) if rest.starts_with('/') && !routes::is_nearer(path, target) => Some("true"),
                _ => None,
            })
        };
        view! {
            <a href=href(target) aria-current=current title=section.label>
                {icon(section.icon, "i")}
                <span class="lbl trunc">{section.label}</span>
            </a>
        }
    };
    let group = move |group: &routes::NavGroup| {
        let heading = (!group.label.is_empty()).then(|| view! { <h2>{group.label}</h2> });
        view! {
            {heading}
            <div class="nav">{group.items.iter().map(link).collect_view()}</div>
        }
    };
    routes::NAVIGATION.iter().map(group).collect_view()
}

fn breadcrumbs(config: std::sync::Arc<AppConfig>, path: Memo<String>) -> impl IntoView + use<> {
    let crumb = |(label, target): (String, Option<String>)| {
        let current = target.is_none().then_some("page");
        view! { <li aria-current=current><a href=target.as_deref().map(href) dir="auto">{label}</a></li> }
    };
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <ol>{move || path.with(|path| routes::trail(path, &config)).into_iter().map(crumb).collect_view()}</ol>
        </nav>
    }
}

/// Finds entities of all kinds: a plain form, over which a press opens the palette.
fn search(open: Callback<()>) -> impl IntoView + use<> {
    let input = NodeRef::<html::Input>::new();
    let navigate = use_navigate();
    let on_submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        if let Some(input) = input.get_untracked() {
            let list = ListEntities { kind: None, text: input.value(), ..address::default_list() };
            navigate(&href(&address::of_list(&list)), NavigateOptions { resolve: false, ..NavigateOptions::default() });
            input.set_value("");
            _ = input.blur();
        }
    };
    view! {
        <form class="search" role="search" method="get" action=href("/catalog") on:submit=on_submit>
            {icon(Icon::Search, "i")}
            <input
                type="search"
                name="q"
                placeholder="Search the catalog"
                aria-label="Search the catalog"
                aria-keyshortcuts="/ Control+K"
                autocomplete="off"
                node_ref=input
                on:click=move |_| open.run(())
            />
            <kbd aria-hidden="true">"/"</kbd>
        </form>
    }
}

/// True where a key goes into a field.
pub(crate) fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
    use wasm_bindgen::JsCast;
    event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(|element| {
        let checkbox = element.get_attribute("type").is_some_and(|kind| kind == "checkbox");
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT") && !checkbox
    })
}

/// How long it is said that the page follows again.
const RECOVERED: Duration = Duration::from_secs(10);

/// Says that what is shown may be old, and since when, while the event stream is down; and for a while that it is back.
fn connection() -> impl IntoView + use<> {
    let connected = use_live().connected;
    let lost = RwSignal::new(None::<String>);
    let is_lost = connected.clone();
    Effect::new(move || {
        if !is_lost.get() {
            let now = String::from(js_sys::Date::new_0().to_time_string());
            lost.set(now.get(..5).map(str::to_owned));
        } else if lost.with_untracked(Option::is_some) {
            let connected = is_lost.clone();
            set_timeout(
                move || {
                    if connected.get_untracked() {
                        lost.set(None);
                    }
                },
                RECOVERED,
            );
        }
    });
    let told = move || {
        let since = lost.get()?;
        Some(if connected.get() {
            view! { <span class="connection t2">{icon(Icon::Radio, "i s")} "Live again"</span> }
        } else {
            view! { <span class="connection" title="The server does not answer. The page follows again as soon as it does.">{icon(Icon::CloudOff, "i s")} "Not live since " {since}</span> }
        }.eager())
    };
    view! { <span role="status">{told}</span> }
}
