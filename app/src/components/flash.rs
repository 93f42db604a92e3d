use leptos::prelude::*;
use model::app::Tone;

use crate::{
    platform::use_config,
    ui::{Mark, mark},
};

/// Says what the form did that led to this page, until the visitor goes to another.
pub(super) fn flash(path: Memo<String>) -> impl IntoView + use<> {
    let told = use_config().flash.clone().map(|flash| (flash, path.get_untracked()));
    move || {
        let (flash, _) = told.as_ref().filter(|(_, first)| path.with(|path| path == first))?;
        let (symbol, class) = match flash.tone {
            Tone::Ok => (Mark::Ok, "callout flash"),
            Tone::Warn => (Mark::Warn, "callout warn flash"),
            Tone::Bad => (Mark::Bad, "callout bad flash"),
        };
        Some(view! { <div class=class role="status">{mark(symbol)} <p>{flash.text.clone()}</p></div> })
    }
}
