//! `/kit`: every widget in every state, on one page to be looked at and measured. Debug builds only.

use leptos::prelude::*;
use leptos_meta::Title;
use model::{
    catalog::{Position, Problem, ProblemCode, RowRef},
    entity::Level,
    entity_ref::EntityRef,
};

use crate::{
    components::{
        KindIcons, Side, avatar, entity_chip, kind_tile, owner, problem_callouts, time, unattached_problems,
        write_relation_graph,
    },
    ui::{Action, Empty, Html, Icon, IntoEager as _, Mark, empty, icon, mark},
};

/// Where it is, below the base path.
pub(super) const PATH: &str = "/kit";

const KINDS: [&str; 8] = ["component", "api", "system", "domain", "resource", "group", "user", "location"];

/// What is classes alone, as pages write it. Nobody changes it, so it is no tree of components.
const CONTROLS: &str = include_str!("kit/controls.html");

/// The page.
pub(super) fn view() -> AnyView {
    let icons = KindIcons::from_config();
    view! {
        <Title text="Kit"/>
        <h1>"Kit"</h1>
        <div class="kit">
            {section("States", states())}
            {section("Icons", all_icons())}
            {section("Controls, tags, tables, skeletons", view! { <div inner_html=CONTROLS></div> }.eager())}
            {section("Kinds and entities", entities(&icons))}
            {section("Owners and avatars", owners())}
            {section("Times", times())}
            {section("Problems", problems())}
            {section("Relations", relations(&icons))}
            {section("Empty", nothing())}
        </div>
    }
    .into_any()
}

fn section(heading: &'static str, content: AnyView) -> AnyView {
    view! { <section aria-label=heading><h2>{heading}</h2> {content}</section> }.eager()
}

fn states() -> AnyView {
    let states = [(Mark::Ok, "well"), (Mark::Warn, "warning"), (Mark::Bad, "error"), (Mark::Unknown, "unknown")];
    let state = |(of, word)| view! { <span class="sample">{mark(of)} {word}</span> };
    view! { <p class="samples">{states.map(state).collect_view()}</p> }.eager()
}

fn all_icons() -> AnyView {
    let of = |symbol: Icon| view! { <span class="sample">{icon(symbol, "i")} {format!("{symbol:?}")}</span> };
    view! { <p class="samples">{Icon::ALL.map(of).collect_view()}</p> }.eager()
}

fn entities(icons: &KindIcons) -> AnyView {
    let tiles = KINDS.map(|kind| view! { <span class="sample">{kind_tile(icons, kind)} {kind}</span> }).collect_view();
    let chips = [false, true].map(|boxed| {
        let long = format!("component:default/{}", "long-".repeat(12));
        let targets = [named("api:default/orders-v2", true), named("system:default/gone", false), named(&long, true)];
        let chip = |target| view! { <li>{entity_chip(icons, target, boxed)}</li> };
        view! { <ul class="list">{targets.map(chip).collect_view()}</ul> }
    });
    view! { <p class="samples">{tiles}</p> {chips.collect_view()} }.eager()
}

fn owners() -> AnyView {
    let owners = [
        Some(named("group:default/payments", true)),
        Some(named("user:default/mara", true)),
        Some(named("group:default/gone", false)),
        None,
    ];
    let owners = owners.map(|of| view! { <span class="sample">{owner(of)}</span> }).collect_view();
    // Each hue once, or nearly.
    let teams = ["data", "checkout", "payments", "platform", "mobile", "search", "web", "storefront"];
    let avatars = teams.map(|team| avatar(&EntityRef::new("group", "default", team), team)).collect_view();
    view! { <p class="samples">{owners}</p> <p class="samples">{avatars}</p> }.eager()
}

fn times() -> AnyView {
    let times = ["2026-11-19T07:46:00Z", "2026-11-12T08:12:30Z", "2020-02-29T23:59:59Z", "no time"];
    let of = |at| view! { <span class="sample">{time(at)}</span> };
    view! { <p class="samples">{times.map(of).collect_view()}</p> }.eager()
}

fn problems() -> AnyView {
    let every = vec![
        problem(ProblemCode::InvalidYaml, Level::Error, "not valid YAML: this does not fit to the lines above"),
        problem(
            ProblemCode::DanglingReference,
            Level::Warning,
            "`spec.system` names `system:default/gone`, which does not exist",
        ),
        problem(ProblemCode::Orphan, Level::Info, "no location leads to it any more"),
    ];
    view! { {unattached_problems(every.clone(), 12)} {problem_callouts(every)} }.eager()
}

fn relations(icons: &KindIcons) -> AnyView {
    let side = |words: &str, targets: Vec<RowRef>, total| Side { words: words.to_owned(), targets, total };
    let before = vec![side("consumed by", vec![named("component:default/web", true)], 1)];
    let many = (0..5).map(|at| named(&format!("api:default/a{at}"), at != 1)).collect();
    let after = vec![side("provides", vec![named("api:default/v2", true)], 1), side("consumes", many, 30)];
    let mut html = Html::default();
    write_relation_graph(&mut html, icons, &EntityRef::new("component", "default", "checkout-api"), &before, &after);
    view! { <div inner_html=html.into_text()></div> }.eager()
}

fn nothing() -> AnyView {
    empty(Empty {
        symbol: Icon::SearchX,
        heading: "Nothing matches".to_owned(),
        whole_page: false,
        text: "No component has all of these.".to_owned(),
        more: None,
        actions: vec![Action { label: "Clear the filters".to_owned(), href: String::new(), symbol: Icon::X }],
    })
    .eager()
}

fn named(entity_ref: &str, exists: bool) -> RowRef {
    let (_, name) = entity_ref.split_once('/').expect("each ref here names its namespace");
    RowRef { entity_ref: entity_ref.to_owned(), title: name.to_owned(), exists }
}

fn problem(code: ProblemCode, level: Level, message: &str) -> Problem {
    Problem {
        code,
        level,
        message: message.to_owned(),
        hint: Some("mend the file".to_owned()),
        entity_ref: None,
        location: Some("file:/acme/catalog-info.yaml".to_owned()),
        position: Some(Position { line: 14, column: 9 }),
        target_ref: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::render;

    #[test]
    fn every_widget_in_every_state() {
        let sections = || view! { {states()} {all_icons()} {entities(&KindIcons::from_config())} {owners()} {times()} {problems()} {relations(&KindIcons::from_config())} {nothing()} };
        insta::assert_snapshot!(render(sections));
    }
}
