//! The page of an address that is none.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::{
    links::href,
    platform::StatusSetter,
    ui::{Icon, empty_page, icon},
};

/// Says which address was asked for, sets the status 404, and leads back.
pub fn not_found() -> AnyView {
    expect_context::<StatusSetter>().set(404);
    let path = use_location().pathname.get_untracked();
    view! {
        <Title text="Not found"/>
        {empty_page(
            Icon::SearchX,
            "There is no page here".to_owned(),
            view! {
                <p>"Nothing is at " <code>{path}</code> ". The link may be old, or mistyped."</p>
                <div class="actions"><a class="btn" href=href("/catalog")>{icon(Icon::LayoutList, "i")} "Go to the catalog"</a></div>
            },
        )}
    }
    .into_any()
}
