//! What is kept for the visitor: stars, and what was seen. A guest's are cookies, which the server reads and writes as well; those of who
//! has signed in are at the server.

use client::{
    PortalClient,
    personal::{star, visit},
};
use leptos::{prelude::*, task::spawn_local, web_sys};
use model::{app::Preferences, entity_ref::EntityRef};
use wasm_bindgen::JsCast;

use crate::{
    links::{canonical, href},
    platform::use_config,
    ui::{Html, IntoEager as _},
};

/// `id` of the form that every star belongs to, see [`write_star`].
const FORM_ID: &str = "star";
/// Seconds that the browser keeps stars: a year.
const KEEP: u32 = 365 * 24 * 60 * 60;

/// Canonical refs.
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
    let config = use_config();
    if config.is_embedded {
        return;
    }
    let recent = use_visitor().recent;
    if config.visitor.is_some() {
        let (client, entity_ref): (PortalClient, _) = (expect_context(), entity_ref.clone());
        Effect::new(move || {
            // The server that rendered the page has noted it.
            if recent.with_untracked(|recent| recent.first() != Some(&seen)) {
                recent.update(|recent| *recent = Preferences::with_seen(std::mem::take(recent), &seen));
                let noted = client.send("PUT", visit(&entity_ref));
                // A visit that is not noted is not worth a word.
                spawn_local(async move { _ = noted.await });
            }
        });
        return;
    }
    let base = config.base_path.clone();
    Effect::new(move || {
        // Another tab may have written since.
        let refs = Preferences::with_seen(read(Preferences::RECENT), &seen);
        write(Preferences::RECENT, &refs, &base, Preferences::KEEP_RECENT);
        recent.set(refs);
    });
}

/// The form of all stars of a page. Without script the server keeps them and leads back.
pub(super) fn star_form() -> AnyView {
    let config = use_config();
    let base = config.base_path.clone();
    let is_guest = config.visitor.is_none();
    let client: PortalClient = expect_context();
    let stars = use_visitor().stars;
    // Set where only the server can say what is in the way: then the form goes to it as it does without script.
    let is_plain = StoredValue::new(false);
    let on_submit = move |event: web_sys::SubmitEvent| {
        let button = event.submitter().and_then(|button| button.dyn_into::<web_sys::HtmlButtonElement>().ok());
        let Some(button) = button.filter(|_| !is_plain.get_value()) else { return };
        if !is_guest {
            event.prevent_default();
            return keep_star(&client, stars, button, is_plain);
        }
        // Where there is no room for one more the server says so.
        let Some(refs) = Preferences::with_star(read(Preferences::STARS), &button.value()) else { return };
        event.prevent_default();
        write(Preferences::STARS, &refs, &base, KEEP);
        stars.set(refs);
    };
    view! { <form hidden=true id=FORM_ID method="post" action=href("/form/star-entity") on:submit=on_submit></form> }
        .eager()
}

/// Puts a star in or takes it out at the server; at once for the eye.
fn keep_star(
    client: &PortalClient,
    stars: RwSignal<Vec<String>>,
    button: web_sys::HtmlButtonElement,
    is_plain: StoredValue<bool>,
) {
    let value = button.value();
    let Ok(entity_ref) = EntityRef::parse_full(&value) else { return };
    let toggle = move || {
        stars.update(|stars| {
            let before = stars.len();
            stars.retain(|star| *star != value);
            if stars.len() == before {
                stars.push(value.clone());
            }
        });
    };
    let method = if stars.with_untracked(|stars| stars.contains(&button.value())) { "DELETE" } else { "PUT" };
    toggle();
    let kept = client.send(method, star(&entity_ref));
    spawn_local(async move {
        let status = kept.await.status();
        if !(200..300).contains(&status) {
            toggle();
            // Without an answer a form would only lead away from the page.
            if status > 0 {
                is_plain.set_value(true);
                button.click();
            }
        }
    });
}

/// The star of an entity as HTML: a button that is pressed or not.
pub(crate) fn write_star(html: &mut Html, entity_ref: &EntityRef, name: &str) {
    let value = canonical(entity_ref);
    let is_pressed = use_visitor().stars.with_untracked(|stars| stars.contains(&value));
    html.tag("<button type=\"submit\" class=\"btn ghost icon star\" form=\"star\" name=\"entity\"");
    html.attribute(" value=\"", Some(&value)).tag(" aria-pressed=\"").tag(pressed(is_pressed));
    html.tag("\" aria-label=\"Star ").text(name).tag("\">");
    html.tag("<span class=\"i mask m-star\" aria-hidden=\"true\"></span></button>");
}

/// The same as a view.
pub(crate) fn star_button(entity_ref: &EntityRef, name: &str) -> AnyView {
    let value = canonical(entity_ref);
    let is_pressed = use_visitor().stars.with_untracked(|stars| stars.contains(&value));
    let label = ["Star ", name].concat();
    view! {
        <button type="submit" class="btn ghost icon star" form=FORM_ID name="entity" value=value aria-pressed=pressed(is_pressed) aria-label=label>
            <span class="i mask m-star" aria-hidden="true"></span>
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
