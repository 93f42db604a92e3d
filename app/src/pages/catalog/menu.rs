//! What one does with an entity, behind one button: a popover, so that it opens and closes without script.

use leptos::{
    prelude::*,
    web_sys::{Element, MouseEvent},
};
use model::{catalog::EntityOverview, entity::annotations};
use wasm_bindgen::JsCast as _;

use super::head::annotation;
use crate::{
    links::{canonical, entity_href, href, safe_location},
    ui::{Html, Icon, IntoEager as _, Popover, icon},
};

/// `id` of the popover; a page has one entity.
const ID: &str = "entity-menu";

/// The button and what it opens.
pub(super) fn menu(overview: &EntityOverview) -> AnyView {
    let entity_ref = canonical(&overview.entity_ref());
    let mut html = Html::default();
    write_items(&mut html, overview, &entity_ref);
    view! {
        <button type="button" class="btn icon menu-opener" popovertarget=ID aria-label="More actions">{icon(Icon::Ellipsis, "i")}</button>
        <div class="menu" {..Popover} id=ID role="group" aria-label="Actions on this entity" inner_html=html.into_text() on:click=move |event| copy(&event, &entity_ref)></div>
    }
    .eager()
}

fn write_items(html: &mut Html, overview: &EntityOverview, entity_ref: &str) {
    html.tag("<code class=\"menu-head\">")
        .text(entity_ref)
        .tag("</code><ul><li class=\"script-only\"><button type=\"button\">");
    Icon::Copy.write(html, "i");
    html.tag("<span>Copy ref</span></button><span class=\"sr\" role=\"status\"></span></li><li><form method=\"post\"");
    html.attribute(" action=\"", Some(&href("/form/refresh-entity")))
        .tag("><input type=\"hidden\" name=\"entity_ref\"");
    let why_not = |action: &str| overview.why_not.get(action).map(String::as_str);
    let not_refreshed = why_not(EntityOverview::REFRESH);
    html.attribute(" value=\"", Some(entity_ref)).tag("><button type=\"submit\"").tag(if not_refreshed.is_some() {
        " disabled>"
    } else {
        ">"
    });
    Icon::RefreshCw.write(html, "i");
    html.tag("Refresh</button></form>");
    write_why_not(html, not_refreshed);
    html.tag("</li>");
    for (key, symbol, label) in [
        (annotations::EDIT_URL, Icon::FilePenLine, "Edit at the source"),
        (annotations::VIEW_URL, Icon::FileText, "View at the source"),
    ] {
        if let Some(address) = annotation(overview, key).and_then(safe_location) {
            html.tag("<li><a rel=\"noopener noreferrer external\"").attribute(" href=\"", Some(&address)).tag(">");
            symbol.write(html, "i");
            html.tag(label).tag("</a></li>");
        }
    }
    let unregister = [&entity_href(&overview.entity_ref()), "/unregister"].concat();
    let not_deleted = why_not(EntityOverview::DELETE);
    html.tag("<li class=\"rule\">");
    if not_deleted.is_some() {
        html.tag("<button type=\"button\" disabled>");
    } else {
        html.tag("<a").attribute(" href=\"", Some(&unregister)).tag(">");
    }
    Icon::Trash2.write(html, "i");
    html.tag("Unregister…").tag(if not_deleted.is_some() { "</button>" } else { "</a>" });
    write_why_not(html, not_deleted);
    html.tag("</li></ul>");
}

/// Under what one may not do: the rule that says so.
fn write_why_not(html: &mut Html, reason: Option<&str>) {
    if let Some(reason) = reason {
        html.tag("<small>").text(reason).tag("</small>");
    }
}

/// Puts the ref into the clipboard where its button was pressed. Pages without TLS may not, but on the own machine.
fn copy(event: &MouseEvent, entity_ref: &str) {
    let pressed = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let button = pressed.and_then(|pressed| pressed.closest("button[type=button]").ok()?);
    let window = window();
    if let Some(button) = button.filter(|_| window.is_secure_context()) {
        // That it was allowed is not worth waiting for: the ref stands above.
        _ = window.navigator().clipboard().write_text(entity_ref);
        for told in [button.last_element_child(), button.next_element_sibling()].into_iter().flatten() {
            told.set_text_content(Some("Copied"));
        }
    }
}
