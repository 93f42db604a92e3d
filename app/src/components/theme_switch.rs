use leptos::{prelude::*, web_sys};
use model::app::Theme;

use crate::{
    links::href,
    platform::use_config,
    ui::{Icon, icon},
};

/// A year in seconds: how long the browser keeps the choice.
const KEEP: u32 = 365 * 24 * 60 * 60;

/// Goes from what the system says to the other scheme, to the first one for good, and back to the system's.
///
/// Without script it is a form; the server sets the cookie and sends the visitor back.
pub(super) fn theme_switch() -> impl IntoView + use<> {
    let config = use_config();
    let theme = RwSignal::new(config.theme);
    // The server does not know the system's scheme and offers dark; the browser corrects that.
    let system_is_dark = RwSignal::new(false);
    Effect::new(move || {
        let query = window().match_media("(prefers-color-scheme: dark)").ok().flatten();
        system_is_dark.set(query.is_some_and(|query| query.matches()));
    });
    let offered = move || next(theme.get(), system_is_dark.get());
    let path = if config.base_path.is_empty() { "/".to_owned() } else { config.base_path.clone() };
    let on_submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let chosen = next(theme.get_untracked(), system_is_dark.get_untracked());
        theme.set(chosen);
        apply(chosen, &path);
    };
    let label = move || format!("Colour scheme: {}. Switch to {}", theme.get().as_str(), offered().as_str());
    view! {
        <form method="post" action=href("/form/set-theme") on:submit=on_submit>
            <input type="hidden" name="theme" value=move || offered().as_str()/>
            <button type="submit" class="btn ghost icon" aria-label=label title=label>
                {icon(Icon::SunMoon, "i")}
            </button>
        </form>
    }
}

fn next(theme: Theme, system_is_dark: bool) -> Theme {
    match (theme, system_is_dark) {
        (Theme::System, false) | (Theme::Light, true) => Theme::Dark,
        (Theme::System, true) | (Theme::Dark, false) => Theme::Light,
        (Theme::Light, false) | (Theme::Dark, true) => Theme::System,
    }
}

/// Switches the page in place, and keeps the choice for the server to render the next page with.
fn apply(theme: Theme, path: &str) {
    if let Some(root) = document().document_element() {
        // Setting or removing an attribute that HTML allows can't fail.
        _ = match theme {
            Theme::System => root.remove_attribute("data-theme"),
            chosen => root.set_attribute("data-theme", chosen.as_str()),
        };
    }
    let cookie = format!("{}={}; Path={path}; Max-Age={KEEP}; SameSite=Lax", Theme::COOKIE, theme.as_str());
    if let Ok(document) = wasm_bindgen::JsCast::dyn_into::<web_sys::HtmlDocument>(document()) {
        _ = document.set_cookie(&cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_press_changes_what_is_seen_first_and_three_come_back() {
        for system_is_dark in [false, true] {
            let first = next(Theme::System, system_is_dark);
            assert_eq!(first == Theme::Dark, !system_is_dark);
            let third = next(next(first, system_is_dark), system_is_dark);
            assert_eq!(third, Theme::System);
        }
    }
}
