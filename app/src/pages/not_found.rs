//! The page of an address that is none.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;

use crate::{
    links::href,
    platform::StatusSetter,
    ui::{Action, Empty, Icon, empty},
};

/// Says which address was asked for, sets the status 404, and leads back.
pub fn not_found() -> impl IntoView {
    expect_context::<StatusSetter>().set(404);
    let path = use_location().pathname.get_untracked();
    let to_catalog = Action { label: "Go to the catalog".to_owned(), href: href("/catalog"), symbol: Icon::LayoutList };
    view! {
        <Title text="Not found"/>
        {empty(Empty {
            symbol: Icon::SearchX,
            heading: "There is no page here".to_owned(),
            whole_page: true,
            text: format!("Nothing is at {path}. The link may be old, or mistyped."),
            more: None,
            actions: vec![to_catalog],
        })}
    }
}
