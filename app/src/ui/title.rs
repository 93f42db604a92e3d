use leptos::prelude::*;
use leptos_meta::Title;

/// The title of the page, which follows what it is made of.
///
/// The server writes it into the head when the rest is written, and by then whatever the page has made may be gone: so the text is
/// kept from here on, and is not made again unless something changes.
pub fn title(text: impl Fn() -> String + Send + Sync + 'static) -> impl IntoView {
    let text = ArcMemo::new(move |_| text());
    text.with_untracked(|_| ());
    view! { <Title text=move || text.get()/> }
}
