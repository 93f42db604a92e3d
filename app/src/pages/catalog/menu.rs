//! What one does with an entity, behind one button: a popover, so that it opens and closes without script.

use leptos::prelude::*;
use model::{catalog::EntityOverview, entity::annotations};

use super::head::annotation;
use crate::{
    links::{canonical, entity_href, href, safe_location},
    ui::{Icon, IntoEager as _, icon},
};

/// `id` of the popover; a page has one entity.
const ID: &str = "entity-menu";

/// The button and what it opens.
pub(super) fn menu(overview: &EntityOverview) -> AnyView {
    let entity_ref = canonical(&overview.entity_ref());
    let unregister = format!("{}/unregister", entity_href(&overview.entity_ref()));
    let link = |key: &str, symbol: Icon, label: &'static str| {
        let address = safe_location(annotation(overview, key)?)?;
        Some(view! { <li><a href=address rel="noopener noreferrer external">{icon(symbol, "i")} {label}</a></li> })
    };
    view! {
        <button type="button" class="btn icon menu-opener" popovertarget=ID aria-label="More actions">{icon(Icon::Ellipsis, "i")}</button>
        <div class="menu" id=ID popover="auto" role="group" aria-label="Actions on this entity">
            <code class="menu-head">{entity_ref.clone()}</code>
            <ul>
                {copy(entity_ref.clone())}
                <li>
                    <form method="post" action=href("/form/refresh-entity")>
                        <input type="hidden" name="entity_ref" value=entity_ref/>
                        <button type="submit">{icon(Icon::RefreshCw, "i")} "Refresh"</button>
                    </form>
                </li>
                {link(annotations::EDIT_URL, Icon::FilePenLine, "Edit at the source")}
                {link(annotations::VIEW_URL, Icon::FileText, "View at the source")}
                <li class="rule"><a href=unregister>{icon(Icon::Trash2, "i")} "Unregister…"</a></li>
            </ul>
        </div>
    }
    .eager()
}

/// Puts the ref into the clipboard, which pages without TLS may not, but on the own machine.
fn copy(entity_ref: String) -> impl IntoView {
    let copied = RwSignal::new(false);
    let write = move |_| {
        let window = window();
        if window.is_secure_context() {
            // That it was allowed is not worth waiting for: the ref stands above.
            _ = window.navigator().clipboard().write_text(&entity_ref);
            copied.set(true);
        }
    };
    let label = move || if copied.get() { "Copied" } else { "Copy ref" };
    view! {
        <li class="script-only">
            <button type="button" on:click=write>{icon(Icon::Copy, "i")} <span role="status">{label}</span></button>
        </li>
    }
}
