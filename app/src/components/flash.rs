use leptos::prelude::*;
use model::app::Flash;

use crate::{
    platform::use_config,
    ui::{Mark, mark},
};

/// Says what the form did that led to this page, until the visitor goes to another.
pub(super) fn flash(path: Memo<String>) -> impl IntoView + use<> {
    let told = use_config().flash.map(|flash| (flash, path.get_untracked()));
    move || {
        let (flash, _) = told.as_ref().filter(|(_, first)| path.with(|path| path == first))?;
        let (symbol, class, text) = match flash {
            Flash::SettingsSaved => (Mark::Ok, "callout flash", "Your settings are saved."),
            Flash::SourceRead => {
                (Mark::Ok, "callout flash", "The source is being read again. What changed appears by itself.")
            }
            Flash::SourcesRead => {
                (Mark::Ok, "callout flash", "All sources are being read again. What changed appears by itself.")
            }
            Flash::SourceUnknown => (Mark::Warn, "callout warn flash", "The catalog has no such source any more."),
            Flash::LocationsRegistered => {
                (Mark::Ok, "callout flash", "Registered. What the new sources bring appears by itself.")
            }
            Flash::EntityRefreshed => {
                (Mark::Ok, "callout flash", "Its source is being read again. What changed appears by itself.")
            }
            Flash::SessionsEnded => (Mark::Ok, "callout flash", "Ended. Whoever used it has to sign in again."),
            Flash::TokenRevoked => (Mark::Ok, "callout flash", "Revoked. Whoever uses it is refused from now on."),
            Flash::TokenNameTaken => (
                Mark::Warn,
                "callout warn flash",
                "You have a token of this name. Revoke it first, or take another name.",
            ),
            Flash::TokenInvalid => (
                Mark::Warn,
                "callout warn flash",
                "A token needs a plain name, at least one scope, and days within the limit.",
            ),
            Flash::ViewSaved => (Mark::Ok, "callout flash", "Saved. You find it under Views, and on Home."),
            Flash::ViewRenamed => (Mark::Ok, "callout flash", "Renamed."),
            Flash::ViewRemoved => (Mark::Ok, "callout flash", "Removed."),
            Flash::ViewInvalid => (Mark::Warn, "callout warn flash", "A view needs a name of at most 60 characters."),
            Flash::ViewNameTaken => {
                (Mark::Warn, "callout warn flash", "You have a view of this name. Take another name.")
            }
            Flash::ViewsFull => {
                (Mark::Warn, "callout warn flash", "There is no room for more views. Remove one first.")
            }
            Flash::EntityUnknown => (Mark::Warn, "callout warn flash", "The catalog has no such entity any more."),
            Flash::LocationUnregistered => {
                (Mark::Ok, "callout flash", "Unregistered. What only that location led to is gone.")
            }
            Flash::EntityDeleted => (Mark::Ok, "callout flash", "Deleted."),
            Flash::RemovalChanged => (
                Mark::Warn,
                "callout warn flash",
                "Nothing was done, because something else would have gone. Look again.",
            ),
            Flash::ReadOnly => (
                Mark::Warn,
                "callout warn flash",
                "Nothing is registered or unregistered here, because catalog.readonly is set.",
            ),
            Flash::StarsFull => {
                (Mark::Warn, "callout warn flash", "There is no room for more stars. Take one away first.")
            }
            Flash::Refused => {
                (Mark::Bad, "callout bad flash", "This was not done. You may not do it, or the server is stopping.")
            }
        };
        Some(view! { <div class=class role="status">{mark(symbol)} <p>{text}</p></div> })
    }
}
