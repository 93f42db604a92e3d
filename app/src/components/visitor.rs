//! What the browser keeps for the visitor: stars, and what was seen. Cookies, which the server reads and writes as well.

use leptos::{prelude::*, web_sys};
use model::{app::Preferences, entity_ref::EntityRef};
use wasm_bindgen::JsCast;

use crate::{
    links::{canonical, href},
    platform::use_config,
    ui::{Html, Icon, IntoEager as _, icon},
};

/// `id` of the form that every star belongs to, see [`write_star`].
const FORM_ID: &str = "star";
/// Seconds that the browser keeps stars: a year.
const KEEP: u32 = 365 * 24 * 60 * 60;

/// Canonical refs, as the cookies have them.
#[derive(Clone, Copy)]
pub(crate) struct Visitor {
    /// In the order in which they were starred.
    pub(crate) stars: RwSignal<Vec<String>>,
    /// The last one first.
    pub(crate) recent: RwSignal<Vec<String>>,
}

/// Provides the [`Visitor`] that the page was rendered for.
pub(crate) fn provide_visitor() {
    let Preferences { stars, recent, .. } = use_config().preferences.clone();
    let stars = RwSignal::new(stars);
    Effect::new(move || stars.with(|stars| show_stars(stars)));
    provide_context(Visitor { stars, recent: RwSignal::new(recent) });
}

/// Who looks.
pub(crate) fn use_visitor() -> Visitor {
    expect_context()
}

/// Notes that the visitor sees an entity. On the server the page itself does that.
pub(crate) fn remember(entity_ref: &EntityRef) {
    let seen = canonical(entity_ref);
    let base = use_config().base_path.clone();
    let recent = use_visitor().recent;
    Effect::new(move || {
        // Another tab may have written since.
        let refs = Preferences::with_seen(read(Preferences::RECENT), &seen);
        write(Preferences::RECENT, &refs, &base, Preferences::KEEP_RECENT);
        recent.set(refs);
    });
}

/// The form of all stars of a page. Without script the server keeps them and leads back.
pub(super) fn star_form() -> AnyView {
    let base = use_config().base_path.clone();
    let stars = use_visitor().stars;
    let on_submit = move |event: web_sys::SubmitEvent| {
        let button = event.submitter().and_then(|button| button.dyn_into::<web_sys::HtmlButtonElement>().ok());
        let Some(button) = button else { return };
        // Where there is no room for one more the server says so.
        let Some(refs) = Preferences::with_star(read(Preferences::STARS), &button.value()) else { return };
        event.prevent_default();
        write(Preferences::STARS, &refs, &base, KEEP);
        stars.set(refs);
    };
    view! { <form hidden=true id=FORM_ID method="post" action=href("/form/star-entity") on:submit=on_submit></form> }
        .eager()
}

/// The star of an entity as HTML: a button that is pressed or not.
pub(crate) fn write_star(html: &mut Html, entity_ref: &EntityRef, name: &str) {
    let value = canonical(entity_ref);
    let is_pressed = use_visitor().stars.with_untracked(|stars| stars.contains(&value));
    html.tag("<button type=\"submit\" class=\"btn ghost icon star\" form=\"star\" name=\"entity\"");
    html.attribute(" value=\"", Some(&value)).tag(" aria-pressed=\"").tag(pressed(is_pressed));
    html.tag("\" aria-label=\"Star ").text(name).tag("\">");
    Icon::Star.write(html, "i");
    html.tag("</button>");
}

/// The same as a view.
pub(crate) fn star_button(entity_ref: &EntityRef, name: &str) -> AnyView {
    let value = canonical(entity_ref);
    let is_pressed = use_visitor().stars.with_untracked(|stars| stars.contains(&value));
    let label = ["Star ", name].concat();
    view! {
        <button type="submit" class="btn ghost icon star" form=FORM_ID name="entity" value=value aria-pressed=pressed(is_pressed) aria-label=label>
            {icon(Icon::Star, "i")}
        </button>
    }
    .eager()
}

fn pressed(is_pressed: bool) -> &'static str {
    if is_pressed { "true" } else { "false" }
}

/// Shows on all stars of the page which of them are.
fn show_stars(stars: &[String]) {
    let Ok(buttons) = document().query_selector_all("button.star") else { return };
    for button in (0..buttons.length()).filter_map(|at| buttons.item(at)?.dyn_into::<web_sys::Element>().ok()) {
        let is_pressed = button.get_attribute("value").is_some_and(|value| stars.contains(&value));
        _ = button.set_attribute("aria-pressed", pressed(is_pressed));
    }
}

fn html_document() -> Option<web_sys::HtmlDocument> {
    document().dyn_into().ok()
}

fn read(name: &str) -> Vec<String> {
    let cookies = html_document().and_then(|document| document.cookie().ok()).unwrap_or_default();
    refs(&cookies, name)
}

fn refs(cookies: &str, name: &str) -> Vec<String> {
    let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    let refs = pairs.find(|(known, _)| *known == name).map(|(_, refs)| refs).unwrap_or_default();
    refs.split('|').filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

fn write(name: &str, refs: &[String], base: &str, seconds: u32) {
    let path = if base.is_empty() { "/" } else { base };
    if let Some(document) = html_document() {
        _ = document.set_cookie(&format!("{name}={}; Path={path}; Max-Age={seconds}; SameSite=Lax", refs.join("|")));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::render;

    #[test]
    fn refs_are_read_from_one_cookie_of_many() {
        let cookies = "theme=dark; recent=component:default/a|api:default/b; stars=";
        assert_eq!(refs(cookies, "recent"), ["component:default/a", "api:default/b"]);
        assert!(refs(cookies, "stars").is_empty() && refs("", "recent").is_empty());
    }

    #[test]
    fn a_star_says_whether_it_is_pressed() {
        let html = render(|| {
            use_visitor().stars.set(vec!["api:default/orders".into()]);
            let star = |name: &str| star_button(&EntityRef::new("API", "default", name), name);
            (star("orders"), star("other"))
        });
        insta::assert_snapshot!(html);
    }
}
