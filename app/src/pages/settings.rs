//! `/settings`: what a visitor chose. It is a plain form: the server keeps the choices in cookies and renders each page by them,
//! so that nothing changes before a visitor's eyes.

use client::{Answer, catalog::list_entities};
use leptos::prelude::*;
use leptos_meta::Title;
use model::{
    app::{AppConfig, DateLanguage, Density, Preferences, Theme},
    catalog::{EntityList, ListEntities},
    entity_ref::EntityRef,
};

use crate::{
    components::avatar,
    links::{canonical, href},
    platform::{ask, use_config},
    ui::{Icon, IntoEager as _, icon, load},
};

/// Groups to choose from; who has more finds the others by the page of a group.
const MAX_GROUPS: usize = 100;

/// `/settings`.
pub struct SettingsPage;

impl SettingsPage {
    /// What the address says; it stays in the main module.
    pub(crate) fn data() -> Self {
        Self
    }

    /// The page.
    pub(crate) fn view() -> AnyView {
        let groups = || {
            list_entities(&ListEntities {
                kind: Some("group".to_owned()),
                limit: Some(MAX_GROUPS),
                ..ListEntities::default()
            })
        };
        let config = use_config();
        view! {
            <Title text="Settings"/>
            {load(ask(groups), skeleton, move |answer: &Answer| Ok(page(&config, answer.decode()?)))}
        }
        .into_any()
    }
}

/// A value of a field, its name, and what it means.
type Choice = (&'static str, &'static str, &'static str);

fn page(config: &AppConfig, groups: EntityList) -> AnyView {
    let Preferences { density, dates, teams, .. } = config.preferences.clone();
    let themes = [
        (Theme::System.as_str(), "As the system", "follows what this device says"),
        (Theme::Light.as_str(), "Light", ""),
        (Theme::Dark.as_str(), "Dark", ""),
    ];
    let densities = Density::ALL.map(|density| match density {
        Density::Comfortable => (density.as_str(), "Comfortable", "rows of 44 px"),
        Density::Standard => (density.as_str(), "Standard", "rows of 38 px"),
        Density::Compact => (density.as_str(), "Compact", "rows of 32 px"),
    });
    let languages = DateLanguage::ALL.map(|language| match language {
        DateLanguage::English => (language.as_str(), "English", "26 min ago, 19 Nov 2026, 08:12"),
        DateLanguage::German => (language.as_str(), "Deutsch", "vor 26 min, 19.11.2026, 08:12"),
        DateLanguage::Iso => (language.as_str(), "ISO 8601", "2026-11-19 08:12"),
    });
    view! {
        <div class="page-head"><h1>"Settings"</h1></div>
        <div class="split">
            <form class="settings" method="post" action=href("/form/set-preferences")>
                {choices("Colour scheme", Theme::COOKIE, &themes, config.theme.as_str())}
                {choices("Density", Preferences::DENSITY, &densities, density.as_str())}
                {choices("Dates and times", Preferences::DATES, &languages, dates.as_str())}
                {my_teams(groups, &teams)}
                <div class="row">
                    <button type="submit" class="btn primary">"Save"</button>
                    <span class="t3 fs12">"Kept in this browser."</span>
                </div>
            </form>
            {shortcuts()}
        </div>
    }
    .eager()
}

fn choices(legend: &'static str, name: &'static str, choices: &[Choice], chosen: &str) -> impl IntoView + use<> {
    let chosen = chosen.to_owned();
    let choice = |(value, label, meaning): &Choice| {
        let checked = *value == chosen;
        let meaning =
            (!meaning.is_empty()).then_some(*meaning).map(|meaning| view! { <span class="t3">{meaning}</span> });
        view! {
            <label>
                <input type="radio" name=name value=*value checked=checked/>
                <span>{*label}</span>
                {meaning}
            </label>
        }
    };
    view! { <fieldset><legend>{legend}</legend> {choices.iter().map(choice).collect_view()}</fieldset> }
}

fn my_teams(groups: EntityList, chosen: &[String]) -> impl IntoView + use<> {
    let hidden = groups.total.saturating_sub(groups.items.len() as u64);
    let mut teams: Vec<(EntityRef, String, bool)> = groups
        .items
        .into_iter()
        .map(|row| {
            let title = row.title.unwrap_or_else(|| row.name.clone());
            (EntityRef::new(row.kind, row.namespace, row.name), title, true)
        })
        .collect();
    // A team that is gone, or further down, stays until it is unticked.
    for team in chosen {
        if !teams.iter().any(|(known, ..)| canonical(known) == *team)
            && let Ok(entity_ref) = EntityRef::parse_full(team)
        {
            let name = entity_ref.name.clone();
            teams.push((entity_ref, name, hidden > 0));
        }
    }
    let is_empty = teams.is_empty();
    let team = |(entity_ref, title, exists): (EntityRef, String, bool)| {
        let value = canonical(&entity_ref);
        let checked = chosen.contains(&value);
        let face = avatar(&entity_ref, &title);
        let gone = (!exists).then(|| view! { <span class="t3">"does not exist"</span> });
        view! {
            <label title=value.clone()>
                <input type="checkbox" name=Preferences::TEAMS value=value.clone() checked=checked/>
                {face}
                <span dir="auto">{title}</span>
                {gone}
            </label>
        }
    };
    let teams = teams.into_iter().map(team).collect_view();
    let none = is_empty.then(|| view! { <p class="t3 fs13">"The catalog has no groups yet."</p> });
    let others = (hidden > 0).then(
        || view! { <p class="t3 fs12">{format!("and {hidden} more groups, which can’t be chosen here yet")}</p> },
    );
    view! {
        <fieldset>
            <legend>"My teams"</legend>
            <p class="t2 fs13">
                {format!("You are a guest, and Callboard does not know your teams. Say which are yours, at most {}: what they own, and what is wrong with it, then stands on your home page.", Preferences::MAX_TEAMS)}
            </p>
            {none}
            <div class="team-choices">{teams}</div>
            {others}
        </fieldset>
    }
}

/// What keys do, by page.
const SHORTCUTS: [(&[&str], &str); 6] = [
    (&["/"], "search entities and pages; Ctrl K too"),
    (&["j", "k"], "next and previous row of a list"),
    (&["s"], "star the row, or take its star away"),
    (&["Enter"], "open what has the focus"),
    (&["Tab"], "next link or control; the first one leads past the navigation"),
    (&["Esc"], "close what is open, clear a search"),
];

fn shortcuts() -> impl IntoView {
    let shortcut = |(keys, what): (&'static [&'static str], &'static str)| {
        let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> " " }).collect_view();
        view! { <dt>{keys}</dt> <dd>{what}</dd> }
    };
    view! {
        <aside aria-label="Keyboard shortcuts">
            <div class="sec-head"><h2>{icon(Icon::Keyboard, "i")} "Keyboard"</h2></div>
            <dl class="kv shortcuts">{SHORTCUTS.map(shortcut)}</dl>
        </aside>
    }
}

fn skeleton() -> AnyView {
    view! {
        <div class="page-head"><h1>"Settings"</h1></div>
        <div class="settings" aria-hidden="true"><span class="skel w2"></span><span class="skel w4"></span><span class="skel w1"></span></div>
        <p class="sr" role="status">"Loading the settings"</p>
    }
    .eager()
}

#[cfg(test)]
mod tests {
    use model::catalog::EntityRow;

    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, full_row, render};

    fn group(name: &str) -> EntityRow {
        EntityRow { kind: "Group".into(), title: None, ..full_row(name) }
    }

    fn config(teams: &[&str]) -> AppConfig {
        let teams = teams.iter().map(|team| (*team).to_owned()).collect();
        let preferences = Preferences { density: Density::Compact, teams, ..Preferences::default() };
        AppConfig { theme: Theme::Dark, preferences, ..AppConfig::default() }
    }

    #[test]
    fn what_was_chosen_is_chosen_and_a_team_that_is_gone_is_said_to_be() {
        let groups = EntityList { items: vec![group("payments"), group("search")], total: 2, ..EntityList::default() };
        insta::assert_snapshot!(render(|| page(&config(&["group:default/gone", "group:default/payments"]), groups)));
    }

    #[test]
    fn a_catalog_without_groups_says_so() {
        let html = render(|| page(&config(&[]), EntityList::default()));
        assert!(html.contains("The catalog has no groups yet."), "{html}");
    }

    #[test]
    fn hostile_text_stays_text() {
        let groups = EntityList {
            items: vec![EntityRow { title: Some(HOSTILE.into()), ..group("x") }],
            total: 1,
            ..EntityList::default()
        };
        assert_harmless(&render(|| page(&config(&[]), groups)));
    }
}
