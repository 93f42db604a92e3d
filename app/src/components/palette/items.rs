//! What the palette offers.

use model::{
    catalog::{EntityMatch, ListEntities},
    entity_ref::EntityRef,
};

use crate::{
    components::entity_name,
    pages::catalog::address,
    routes::{self, NavItem},
    ui::Icon,
};

/// Something that one can go to or do.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    pub(super) label: String,
    /// What it is, or whose.
    pub(super) beside: String,
    /// Below the base path; or, without a slash at its beginning, the name of an [`ACTIONS`] item.
    pub(super) path: String,
    pub(super) symbol: Symbol,
}

/// What can be done from any page: name, label and icon.
const ACTIONS: [(&str, &str, Icon); 3] = [
    ("theme", "Switch the colour scheme", Icon::SunMoon),
    ("link", "Copy the link to this page", Icon::Copy),
    ("read", "Read all sources now", Icon::RefreshCw),
];

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Symbol {
    /// Of a kind.
    Kind(String),
    /// Of a page.
    Page(Icon),
}

/// Items under a heading.
pub(super) type Section = (&'static str, Vec<Item>);

/// What is offered: with nothing typed what was seen last and the pages, else what was found, what was seen before first.
pub(super) fn sections(query: &str, recent: &[String], found: &[EntityMatch]) -> Vec<Section> {
    let query = query.trim();
    let sections = if query.is_empty() {
        vec![
            ("Recently visited", recent.iter().filter_map(|text| seen(text)).collect()),
            ("Pages", pages("")),
            ("Actions", actions("")),
        ]
    } else {
        let everything = ListEntities { kind: None, text: query.to_owned(), ..address::default_list() };
        let everything = Item {
            label: format!("All entities that match “{query}”"),
            beside: String::new(),
            path: address::of_list(&everything),
            symbol: Symbol::Page(Icon::Search),
        };
        vec![
            ("Entities", entities(recent, found)),
            ("Pages", pages(query)),
            ("Actions", actions(query)),
            ("Catalog", vec![everything]),
        ]
    };
    sections.into_iter().filter(|(_, items)| !items.is_empty()).collect()
}

fn entities(recent: &[String], found: &[EntityMatch]) -> Vec<Item> {
    let mut found: Vec<&EntityMatch> = found.iter().collect();
    // Stable: what was never seen keeps its rank.
    let place = |item: &&EntityMatch| recent.iter().position(|seen| *seen == item.entity.entity_ref);
    found.sort_by_key(|item| place(item).unwrap_or(usize::MAX));
    found.into_iter().filter_map(entity).collect()
}

fn entity(found: &EntityMatch) -> Option<Item> {
    let entity_ref = EntityRef::parse_full(&found.entity.entity_ref).ok()?;
    let kind = match &found.entity_type {
        Some(entity_type) => format!("{}, {entity_type}", found.kind),
        None => found.kind.clone(),
    };
    let owner = found.owner.as_ref().map(|owner| format!(", {}", owner.title)).unwrap_or_default();
    let label = if found.entity.title.is_empty() { entity_name(&entity_ref) } else { found.entity.title.clone() };
    Some(Item {
        label,
        beside: format!("{kind}{owner}"),
        path: path(&entity_ref),
        symbol: Symbol::Kind(found.kind.clone()),
    })
}

fn seen(text: &str) -> Option<Item> {
    let entity_ref = EntityRef::parse_full(text).ok()?;
    Some(Item {
        label: entity_name(&entity_ref),
        beside: entity_ref.kind.clone(),
        path: path(&entity_ref),
        symbol: Symbol::Kind(entity_ref.kind),
    })
}

fn path(EntityRef { kind, namespace, name }: &EntityRef) -> String {
    format!("/catalog/{namespace}/{}/{name}", kind.to_ascii_lowercase())
}

fn pages(query: &str) -> Vec<Item> {
    let all = routes::NAVIGATION.iter().flat_map(|group| group.items);
    all.filter_map(|NavItem { label, path, icon }| named(query, path, label, *icon)).collect()
}

fn actions(query: &str) -> Vec<Item> {
    ACTIONS.iter().filter_map(|(name, label, icon)| named(query, name, label, *icon)).collect()
}

fn named(query: &str, path: &str, label: &str, icon: Icon) -> Option<Item> {
    let is_meant = label.to_ascii_lowercase().contains(&query.to_ascii_lowercase());
    is_meant.then(|| Item {
        label: label.to_owned(),
        beside: String::new(),
        path: path.to_owned(),
        symbol: Symbol::Page(icon),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::named;

    fn found(name: &str) -> EntityMatch {
        EntityMatch {
            entity: named(&format!("component:default/{name}"), true),
            kind: "Component".into(),
            entity_type: Some("service".into()),
            owner: Some(model::catalog::RowRef { title: "payments".into(), ..named("group:default/payments", true) }),
        }
    }

    #[test]
    fn nothing_typed_offers_what_was_seen_last_and_the_pages() {
        let sections = sections(" ", &["api:default/orders".into(), "nonsense".into()], &[]);
        assert_eq!(sections[0].0, "Recently visited");
        assert_eq!(sections[0].1[0].path, "/catalog/default/api/orders");
        assert_eq!((sections[0].1.len(), sections[1].0, sections[2].0), (1, "Pages", "Actions"));
    }

    #[test]
    fn what_was_seen_before_comes_first_and_the_list_last() {
        let recent = ["component:default/ledger-two".into()];
        let sections = sections("set", &recent, &[found("ledger"), found("ledger-two")]);
        let labels: Vec<_> = sections[0].1.iter().map(|item| (item.label.as_str(), item.beside.as_str())).collect();
        assert_eq!(
            labels,
            [("ledger-two", "Component, service, payments"), ("ledger", "Component, service, payments")]
        );
        assert_eq!(sections[1].1[0].label, "Settings");
        assert_eq!(sections[2].1[0].path, "/catalog?filters[kind]=all&filters[text]=set");
    }
}
