use leptos::prelude::*;

use super::{Icon, icon};

/// Stands where content would: what there is not, why, and the way on.
pub fn empty(symbol: Icon, heading: String, body: impl IntoView + 'static) -> AnyView {
    around(symbol, view! { <h2 dir="auto">{heading}</h2> }.into_any(), body.into_any())
}

/// As [`empty`] for what is all of its page, whose first heading it is.
pub fn empty_page(symbol: Icon, heading: String, body: impl IntoView + 'static) -> AnyView {
    around(symbol, view! { <h1 dir="auto">{heading}</h1> }.into_any(), body.into_any())
}

fn around(symbol: Icon, heading: AnyView, body: AnyView) -> AnyView {
    view! { <div class="empty">{icon(symbol, "i")} {heading} {body}</div> }.into_any()
}
