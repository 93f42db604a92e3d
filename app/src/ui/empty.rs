use leptos::prelude::*;

use super::{Icon, icon};

/// What stands where content would: what there is not, why, and the way on.
pub struct Empty {
    /// A picture of the matter.
    pub symbol: Icon,
    /// What there is not.
    pub heading: String,
    /// True if this is all of its page, so that its heading is the page's.
    pub whole_page: bool,
    /// Why, or what it would be.
    pub text: String,
    /// More than text, for example what is near.
    pub more: Option<AnyView>,
    /// The way on.
    pub actions: Vec<Action>,
}

/// A link that looks like a button.
pub struct Action {
    /// Says what it does.
    pub label: String,
    /// Where it leads.
    pub href: String,
    /// Before the label.
    pub symbol: Icon,
}

/// Renders an [`Empty`].
pub fn empty(Empty { symbol, heading, whole_page, text, more, actions }: Empty) -> impl IntoView {
    // Two elements and not one with a level: assistive technology and tests look for a real `h1`.
    let as_title = whole_page.then(|| view! { <h1 dir="auto">{heading.clone()}</h1> });
    let as_section = (!whole_page).then(|| view! { <h2 dir="auto">{heading}</h2> });
    let action = |Action { label, href, symbol }| view! { <a class="btn" href=href>{icon(symbol, "i")} {label}</a> };
    view! {
        <div class="empty">
            {icon(symbol, "i")}
            {as_title}
            {as_section}
            <p dir="auto">{text}</p>
            {more}
            <div class="actions">{actions.into_iter().map(action).collect_view()}</div>
        </div>
    }
}
