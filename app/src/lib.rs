#![doc = include_str!("../README.md")]
// A view is one type, as deep as its elements are nested; so is each crate that renders or hydrates it.
#![recursion_limit = "256"]

#[cfg(not(erase_components))]
compile_error!(
    "build with `--cfg erase_components`, as .cargo/config.toml has it (a RUSTFLAGS of the environment replaces that): a server and a \
     browser of which only one has it make different pages"
);

pub mod components;
mod document;
pub mod links;
pub mod pages;
pub mod platform;
mod routes;
#[cfg(test)]
mod testing;
pub mod ui;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::Router;

pub use self::document::{CONFIG_ID, LATER, REVISION_ATTRIBUTE, shell};
use self::{
    components::{frame, provide_clock, provide_visitor},
    platform::use_config,
    routes::pages,
};

/// The app within `<body>`: what the server renders and the browser hydrates. Needs a [`platform::Platform`].
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let config = use_config();
    provide_clock();
    provide_visitor();
    let title = config.title.clone();
    Effect::new(|| {
        // From here on the page is alive; the style sheet hides what only a page without script needs.
        if let Some(root) = document().document_element() {
            _ = root.class_list().add_1("live");
        }
    });
    view! {
        <Title formatter=move |page: String| if page.is_empty() { title.clone() } else { format!("{page} · {title}") }/>
        <Router base=config.base_path.clone()>
            {frame(pages())}
        </Router>
    }
}
