use app::platform::LiveEvents;
use leptos::prelude::*;
use model::app::AppConfig;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/events.js")]
extern "C" {
    /// Calls `on_revision` with the catalog's revision whenever the server tells one, `on_connected` when the stream comes and goes.
    fn follow_events(
        url: &str,
        build: &str,
        on_revision: &Closure<dyn FnMut(f64)>,
        on_connected: &Closure<dyn FnMut(bool)>,
    );
}

/// Feeds the app's signals from the event stream, for as long as the page lives.
pub(crate) fn follow(config: &AppConfig, live: LiveEvents) {
    let LiveEvents { catalog, connected, .. } = live;
    let on_revision = Closure::<dyn FnMut(f64)>::new(move |revision: f64| {
        let revision = revision as i64;
        if catalog.get_untracked() != revision {
            catalog.set(revision);
        }
    });
    let on_connected = Closure::<dyn FnMut(bool)>::new(move |now: bool| {
        if connected.get_untracked() != now {
            connected.set(now);
        }
    });
    follow_events(&format!("{}/api/v1/events", config.base_path), &config.build, &on_revision, &on_connected);
    on_revision.forget();
    on_connected.forget();
}
