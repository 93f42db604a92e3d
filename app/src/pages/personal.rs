//! `/views`: the saved views of who has signed in.

use client::{Answer, personal::personal};
use leptos::prelude::*;
use leptos_meta::Title;
use model::personal::{Personal, SavedView};

use crate::{
    links::href,
    platform::ask_once,
    ui::{Action, Empty, Icon, IntoEager as _, empty, load},
};

/// `/views`.
pub struct ViewsPage;

impl ViewsPage {
    /// The page.
    pub(crate) fn view() -> AnyView {
        view! {
            <Title text="Saved views"/>
            {load(ask_once(personal), skeleton, move |answer: &Answer| Ok(page(answer.decode()?)))}
        }
        .into_any()
    }
}

fn page(Personal { views, .. }: Personal) -> AnyView {
    let list = if views.is_empty() {
        empty(Empty {
            symbol: Icon::LayoutList,
            heading: "You have no saved views".to_owned(),
            whole_page: false,
            text: "Narrow the catalog down to what you often look at, then press Views and save it under a name."
                .to_owned(),
            more: None,
            actions: vec![Action {
                label: "Go to the catalog".to_owned(),
                href: href("/catalog"),
                symbol: Icon::LayoutList,
            }],
        })
        .eager()
    } else {
        view! { <ul class="saved-views">{views.into_iter().map(view).collect_view()}</ul> }.eager()
    };
    view! {
        <div class="page-head"><h1>"Saved views"</h1></div>
        {list}
    }
    .eager()
}

fn view(SavedView { id, name, path }: SavedView) -> impl IntoView {
    let (rename, remove) = (format!("New name of {name}"), format!("Remove {name}"));
    let title = path.clone();
    view! {
        <li>
            <a class="grow" href=href(&path) title=title dir="auto">{name.clone()}</a>
            <form method="post" action=href("/form/rename-view")>
                <input type="hidden" name="id" value=id.clone()/>
                <input class="input" type="text" name="name" value=name required maxlength="60" aria-label=rename autocomplete="off"/>
                <button type="submit" class="btn sm">"Rename"</button>
            </form>
            <form method="post" action=href("/form/remove-view")>
                <input type="hidden" name="id" value=id/>
                <button type="submit" class="btn sm" aria-label=remove>"Remove"</button>
            </form>
        </li>
    }
}

fn skeleton() -> AnyView {
    view! {
        <div class="page-head"><h1>"Saved views"</h1></div>
        <div aria-hidden="true"><span class="skel w2"></span><span class="skel w4"></span></div>
        <p class="sr" role="status">"Loading your views"</p>
    }
    .eager()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, render};

    fn saved(name: &str) -> Personal {
        let view = SavedView { id: "7".into(), name: name.into(), path: "/catalog?filters[kind]=api".into() };
        Personal { views: vec![view], ..Personal::default() }
    }

    #[test]
    fn views_are_renamed_and_removed_by_forms() {
        insta::assert_snapshot!(render(|| page(saved("APIs"))));
    }

    #[test]
    fn who_has_none_is_told_how_to_save_one() {
        let html = render(|| page(Personal::default()));
        assert!(html.contains("You have no saved views") && html.contains("/portal/catalog"), "{html}");
    }

    #[test]
    fn hostile_names_stay_text() {
        assert_harmless(&render(|| page(saved(HOSTILE))));
    }
}
