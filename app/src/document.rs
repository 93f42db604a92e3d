use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;
use model::app::{AppConfig, Density, Theme};

use crate::{
    App,
    platform::{use_config, use_live},
    routes,
};

/// `id` of the element that holds the configuration as JSON, for the browser to read.
pub const CONFIG_ID: &str = "callboard-config";

/// Attribute of `<html>`: the catalog's revision that the page was rendered from.
pub const REVISION_ATTRIBUTE: &str = "data-revision";

/// The whole HTML document. Needs a [`crate::platform::Platform`] and, for its scripts to run, Leptos' nonce.
pub fn shell(path: &str) -> impl IntoView + use<> {
    let config = use_config();
    let with_script = !config.is_plain(path);
    let revision = use_live().catalog.get_untracked();
    let theme = (config.theme != Theme::System).then(|| config.theme.as_str());
    let density = config.preferences.density;
    let density = (density != Density::default()).then(|| density.as_str());
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme data-density=density data-embedded=config.is_embedded data-revision=revision.to_string()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="description" content=description(&config, path)/>
                {config.assets.as_deref().map(looks)}
                {config.assets.as_deref().filter(|_| with_script).map(program)}
                {config.assets.as_deref().filter(|_| config.is_embedded).map(|root| frame_script(root, &config))}
                <script type="application/json" id=CONFIG_ID inner_html=embeddable_json(&config)></script>
                {config.dev_reload.as_deref().map(dev_reload)}
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// What the page is of, and of whom; for what lists pages, and for previews of links.
fn description(config: &AppConfig, path: &str) -> String {
    let trail = routes::trail(config.path_of(path).unwrap_or(path), config);
    let page = trail.into_iter().rev().map(|(label, _)| label).collect::<Vec<_>>().join(", ");
    let of = if config.organization.is_empty() { String::new() } else { format!(" of {}", config.organization) };
    format!(
        "{page}: {}, the developer portal{of}. Its services, APIs and teams, and who looks after them.",
        config.title
    )
}

/// Style sheet, fonts and icon.
fn looks(root: &str) -> impl IntoView + use<> {
    view! {
        <link rel="stylesheet" href=format!("{root}/callboard.css")/>
        <link rel="icon" type="image/svg+xml" href=format!("{root}/favicon.svg")/>
        <link rel="preload" href=format!("{root}/fonts/inter-ui.woff2") r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
    }
}

/// What talks with the page around the frame.
fn frame_script(root: &str, config: &AppConfig) -> impl IntoView + use<> {
    let (parents, base) = (config.parents.clone(), config.base_path.clone());
    view! { <script defer=true src=format!("{root}/embed.js") data-parents=parents data-base=base></script> }
}

/// `rel` of links to modules of the page, which are fetched once it has been painted: it can be read without them, and on a slow
/// line they would take the place of the style sheet and the fonts.
pub const LATER: &str = "later";

/// The module that hydrates, asked for in the modes in which its parts are used: a preload in another mode is fetched twice.
fn program(root: &str) -> impl IntoView + use<> {
    let nonce = use_nonce();
    let script = format!(
        "if(PerformanceObserver.supportedEntryTypes.includes('paint'))\
         await new Promise(done=>new PerformanceObserver(done).observe({{type:'paint',buffered:true}}));\
         for(const link of document.querySelectorAll('link[rel={LATER}]'))link.rel='preload';\
         const{{default:init,hydrate}}=await import({js});await init({{module_or_path:{wasm}}});hydrate();",
        js = js_string(&format!("{root}/callboard.js")),
        wasm = js_string(&format!("{root}/callboard_bg.wasm")),
    );
    view! {
        <link rel=LATER href=format!("{root}/callboard_bg.wasm") r#as="fetch" r#type="application/wasm" crossorigin="anonymous"/>
        <script type="module" nonce=nonce inner_html=script></script>
    }
}

/// Under `make dev`: `page` on the stream loads the page again, `css` only its style sheet, so that nobody loses their place.
fn dev_reload(stream: &str) -> impl IntoView + use<> {
    let script = format!(
        "new EventSource({stream}).onmessage=({{data}})=>{{\
         if(data!=='css')return location.reload();\
         const old=document.querySelector('link[rel=stylesheet]'),url=new URL(old.href);\
         url.searchParams.set('t',Date.now());\
         const fresh=Object.assign(old.cloneNode(),{{href:url.href,onload:()=>old.remove()}});old.after(fresh)}}",
        stream = js_string(stream)
    );
    view! { <script type="module" nonce=use_nonce() inner_html=script></script> }
}

/// JSON that may stand inside a `<script>`: without `<`, nothing in it can end the element.
fn embeddable_json(config: &AppConfig) -> String {
    serde_json::to_string(config).expect("a struct of texts is JSON").replace('<', "\\u003c")
}

fn js_string(text: &str) -> String {
    serde_json::to_string(text).expect("a text is JSON").replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_described_by_what_it_is_of() {
        let config = AppConfig {
            title: "Callboard".to_owned(),
            organization: "acme".to_owned(),
            base_path: "/portal".to_owned(),
            ..AppConfig::default()
        };
        assert_eq!(
            description(&config, "/portal/catalog/default/api/orders"),
            "orders, api, Catalog: Callboard, the developer portal of acme. Its services, APIs and teams, and who looks after them."
        );
    }

    #[test]
    fn a_title_can_not_end_the_script_element() {
        let config = AppConfig { title: "</script><script>alert(1)</script>".to_owned(), ..AppConfig::default() };
        let json = embeddable_json(&config);
        assert!(!json.contains('<'));
        assert_eq!(client::json::parse::<AppConfig>(&json), Some(config));
    }
}
