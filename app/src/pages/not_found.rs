//! The page of an address that is none.

use client::{Answer, catalog::search_entities};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_location;
use model::catalog::{EntityMatch, EntityMatches, ListEntities};

use crate::{
    components::{KindIcons, entity_chip, owner},
    links::href,
    pages::catalog::address,
    platform::{StatusSetter, ask, use_config},
    routes,
    ui::{Action, Empty, Icon, IntoEager as _, empty, icon},
};

/// Entities that are offered.
const OFFERED: usize = 4;

/// Says which address was asked for, sets the status 404, offers what may have been meant, and leads back.
pub struct NotFoundPage {
    path: Memo<String>,
}

impl NotFoundPage {
    /// What the address says; it stays in the main module.
    pub(crate) fn data() -> Self {
        let base = use_config().base_path.clone();
        let pathname = use_location().pathname;
        let path = Memo::new(move |_| pathname.with(|path| path.strip_prefix(&*base).unwrap_or(path).to_owned()));
        Self { path }
    }

    /// The page.
    pub(crate) fn view(&self) -> AnyView {
        let path = self.path;
        // A route of its own would be one more line in the table of what is shipped.
        #[cfg(debug_assertions)]
        if path.with_untracked(|path| path == super::kit::PATH) {
            return super::kit::view();
        }
        let near = ask(move || search_entities(&path.with(|path| words(path)), OFFERED));
        let status: StatusSetter = expect_context();
        let icons = KindIcons::from_config();
        let content = move || {
            // What is near is only an offer.
            let matches = near.get().map(|answer: Answer| answer.decode::<EntityMatches>().unwrap_or_default())?;
            // After the answer, whose own status does not matter.
            status.set(404);
            Some(path.with(|path| page(&icons, path, matches.items)))
        };
        view! {
            <Title text="Not found"/>
            <Transition>{content}</Transition>
        }
        .into_any()
    }
}

/// What of a path may be a name: its last part, decoded.
fn words(path: &str) -> String {
    let last = path.rsplit('/').find(|part| !part.is_empty()).unwrap_or_default();
    let encoded = last.replace('+', "%2B");
    form_urlencoded::parse(encoded.as_bytes()).next().map(|(name, _)| name.into_owned()).unwrap_or_default()
}

fn page(icons: &KindIcons, path: &str, near: Vec<EntityMatch>) -> AnyView {
    let pages: Vec<_> = near_pages(path);
    let page_row = |item: &'static routes::NavItem| {
        view! { <li><a class="ent" href=href(item.path)>{icon(item.icon, "i")} <span>{item.label}</span></a></li> }
    };
    let entity_row = |EntityMatch { entity, owner: owned_by, .. }: EntityMatch| {
        let owned_by = owned_by.map(|owned_by| view! { <span class="push">{owner(Some(owned_by))}</span> });
        view! { <li>{entity_chip(icons, entity, false)} {owned_by}</li> }
    };
    let is_known = !pages.is_empty() || !near.is_empty();
    let text = if is_known {
        format!("Nothing is at {path}. These are close:")
    } else {
        format!("Nothing is at {path}. The link may be old, or mistyped.")
    };
    let more = is_known.then(|| {
        let pages = pages.into_iter().map(page_row).collect_view();
        let entities = near.into_iter().map(entity_row).collect_view();
        view! { <ul class="list near">{pages} {entities}</ul> }.eager()
    });
    let search = ListEntities { kind: None, text: words(path), ..address::default_list() };
    let search = Action {
        label: format!("Search for “{}”", words(path)),
        href: href(&address::of_list(&search)),
        symbol: Icon::Search,
    };
    let to_catalog = Action { label: "Go to the catalog".to_owned(), href: href("/catalog"), symbol: Icon::LayoutList };
    empty(Empty {
        symbol: Icon::SearchX,
        heading: "There is no page here".to_owned(),
        whole_page: true,
        text,
        more,
        actions: vec![search, to_catalog],
    })
    .eager()
}

/// Pages whose last part is one or two slips away from the path's.
fn near_pages(path: &str) -> Vec<&'static routes::NavItem> {
    let wanted = words(path).to_ascii_lowercase();
    let items = routes::NAVIGATION.iter().flat_map(|group| group.items);
    let is_near = |item: &&routes::NavItem| {
        let name = item.path.rsplit('/').next().unwrap_or_default();
        !name.is_empty() && !wanted.is_empty() && slips(&wanted, name) <= 2.min(name.len() / 2)
    };
    items.filter(is_near).collect()
}

/// Letters to put in, leave out or replace, to get from one word to the other (Levenshtein).
fn slips(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (at, letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = at + 1;
        for (column, other) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, named, render};

    #[test]
    fn the_last_part_of_a_path_is_looked_for() {
        for (path, expected) in [("/docs/chekout-api/", "chekout-api"), ("/a%20b", "a b"), ("/a+b", "a+b"), ("/", "")] {
            assert_eq!(words(path), expected, "{path}");
        }
    }

    #[test]
    fn a_page_is_near_where_a_slip_leads_to_it() {
        let labels = |path| near_pages(path).into_iter().map(|item| item.label).collect::<Vec<_>>();
        assert_eq!(labels("/setings"), ["Settings"]);
        assert_eq!(labels("/Problem"), ["Problems"]);
        assert_eq!(labels("/catalgo"), ["Catalog"]);
        assert_eq!(labels("/zebra"), [""; 0]);
    }

    #[test]
    fn what_is_near_is_offered_and_hostile_text_stays_text() {
        let near = EntityMatch {
            entity: named("component:default/checkout-api", true),
            kind: "Component".into(),
            entity_type: None,
            owner: Some(named(HOSTILE, true)),
        };
        let html = render(|| page(&KindIcons::from_config(), &format!("/{HOSTILE}"), vec![near]));
        assert!(html.contains("/portal/catalog/default/component/checkout-api"), "{html}");
        assert_harmless(&html);
    }
}
