#![doc = include_str!("../README.md")]
#![cfg(target_family = "wasm")]
// The whole page is one type, nested as deep as its elements.
#![recursion_limit = "256"]

mod events;
mod fetch;

use std::sync::Arc;

use app::{
    App, CONFIG_ID, REVISION_ATTRIBUTE,
    platform::{LiveEvents, Platform, StatusSetter},
};
use client::PortalClient;
use leptos::prelude::*;
use model::app::AppConfig;
use wasm_bindgen::prelude::wasm_bindgen;

/// Brings the page to life. The page's module script calls it once.
///
/// # Panics
/// On a page that this server did not render.
#[wasm_bindgen]
pub fn hydrate() {
    #[cfg(debug_assertions)]
    console_error_panic_hook::set_once();

    let config = Arc::new(read_config().expect("the server writes the configuration into each page"));
    let live = LiveEvents::at(read_revision().unwrap_or_default());
    events::follow(&config, live.clone());
    let client = PortalClient::new(fetch::Fetch::new(&config.base_path));
    let platform = Platform { config, client, status: StatusSetter::ignore(), live };
    hydrate_lazy(move || {
        platform.provide();
        view! { <App/> }
    });
}

fn read_config() -> Option<AppConfig> {
    let json = document().get_element_by_id(CONFIG_ID)?.text_content()?;
    client::json::parse(&json)
}

fn read_revision() -> Option<i64> {
    document().document_element()?.get_attribute(REVISION_ATTRIBUTE)?.parse().ok()
}
