//! Addresses: our own pages below the base path, and what of foreign text may become a link.

use std::sync::Arc;

use leptos::prelude::expect_context;
use model::{app::AppConfig, entity_ref::EntityRef};

/// The address of a page of ours, given as a path from the app's root; a sub-path deployment is put in front.
pub fn href(path: &str) -> String {
    let config: Arc<AppConfig> = expect_context();
    format!("{}{path}", config.base_path)
}

/// The address of an entity's page.
pub fn entity_href(entity_ref: &EntityRef) -> String {
    href(&entity_path(entity_ref))
}

/// The path of an entity's page from the app's root.
pub fn entity_path(entity_ref: &EntityRef) -> String {
    let EntityRef { kind, namespace, name } = entity_ref;
    format!("/catalog/{namespace}/{}/{name}", kind.to_ascii_lowercase())
}

/// As [`EntityRef::canonical`], for refs that the API gave: these are ASCII. Unicode's case tables are 14 kB of WASM, so nothing in
/// this crate may ask for them.
pub fn canonical(entity_ref: &EntityRef) -> String {
    entity_ref.to_string().to_ascii_lowercase()
}

/// The address, if it is one that a page may link to: `http`, `https` or `mailto`. Anything else that a catalog file says
/// (`javascript:` above all) stays text.
pub fn safe_href(address: &str) -> Option<&str> {
    let address = address.trim();
    let (scheme, rest) = address.split_once(':')?;
    let allowed = ["http", "https", "mailto"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    (allowed && !rest.is_empty() && !address.contains(|c: char| c.is_ascii_control())).then_some(address)
}

/// The address of a location `type:target` as far as it is one that a page may link to; `url:` may be left out.
pub fn safe_location(location: &str) -> Option<String> {
    safe_href(location.strip_prefix("url:").unwrap_or(location)).map(str::to_owned)
}

/// The host of an absolute address, to show beside a link's title.
pub fn host(address: &str) -> Option<&str> {
    let (_, rest) = address.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    (!host.is_empty()).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_http_and_mailto_become_links() {
        for address in ["https://a.example/x", "HTTP://a.example", "mailto:team@a.example", "  https://a.example "] {
            assert_eq!(safe_href(address), Some(address.trim()), "{address}");
        }
        for address in [
            "javascript:alert(1)",
            " JavaScript:alert(1)",
            "java\nscript:x",
            "data:text/html,x",
            "//a.example",
            "/x",
            "",
            "https:",
            "https://a\u{0}b",
        ] {
            assert_eq!(safe_href(address), None, "{address:?}");
        }
    }

    #[test]
    fn a_host_is_told_without_credentials_and_path() {
        assert_eq!(host("https://user@git.example:8443/a?b"), Some("git.example:8443"));
        assert_eq!(host("https://a.example?b"), Some("a.example"));
        assert_eq!(host("mailto:x@y"), None);
    }
}
