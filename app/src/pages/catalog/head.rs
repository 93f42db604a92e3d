//! The head of an entity's pages: what it is, what one does with it, and its tabs.

use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{
    catalog::{EntityOverview, ListEntities, NearEntity},
    entity::annotations,
    entity_ref::EntityRef,
};

use super::{
    address,
    menu::menu,
    relations::{OWNED_BY, PART_OF},
};
use crate::{
    components::{KindIcons, entity_chip, kind_tile, owner, star_button},
    links::{entity_href, href, safe_location},
    ui::{Action, Empty, Icon, IntoEager as _, empty, icon},
};

/// A tab of an entity's pages.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tab {
    Overview,
    Raw,
}

impl Tab {
    const ALL: [Self; 2] = [Self::Overview, Self::Raw];

    fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Raw => "Raw",
        }
    }

    /// Below the path of the entity.
    fn path(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::Raw => "/raw",
        }
    }
}

/// The entity that the address of a page names.
pub(super) fn subject() -> Memo<EntityRef> {
    let params = use_params_map();
    Memo::new(move |_| {
        params.with(|params| {
            let part = |name| params.get(name).unwrap_or_default();
            EntityRef::new(part("kind"), part("namespace"), part("name"))
        })
    })
}

pub(super) fn annotation<'a>(overview: &'a EntityOverview, key: &str) -> Option<&'a str> {
    overview.annotations.get(key).map(String::as_str)
}

/// Head and tabs.
pub(super) fn head(icons: &KindIcons, overview: &EntityOverview, current: Tab) -> AnyView {
    let dot = || view! { <span class="t3 dot" aria-hidden="true">"·"</span> };
    let kind = match &overview.entity_type {
        Some(entity_type) => format!("{}, {entity_type}", overview.kind),
        None => overview.kind.clone(),
    };
    let name = (overview.title != overview.name).then(|| view! { <code>{overview.name.clone()}</code> {dot()} });
    let lifecycle = overview.lifecycle.clone().map(|lifecycle| view! { {dot()} <span dir="auto">{lifecycle}</span> });
    let owned_by = overview
        .related(OWNED_BY)
        .map(|owned_by| view! { {dot()} <span class="row g4">"owned by " {owner(Some(owned_by))}</span> });
    let part_of = overview
        .related(PART_OF)
        .map(|part_of| view! { {dot()} <span class="row g4">"part of " {entity_chip(icons, part_of, false)}</span> });
    view! {
        <div class="page-head ent-head">
            {kind_tile(icons, &overview.kind)}
            <div class="grow">
                <h1 dir="auto">{overview.title.clone()}</h1>
                <div class="sub row wrap">{name} <span>{kind}</span> {lifecycle} {owned_by} {part_of}</div>
            </div>
            <div class="actions">
                {star_button(&overview.entity_ref(), &overview.title)} {source(overview)} {menu(overview)}
            </div>
        </div>
        {tabs(&overview.entity_ref(), current)}
    }
    .eager()
}

fn tabs(entity_ref: &EntityRef, current: Tab) -> impl IntoView + use<> {
    let path = entity_href(entity_ref);
    let tab = move |tab: Tab| {
        let target = format!("{path}{}", tab.path());
        view! { <a href=target aria-current=(tab == current).then_some("page")>{tab.label()}</a> }
    };
    view! { <nav class="tabs" aria-label="Parts of this entity">{Tab::ALL.map(tab).into_iter().collect_view()}</nav> }
}

/// The source code, where an annotation names it by an address that may be a link.
fn source(overview: &EntityOverview) -> Option<impl IntoView + use<>> {
    let address = safe_location(annotation(overview, annotations::SOURCE_LOCATION)?)?;
    Some(
        view! { <a class="btn" href=address rel="noopener noreferrer external">{icon(Icon::CodeXml, "i")} "Source"</a> },
    )
}

/// Says what was looked for, and offers what is near.
pub(super) fn missing(icons: &KindIcons, wanted: &EntityRef, near: Vec<NearEntity>) -> AnyView {
    let row = |NearEntity { entity, owner: owned_by }: NearEntity| {
        let owned_by = owned_by.map(|owned_by| view! { <span class="push">{owner(Some(owned_by))}</span> });
        view! { <li>{entity_chip(icons, entity, false)} {owned_by}</li> }
    };
    let text = if near.is_empty() { "It is not in the catalog." } else { "It is not in the catalog. These are close:" };
    let search = ListEntities { kind: None, text: wanted.name.clone(), ..address::default_list() };
    let near = (!near.is_empty())
        .then(|| view! { <ul class="list near">{near.into_iter().map(row).collect_view()}</ul> }.eager());
    empty(Empty {
        symbol: Icon::SearchX,
        heading: format!("{} {}/{} does not exist", wanted.kind.to_ascii_lowercase(), wanted.namespace, wanted.name),
        whole_page: true,
        text: text.to_owned(),
        more: near,
        actions: vec![
            Action {
                label: format!("Search for “{}”", wanted.name),
                href: href(&address::of_list(&search)),
                symbol: Icon::Search,
            },
            Action { label: "Go to the catalog".to_owned(), href: href("/catalog"), symbol: Icon::LayoutList },
        ],
    })
    .eager()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{named, render};

    #[test]
    fn not_found_repeats_what_was_asked_for_and_offers_what_is_near() {
        let wanted = EntityRef::new("Component", "default", "chekout-api");
        let near = NearEntity { entity: named("component:default/checkout-api", true), owner: None };
        let html = render(|| missing(&KindIcons::from_config(), &wanted, vec![near]));
        assert!(html.contains("component default/chekout-api does not exist"), "{html}");
        assert!(html.contains(r#"href="/portal/catalog/default/component/checkout-api""#), "{html}");
    }
}
