use client::{Answer, catalog::entity_removal};
use leptos::prelude::*;
use model::{
    catalog::{DanglingAfter, EntityRemoval, RemovalWay, RowRef},
    entity_ref::EntityRef,
};

use super::{
    head::{missing, subject},
    relations,
};
use crate::{
    components::{KindIcons, entity_chip, location},
    links::{entity_href, href},
    platform::ask,
    ui::{Icon, IntoEager as _, Mark, icon, load, mark, title},
};

/// `/catalog/:namespace/:kind/:name/unregister`: what goes with an entity, and the button that does it.
pub struct UnregisterPage {
    entity_ref: Memo<EntityRef>,
}

impl UnregisterPage {
    /// What the address says; it stays in the main module.
    pub(crate) fn data() -> Self {
        Self { entity_ref: subject() }
    }

    /// The page.
    pub(crate) fn view(&self) -> AnyView {
        let entity_ref = self.entity_ref;
        let removal = ask(move || entity_removal(&entity_ref.get()));
        let icons = KindIcons::from_config();
        let content = move |answer: &Answer| {
            let entity_ref = entity_ref.get();
            match answer.status() {
                404 => Ok(missing(&icons, &entity_ref, Vec::new())),
                _ => Ok(page(&icons, &entity_ref, answer.decode()?)),
            }
        };
        view! {
            {title(move || entity_ref.with(|entity_ref| format!("Unregister {}", entity_ref.name)))}
            {load(removal, skeleton, content)}
        }
        .into_any()
    }
}

fn page(icons: &KindIcons, entity_ref: &EntityRef, removal: EntityRemoval) -> AnyView {
    let heading = format!("Unregister {}", removal.entity.title);
    let is_possible = !removal.key.is_empty() && !removal.is_read_only;
    let how = how(&removal);
    let going = is_possible.then(|| going(icons, &removal));
    let button = is_possible.then(|| button(&removal));
    view! {
        <div class="page-head"><div class="grow"><h1 dir="auto">{heading}</h1></div></div>
        <div class="unregister">
            {how}
            {going}
            <div class="row wrap foot">
                {button}
                <a class="btn" href=entity_href(entity_ref)>{if is_possible { "Keep it" } else { "Back to the entity" }}</a>
            </div>
        </div>
    }
    .eager()
}

/// What is removed; or why nothing can be, and what to do instead.
fn how(removal: &EntityRemoval) -> AnyView {
    let source = location(&removal.source, "");
    let refused = |heading: &'static str, text: AnyView| {
        view! { <div class="callout info">{icon(Icon::Info, "i")} <div><b>{heading}</b> <p>{text}</p></div></div> }
            .eager()
    };
    match removal.way {
        _ if removal.is_read_only => refused(
            "This catalog is read-only",
            view! { "Locations are neither registered nor unregistered here, because " <code>"catalog.readonly"</code> " is set." }.eager(),
        ),
        RemovalWay::Location => view! {
            <p>"It came in through a location that somebody registered: " {source}
                ". The location is what is unregistered, with all that only it leads to. The files stay as they are; whoever registers it again has it back."</p>
        }
        .eager(),
        RemovalWay::Entity => {
            view! { <p>"No location leads to it any more. It stays until somebody deletes it."</p> }.eager()
        }
        RemovalWay::Configuration => refused(
            "The configuration names its location",
            view! {
                {source} " stands under " <code>"catalog.locations"</code> " or " <code>"catalog.providers"</code>
                " in the configuration, so it can’t be unregistered here. Take the entity out of its file, or the location out of the configuration."
            }
            .eager(),
        ),
        RemovalWay::Backstage => refused(
            "It comes from another catalog",
            view! { {source} " lists it. Unregister it there; it goes from here when that catalog is next read." }.eager(),
        ),
    }
}

/// What goes, and what will then refer to nothing.
fn going(icons: &KindIcons, removal: &EntityRemoval) -> AnyView {
    let heading = match (removal.keeps_orphans, removal.goes_total) {
        (true, _) => "What stays without a location",
        (false, 1) => "What goes",
        (false, _) => "All that goes",
    };
    let kept = removal.keeps_orphans.then(|| {
        view! { <p class="t2 fs13">"These stay, marked as orphans, until somebody deletes them, because " <code>"catalog.orphanStrategy"</code> " is " <code>"keep"</code> "."</p> }
    });
    let entity = |entity: &RowRef| view! { <li>{entity_chip(icons, entity.clone(), true)}</li> };
    let goes = removal.goes.iter().map(entity).collect_view();
    let dangling = (removal.dangling_total > 0 && !removal.keeps_orphans).then(|| dangling(icons, removal));
    view! {
        <section class="section" aria-label=heading>
            <div class="sec-head"><h2>{heading}</h2> <span class="count">{removal.goes_total.to_string()}</span></div>
            {kept}
            <ul class="ents">{goes}</ul>
            {rest(removal.goes_total, removal.goes.len())}
        </section>
        {dangling}
    }
    .eager()
}

fn dangling(icons: &KindIcons, removal: &EntityRemoval) -> AnyView {
    let row = |after: &DanglingAfter| {
        view! {
            <li>
                {entity_chip(icons, after.entity.clone(), false)}
                <span class="t3">{relations::words(&after.relation_type)}</span>
                {entity_chip(icons, after.target.clone(), false)}
            </li>
        }
    };
    let rows = removal.dangling.iter().map(row).collect_view();
    view! {
        <section class="section" aria-label="What will refer to nothing">
            <div class="sec-head">{mark(Mark::Warn)} <h2>"What will refer to nothing"</h2> <span class="count">{removal.dangling_total.to_string()}</span></div>
            <ul class="list">{rows}</ul>
            {rest(removal.dangling_total, removal.dangling.len())}
        </section>
    }
    .eager()
}

fn rest(total: u64, shown: usize) -> impl IntoView + use<> {
    let rest = total.saturating_sub(shown as u64);
    (rest > 0).then(|| view! { <p class="t3 fs13 num">{format!("and {rest} more")}</p> })
}

fn button(removal: &EntityRemoval) -> AnyView {
    let label = match removal.way {
        RemovalWay::Entity => "Delete it",
        _ => "Unregister the location",
    };
    view! {
        <form method="post" action=href("/form/unregister-entity")>
            <input type="hidden" name="entity_ref" value=removal.entity.entity_ref.clone()/>
            <input type="hidden" name="key" value=removal.key.clone()/>
            <button type="submit" class="btn danger">{icon(Icon::Trash2, "i")} {label}</button>
        </form>
    }
    .eager()
}

fn skeleton() -> AnyView {
    view! {
        <div class="page-head"><span class="skel title"></span></div>
        <span class="skel w3" aria-hidden="true"></span>
        <p class="sr" role="status">"Loading what goes"</p>
    }
    .eager()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, named, render};

    fn removal(way: RemovalWay, key: &str) -> EntityRemoval {
        EntityRemoval {
            entity: RowRef { title: "Web shop".into(), ..named("component:default/web", true) },
            way,
            source: "url:https://git.example/catalog-info.yaml".into(),
            key: key.into(),
            is_read_only: false,
            keeps_orphans: false,
            goes: vec![named("component:default/web", true), named("api:default/web-api", true)],
            goes_total: 102,
            dangling: vec![DanglingAfter {
                entity: named("component:default/app", true),
                relation_type: "consumesApi".into(),
                target: named("api:default/web-api", true),
            }],
            dangling_total: 1,
        }
    }

    fn rendered(removal: EntityRemoval) -> String {
        let entity_ref = EntityRef::new("component", "default", "web");
        render(|| page(&KindIcons::from_config(), &entity_ref, removal))
    }

    #[test]
    fn a_location_goes_with_all_that_it_brought() {
        insta::assert_snapshot!(rendered(removal(RemovalWay::Location, "018f")));
    }

    #[test]
    fn what_can_not_be_done_is_not_offered_and_says_why() {
        let read_only = EntityRemoval { is_read_only: true, ..removal(RemovalWay::Location, "018f") };
        for (removal, why) in [
            (removal(RemovalWay::Configuration, ""), "The configuration names its location"),
            (removal(RemovalWay::Backstage, ""), "It comes from another catalog"),
            (read_only, "This catalog is read-only"),
        ] {
            let html = rendered(removal);
            assert!(html.contains(why) && !html.contains("<form"), "{html}");
        }
    }

    #[test]
    fn an_orphan_is_deleted_alone() {
        let html = rendered(removal(RemovalWay::Entity, "component:default/web"));
        assert!(html.contains("Delete it") && html.contains(r#"value="component:default/web""#), "{html}");
    }

    #[test]
    fn hostile_text_stays_text() {
        let hostile = EntityRemoval {
            entity: RowRef { entity_ref: HOSTILE.into(), title: HOSTILE.into(), exists: true },
            source: format!("url:{HOSTILE}"),
            goes: vec![named(HOSTILE, true)],
            ..removal(RemovalWay::Location, HOSTILE)
        };
        assert_harmless(&rendered(hostile));
    }
}
