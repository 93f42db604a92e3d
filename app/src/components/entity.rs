use std::{collections::HashMap, sync::Arc};

use leptos::prelude::*;
use model::{
    catalog::RowRef,
    entity_ref::{DEFAULT_NAMESPACE, EntityRef},
};

use crate::{
    links::entity_href,
    platform::use_config,
    ui::{Html, Icon, icon},
};

/// How each kind is shown, read from the configuration once a page.
#[derive(Clone)]
pub struct KindIcons(Arc<HashMap<String, (Icon, bool)>>);

impl KindIcons {
    /// Reads the configuration of the page.
    pub fn from_config() -> Self {
        let kinds = use_config();
        Self(Arc::new(
            kinds
                .kinds
                .iter()
                .map(|info| (info.kind.to_ascii_lowercase(), (Icon::of_kind(&info.icon), info.owned)))
                .collect(),
        ))
    }

    /// The icon in the colour of its kind. `kind` in any case.
    pub fn icon(&self, kind: &str) -> impl IntoView + use<> {
        view! { <span class=self.class(kind) aria-hidden="true"></span> }
    }

    /// The same as HTML.
    pub fn write(&self, html: &mut Html, kind: &str) {
        html.tag("<span class=\"").text(&self.class(kind)).tag("\" aria-hidden=\"true\"></span>");
    }

    /// A page may have hundreds of them, so they are masks.
    fn class(&self, kind: &str) -> String {
        ["i mask ", self.of(kind).mask(), " ", &kind_class(kind)].concat()
    }

    fn of(&self, kind: &str) -> Icon {
        self.0.get(&kind.to_ascii_lowercase()).map_or(Icon::Shapes, |(icon, _)| *icon)
    }

    /// True if entities of the kind should have an owner. `kind` in any case.
    pub fn wants_owner(&self, kind: &str) -> bool {
        self.0.get(&kind.to_ascii_lowercase()).is_some_and(|(_, owned)| *owned)
    }
}

/// `k-component` and so on. A kind is ASCII letters and digits; anything else gets no class of its own.
fn kind_class(kind: &str) -> String {
    if kind.chars().all(|c| c.is_ascii_alphanumeric()) {
        format!("k-{}", kind.to_ascii_lowercase())
    } else {
        String::new()
    }
}

/// The icon of a kind on its tile, for the head of an entity's page.
pub fn kind_tile(icons: &KindIcons, kind: &str) -> impl IntoView + use<> {
    let class = format!("kind-tile {}", kind_class(kind));
    view! { <span class=class>{icon(icons.of(kind), "i")}</span> }
}

/// The name, with its namespace where that is not the default.
pub fn entity_name(entity_ref: &EntityRef) -> String {
    if entity_ref.namespace == DEFAULT_NAMESPACE {
        entity_ref.name.clone()
    } else {
        format!("{}/{}", entity_ref.namespace, entity_ref.name)
    }
}

/// An entity in a line of text or, with `boxed`, as an object of its own. One that does not exist is struck out and no link.
pub fn entity_chip(icons: &KindIcons, target: RowRef, boxed: bool) -> impl IntoView + use<> {
    let class = match (boxed, target.exists) {
        (true, true) => "ent box",
        (false, true) => "ent",
        (true, false) => "ent box gone",
        (false, false) => "ent gone",
    };
    let entity_ref = EntityRef::parse_full(&target.entity_ref).ok();
    let symbol = entity_ref.as_ref().map(|entity_ref| icons.icon(&entity_ref.kind));
    let name = match &entity_ref {
        Some(entity_ref) if target.title.is_empty() => entity_name(entity_ref),
        None => target.entity_ref.clone(),
        Some(_) => target.title,
    };
    let href = entity_ref.filter(|_| target.exists).map(|entity_ref| entity_href(&entity_ref));
    let gone = (!target.exists).then(|| {
        let word = if boxed { "gone-word" } else { "sr" };
        view! { <small class=word>"does not exist"</small> }
    });
    view! { <a class=class href=href title=target.entity_ref>{symbol} <span dir="auto">{name}</span> {gone}</a> }
}

/// The same as HTML.
pub fn write_entity_chip(html: &mut Html, icons: &KindIcons, target: &RowRef, boxed: bool) {
    let class = match (boxed, target.exists) {
        (true, true) => "<a class=\"ent box\"",
        (false, true) => "<a class=\"ent\"",
        (true, false) => "<a class=\"ent box gone\"",
        (false, false) => "<a class=\"ent gone\"",
    };
    let entity_ref = EntityRef::parse_full(&target.entity_ref).ok();
    let href = entity_ref.as_ref().filter(|_| target.exists).map(entity_href);
    html.tag(class).attribute(" href=\"", href.as_deref()).attribute(" title=\"", Some(&target.entity_ref)).tag(">");
    if let Some(entity_ref) = &entity_ref {
        icons.write(html, &entity_ref.kind);
    }
    let untitled = entity_ref.as_ref().map_or_else(|| target.entity_ref.clone(), entity_name);
    let name = if target.title.is_empty() { &untitled } else { &target.title };
    html.tag("<span dir=\"auto\">").text(name).tag("</span>");
    if !target.exists {
        let word = if boxed { "<small class=\"gone-word\">" } else { "<small class=\"sr\">" };
        html.tag(word).tag("does not exist</small>");
    }
    html.tag("</a>");
}
