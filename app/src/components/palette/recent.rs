//! The entities that the visitor saw last, in a cookie.

use leptos::{prelude::*, web_sys};
use model::entity_ref::EntityRef;

use crate::{links::canonical, platform::use_config};

/// Name of the cookie: canonical refs, the last one first, joined by `|`, which is in no ref.
const COOKIE: &str = "recent";
/// Entities that are kept: a cookie has 4 kB, a ref at most 200 bytes.
const MAX: usize = 12;
/// Seconds that the browser keeps them: 90 days.
const KEEP: u32 = 90 * 24 * 60 * 60;

/// Notes that the visitor sees an entity. Does nothing on the server.
pub(crate) fn remember(entity_ref: &EntityRef) {
    let seen = canonical(entity_ref);
    let config = use_config();
    Effect::new(move || {
        let Some(document) = html_document() else { return };
        let refs = with_first(&seen, recent());
        let path = if config.base_path.is_empty() { "/" } else { &config.base_path };
        _ = document.set_cookie(&format!("{COOKIE}={}; Path={path}; Max-Age={KEEP}; SameSite=Lax", refs.join("|")));
    });
}

/// What the visitor saw, the last one first. Only in the browser.
pub(super) fn recent() -> Vec<String> {
    let cookies = html_document().and_then(|document| document.cookie().ok()).unwrap_or_default();
    read(&cookies)
}

fn html_document() -> Option<web_sys::HtmlDocument> {
    wasm_bindgen::JsCast::dyn_into(document()).ok()
}

fn read(cookies: &str) -> Vec<String> {
    let mut pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
    let refs = pairs.find(|(name, _)| *name == COOKIE).map(|(_, refs)| refs).unwrap_or_default();
    refs.split('|').filter(|text| EntityRef::parse_full(text).is_ok()).take(MAX).map(str::to_owned).collect()
}

fn with_first(seen: &str, mut refs: Vec<String>) -> Vec<String> {
    refs.retain(|known| known != seen);
    refs.insert(0, seen.to_owned());
    refs.truncate(MAX);
    refs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_last_comes_first_and_once() {
        let refs = read("theme=dark; recent=component:default/a|nonsense|api:default/b; x=y");
        assert_eq!(refs, ["component:default/a", "api:default/b"]);
        assert_eq!(with_first("api:default/b", refs), ["api:default/b", "component:default/a"]);
        let many = (0..20).map(|n| format!("component:default/c{n}")).collect();
        assert_eq!(with_first("api:default/b", many).len(), MAX);
    }
}
