use client::{Answer, catalog::entity_removal};
use leptos::prelude::*;
use model::{
    catalog::{EntityRemoval, RemovalWay},
    entity_ref::EntityRef,
};

use super::{head::subject, relations};
use crate::{
    components::{KindIcons, write_entity_chip, write_location},
    links::{entity_href, href},
    platform::ask_once,
    ui::{Html, Icon, IntoEager as _, Mark, load, title, write_mark},
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
        // Not again when the catalog changes: the first change is likely to be the visitor's own, while the next page is on its way.
        let removal = ask_once(move || entity_removal(&entity_ref.get()));
        let icons = KindIcons::from_config();
        let content = move |answer: &Answer| {
            let entity_ref = entity_ref.get();
            match answer.status() {
                404 => Ok(missing(&entity_ref)),
                _ => Ok(page(&icons, &entity_ref, &answer.decode()?)),
            }
        };
        view! {
            {title(move || entity_ref.with(|entity_ref| format!("Unregister {}", entity_ref.name)))}
            {load(removal, skeleton, content)}
        }
        .into_any()
    }
}

fn page(icons: &KindIcons, entity_ref: &EntityRef, removal: &EntityRemoval) -> AnyView {
    let is_possible = !removal.key.is_empty() && !removal.is_read_only;
    let mut html = Html::default();
    html.tag("<div class=\"page-head\"><div class=\"grow\"><h1 dir=\"auto\">Unregister ")
        .text(&removal.entity.title)
        .tag("</h1></div></div>");
    write_how(&mut html, removal);
    if is_possible {
        write_going(&mut html, icons, removal);
        if removal.dangling_total > 0 && !removal.keeps_orphans {
            write_dangling(&mut html, icons, removal);
        }
    }
    html.tag("<div class=\"row wrap foot\">");
    if is_possible {
        write_button(&mut html, removal);
    }
    html.tag("<a class=\"btn\"").attribute(" href=\"", Some(&entity_href(entity_ref)));
    html.tag(if is_possible { ">Keep it</a></div>" } else { ">Back to the entity</a></div>" });
    view! { <div class="unregister" inner_html=html.into_text()></div> }.eager()
}

/// There is nothing to unregister.
fn missing(entity_ref: &EntityRef) -> AnyView {
    let mut html = Html::default();
    html.tag("<div class=\"page-head\"><h1>")
        .text(&entity_ref.name)
        .tag(" does not exist</h1></div><p>There is nothing to unregister. <a");
    html.attribute(" href=\"", Some(&href("/catalog"))).tag(">Go to the catalog</a></p>");
    view! { <div class="unregister" inner_html=html.into_text()></div> }.eager()
}

/// What is removed; or why nothing can be, and what to do instead.
fn write_how(html: &mut Html, removal: &EntityRemoval) {
    let before = match removal.way {
        _ if removal.is_read_only => {
            return write_refusal(html, "This catalog is read-only", |html| {
                html.tag("Locations are neither registered nor unregistered here, because <code>catalog.readonly</code> is set.");
            });
        }
        RemovalWay::Location => "<p>It came in through a location that somebody registered: ",
        RemovalWay::Entity => {
            html.tag("<p>No location leads to it any more. It stays until somebody deletes it.</p>");
            return;
        }
        RemovalWay::Configuration => {
            return write_refusal(html, "The configuration names its location", |html| {
                write_location(html, &removal.source);
                html.tag(
                    " stands under <code>catalog.locations</code> or <code>catalog.providers</code> in the configuration, so it can’t be \
                     unregistered here. Take the entity out of its file, or the location out of the configuration.",
                );
            });
        }
        RemovalWay::Backstage => {
            return write_refusal(html, "It comes from another catalog", |html| {
                write_location(html, &removal.source);
                html.tag(" lists it. Unregister it there; it goes from here when that catalog is next read.");
            });
        }
    };
    html.tag(before);
    write_location(html, &removal.source);
    html.tag(
        ". The location is what is unregistered, with all that only it leads to. The files stay as they are; whoever registers it again has \
         it back.</p>",
    );
}

fn write_refusal(html: &mut Html, heading: &'static str, why: impl FnOnce(&mut Html)) {
    html.tag("<div class=\"callout info\">");
    Icon::Info.write(html, "i");
    html.tag("<div><b>").tag(heading).tag("</b> <p>");
    why(html);
    html.tag("</p></div></div>");
}

fn write_heading(html: &mut Html, heading: &'static str, symbol: Option<Mark>, count: u64) {
    html.tag("<section class=\"section\" aria-label=\"").tag(heading).tag("\"><div class=\"sec-head\">");
    if let Some(symbol) = symbol {
        write_mark(html, symbol);
    }
    html.tag("<h2>").tag(heading).tag("</h2> <span class=\"count\">").text(&count.to_string()).tag("</span></div>");
}

fn write_rest(html: &mut Html, total: u64, shown: usize) {
    let rest = total.saturating_sub(shown as u64);
    if rest > 0 {
        html.tag("<p class=\"and-more t3 fs13 num\">and ").text(&rest.to_string()).tag(" more</p>");
    }
    html.tag("</section>");
}

fn write_going(html: &mut Html, icons: &KindIcons, removal: &EntityRemoval) {
    let heading = match (removal.keeps_orphans, removal.goes_total) {
        (true, _) => "What stays without a location",
        (false, 1) => "What goes",
        (false, _) => "All that goes",
    };
    write_heading(html, heading, None, removal.goes_total);
    if removal.keeps_orphans {
        html.tag(
            "<p class=\"t2 fs13\">These stay, marked as orphans, until somebody deletes them, because <code>catalog.orphanStrategy</code> is \
             <code>keep</code>.</p>",
        );
    }
    html.tag("<ul class=\"ents\">");
    for entity in &removal.goes {
        html.tag("<li>");
        write_entity_chip(html, icons, entity, true);
        html.tag("</li>");
    }
    html.tag("</ul>");
    write_rest(html, removal.goes_total, removal.goes.len());
}

/// What will refer to nothing.
fn write_dangling(html: &mut Html, icons: &KindIcons, removal: &EntityRemoval) {
    write_heading(html, "What will refer to nothing", Some(Mark::Warn), removal.dangling_total);
    html.tag("<ul class=\"list\">");
    for after in &removal.dangling {
        html.tag("<li>");
        write_entity_chip(html, icons, &after.entity, false);
        html.tag(" <span class=\"t3\">").text(&relations::words(&after.relation_type)).tag("</span> ");
        write_entity_chip(html, icons, &after.target, false);
        html.tag("</li>");
    }
    html.tag("</ul>");
    write_rest(html, removal.dangling_total, removal.dangling.len());
}

fn write_button(html: &mut Html, removal: &EntityRemoval) {
    html.tag("<form method=\"post\"").attribute(" action=\"", Some(&href("/form/unregister-entity")));
    html.tag("><input type=\"hidden\" name=\"entity_ref\"").attribute(" value=\"", Some(&removal.entity.entity_ref));
    html.tag("><input type=\"hidden\" name=\"key\"").attribute(" value=\"", Some(&removal.key));
    html.tag("><button type=\"submit\" class=\"btn danger\">");
    Icon::Trash2.write(html, "i");
    html.tag(if removal.way == RemovalWay::Entity {
        "Delete it</button></form>"
    } else {
        "Unregister the location</button></form>"
    });
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
    use model::catalog::{DanglingAfter, RowRef};

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

    fn rendered(removal: &EntityRemoval) -> String {
        let entity_ref = EntityRef::new("component", "default", "web");
        render(|| page(&KindIcons::from_config(), &entity_ref, removal))
    }

    #[test]
    fn a_location_goes_with_all_that_it_brought() {
        insta::assert_snapshot!(rendered(&removal(RemovalWay::Location, "018f")));
    }

    #[test]
    fn what_can_not_be_done_is_not_offered_and_says_why() {
        let read_only = EntityRemoval { is_read_only: true, ..removal(RemovalWay::Location, "018f") };
        for (removal, why) in [
            (removal(RemovalWay::Configuration, ""), "The configuration names its location"),
            (removal(RemovalWay::Backstage, ""), "It comes from another catalog"),
            (read_only, "This catalog is read-only"),
        ] {
            let html = rendered(&removal);
            assert!(html.contains(why) && !html.contains("<form"), "{html}");
        }
    }

    #[test]
    fn an_orphan_is_deleted_alone() {
        let html = rendered(&removal(RemovalWay::Entity, "component:default/web"));
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
        assert_harmless(&rendered(&hostile));
    }
}
