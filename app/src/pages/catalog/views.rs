//! The saved views of who has signed in, behind one button: to go to, and to save what the list shows.

use leptos::prelude::*;
use model::{app::AppConfig, catalog::ListEntities, personal::SavedView};

use super::address;
use crate::{
    links::href,
    platform::use_config,
    ui::{Html, Icon, IntoEager as _, Popover, icon},
};

/// `id` of the popover.
const ID: &str = "views";

/// The button and what it opens; nothing for a guest, for whom nothing is kept.
pub(super) fn views(query: &ListEntities) -> Option<AnyView> {
    let config = use_config();
    config.visitor.as_ref()?;
    let current = address::of_list(&ListEntities { offset: 0, ..query.clone() });
    let html = menu(&config.preferences.views, &current);
    Some(
        view! {
            <button type="button" class="btn sm menu-opener" popovertarget=ID>{icon(Icon::Star, "i")} "Views"</button>
            <div class="menu" {..Popover} id=ID role="group" aria-label="Saved views" inner_html=html></div>
        }
        .eager(),
    )
}

/// Text, for it is the same until the next page.
fn menu(views: &[SavedView], current: &str) -> String {
    let mut html = Html::default();
    html.tag("<ul>");
    for view in views {
        html.tag("<li><a dir=\"auto\"")
            .attribute(" href=\"", Some(&href(&view.path)))
            .tag(if view.path == current { " aria-current=\"page\">" } else { ">" })
            .text(&view.name)
            .tag("</a></li>");
    }
    html.tag("</ul><form class=\"save-view\" method=\"post\"")
        .attribute(" action=\"", Some(&href("/form/save-view")))
        .tag("><input type=\"hidden\" name=\"path\"")
        .attribute(" value=\"", Some(current))
        .tag("><label>Save this list as <input class=\"input\" name=\"name\" required maxlength=\"60\" autocomplete=\"off\"></label>")
        .tag("<button type=\"submit\" class=\"btn sm\">Save</button></form>");
    if !views.is_empty() {
        html.tag("<ul><li class=\"rule\"><a rel=\"external\"")
            .attribute(" href=\"", Some(&href(AppConfig::VIEWS)))
            .tag(">Rename or remove</a></li></ul>");
    }
    html.into_text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, render};

    fn rendered(views: &[SavedView], current: &str) -> String {
        render(|| view! { <div inner_html=menu(views, current)></div> })
    }

    #[test]
    fn the_menu_leads_to_views_and_saves_another() {
        let view = |name: &str, path: &str| SavedView { id: "7".into(), name: name.into(), path: path.into() };
        let views = [view("APIs", "/catalog?filters%5Bkind%5D=api"), view("Mine", "/catalog?filters%5Buser%5D=owned")];
        insta::assert_snapshot!(rendered(&views, "/catalog?filters%5Buser%5D=owned"));
    }

    #[test]
    fn hostile_names_stay_text() {
        let view = SavedView { id: "7".into(), name: HOSTILE.into(), path: "/catalog".into() };
        assert_harmless(&rendered(&[view], "/catalog"));
    }
}
