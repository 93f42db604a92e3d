//! `/`: what concerns the visitor, and the way to everything else.

use client::{Answer, catalog::catalog_home};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};
use model::{
    catalog::{CatalogHome, ChangeSet, EntityRow, HomeQuery, ListEntities, OwnedProblem, RowRef, UserFilter},
    entity_ref::EntityRef,
};

use crate::{
    components::{
        KindIcons, entity_chip, entity_name, level_mark, sentence, time, use_visitor, write_owner, write_row_problem,
        write_star,
    },
    links::{entity_href, href},
    pages::catalog::address,
    platform::{ask, use_config},
    ui::{Html, Icon, IntoEager as _, Mark, Rows, icon, load, mark},
};

/// `/`.
pub struct HomePage;

#[lazy_route]
impl LazyRoute for HomePage {
    fn data() -> Self {
        Self
    }

    fn view(this: Self) -> AnyView {
        let HomePage = this;
        let (config, visitor) = (use_config(), use_visitor());
        let asked = move || HomeQuery {
            teams: config.preferences.teams.clone(),
            stars: visitor.stars.get(),
            recent: visitor.recent.get(),
        };
        let icons = KindIcons::from_config();
        view! {
            <Title text="Home"/>
            {load(ask(move || catalog_home(&asked())), skeleton, move |answer: &Answer| Ok(page(&icons, answer.decode()?)))}
        }
        .into_any()
    }
}

fn page(icons: &KindIcons, home: CatalogHome) -> AnyView {
    let CatalogHome { teams, problems, problems_total, owned, owned_total, starred, recent, kinds, changes } = home;
    let total: u64 = kinds.iter().map(|kind| kind.count).sum();
    let is_empty = total == 0;
    let summary = summary(teams.len(), owned_total, problems_total, total);
    let mine = if teams.is_empty() {
        (!is_empty).then(choose_teams)
    } else {
        Some(needs_you(problems, problems_total).eager())
    };
    let owned_list = ListEntities { kind: None, user: UserFilter::Owned, ..address::default_list() };
    let starred_list = ListEntities { user: UserFilter::Starred, ..owned_list.clone() };
    let owned = (!owned.is_empty()).then(|| rows(icons, "What my teams own", owned, owned_total, &owned_list));
    let star_count = use_visitor().stars.with_untracked(Vec::len) as u64;
    let starred = if starred.is_empty() {
        (!is_empty).then(no_stars)
    } else {
        Some(rows(icons, "Starred", starred, star_count, &starred_list))
    };
    let kinds = kinds.into_iter().map(|kind| {
        let of_kind = ListEntities { kind: Some(kind.kind.to_ascii_lowercase()), ..address::default_list() };
        view! {
            <a href=href(&address::of_list(&of_kind))>
                {icons.icon(&kind.kind)}
                <span class="trunc">{kind.plural}</span>
                <span class="num t3">{kind.count.to_string()}</span>
            </a>
        }
    });
    let kinds = if is_empty {
        fill().eager()
    } else {
        view! { <nav class="kinds" aria-label="Kinds">{kinds.collect_view()}</nav> }.eager()
    };
    view! {
        <div class="page-head"><h1>"Home"</h1> <span class="t2 fs13">{summary}</span></div>
        {search(icons, recent)}
        {saved_views()}
        <div class="split home">
            <div>
                {mine}
                {owned}
                {starred}
                <section class="section">
                    <div class="sec-head"><h2>"In the catalog"</h2><span class="t3 fs12 num">{format!("{total} entities")}</span></div>
                    {kinds}
                </section>
            </div>
            <aside>{lately(icons, changes)} {more_ways()}</aside>
        </div>
    }
    .eager()
}

fn summary(teams: usize, owned: u64, problems: u64, total: u64) -> String {
    match (teams, problems) {
        (0, _) => format!("{total} entities to find your way in"),
        (_, 0) => format!("{owned} things are yours, and none has problems"),
        (_, 1) => format!("1 problem in the {owned} things that are yours"),
        _ => format!("{problems} problems in the {owned} things that are yours"),
    }
}

/// A plain form, and below it what was seen last.
fn search(icons: &KindIcons, recent: Vec<RowRef>) -> impl IntoView + use<> {
    let recent = (!recent.is_empty()).then(|| {
        let chips = recent.into_iter().map(|seen| view! { <li>{entity_chip(icons, seen, true)}</li> }).collect_view();
        view! {
            <div class="row recents">
                <span class="fs12 t3" id="lately">"Lately"</span>
                <ul class="row wrap" aria-labelledby="lately">{chips}</ul>
            </div>
        }
    });
    view! {
        <form class="home-search" role="search" aria-label="Everything" method="get" action=href("/catalog")>
            <label class="with-icon">
                {icon(Icon::Search, "i")}
                <input class="input" type="search" name="q" placeholder="A service, an API, a team, a person…" aria-label="Search everything" autocomplete="off"/>
            </label>
            <button type="submit" class="btn">"Search"</button>
        </form>
        {recent}
    }
}

/// The saved views of who has signed in, as text, for it is the same until the next page.
fn saved_views() -> Option<AnyView> {
    let config = use_config();
    let views = &config.preferences.views;
    if views.is_empty() {
        return None;
    }
    let mut html = Html::default();
    html.tag("<span class=\"fs12 t3\" id=\"saved\">Views</span><ul class=\"row wrap\" aria-labelledby=\"saved\">");
    for view in views {
        html.tag("<li><a class=\"ent box\" dir=\"auto\"")
            .attribute(" href=\"", Some(&href(&view.path)))
            .tag(">")
            .text(&view.name)
            .tag("</a></li>");
    }
    html.tag("</ul>");
    Some(view! { <div class="row recents" inner_html=html.into_text()></div> }.eager())
}

/// For whoever has not said whose they are.
fn choose_teams() -> AnyView {
    view! {
        <div class="callout info">
            {icon(Icon::Users, "i")}
            <div>
                <b>"Which teams are yours?"</b>
                <p>"Choose them once. What they own, and what is wrong with it, then stands here."</p>
            </div>
            <div class="act"><a class="btn" href=href("/settings")>"Choose my teams"</a></div>
        </div>
    }
    .eager()
}

/// What is wrong with what is the visitor's, the worst first.
fn needs_you(problems: Vec<OwnedProblem>, total: u64) -> impl IntoView {
    let others = total.saturating_sub(problems.len() as u64);
    let row = |OwnedProblem { problem, entity, .. }: OwnedProblem| {
        let entity = entity?;
        let target = EntityRef::parse_full(&entity.entity_ref).ok()?;
        Some(view! {
            <li>
                {mark(level_mark(problem.level))}
                <div class="grow">
                    <div class="med"><a href=entity_href(&target) title=entity.entity_ref dir="auto">{entity.title}</a> ": " {problem.code.label()}</div>
                    <p class="fs12 t2" dir="auto">{sentence(&problem.message)}</p>
                </div>
            </li>
        })
    };
    let list = if problems.is_empty() {
        view! { <p class="row fs13 t2">{mark(Mark::Ok)} "Nothing that your teams own has problems."</p> }.eager()
    } else {
        view! { <ul class="list needs">{problems.into_iter().map(row).collect_view()}</ul> }.eager()
    };
    let all =
        (others > 0).then(|| view! { <a class="more" href=href("/catalog/problems")>{format!("{others} more")}</a> });
    view! {
        <section>
            <div class="sec-head"><h2>"Needs you"</h2><span class="count">{total.to_string()}</span>{all}</div>
            {list}
        </section>
    }
}

/// A few rows of a list, and the way to all of it.
fn rows(icons: &KindIcons, heading: &'static str, rows: Vec<EntityRow>, total: u64, all: &ListEntities) -> AnyView {
    let shown = rows.len() as u64;
    let count = if total > shown { format!("{shown} of {total}, trouble first") } else { total.to_string() };
    let mut html = Html::default();
    for row in rows {
        write_row(&mut html, icons, &row);
    }
    let rows = Rows(html.into_text());
    view! {
        <section class="section">
            <div class="sec-head">
                <h2>{heading}</h2>
                <span class="t3 fs12 num">{count}</span>
                <a class="more" href=href(&address::of_list(all)) aria-label=format!("{heading}: all")>"All"</a>
            </div>
            <div class="table-wrap">
                <table class="table home-rows" aria-label=heading>
                    // The heads are there to be read out alone, so that widths are of no row.
                    <colgroup><col class="c-star"/><col/><col class="c-state"/><col class="c-type p3"/><col class="c-owner p2"/></colgroup>
                    <thead class="sr"><tr><th>"Star"</th><th>"Name"</th><th>"Problems"</th><th class="p3">"Type"</th><th class="p2">"Owner"</th></tr></thead>
                    <tbody {..rows}></tbody>
                </table>
            </div>
        </section>
    }
    .eager()
}

fn write_row(html: &mut Html, icons: &KindIcons, row: &EntityRow) {
    let entity_ref = EntityRef::new(&*row.kind, &*row.namespace, &*row.name);
    let title = row.title.as_deref().filter(|title| !title.trim().is_empty());
    let name = title.map_or_else(|| entity_name(&entity_ref), str::to_owned);
    html.tag("<tr><td class=\"c-star\">");
    write_star(html, &entity_ref, &name);
    html.tag("</td><td class=\"name\"><div class=\"row\">");
    icons.write(html, &row.kind);
    html.tag("<a").attribute(" href=\"", Some(&entity_href(&entity_ref))).tag(" dir=\"auto\">").text(&name);
    html.tag("</a></div></td><td>");
    if let Some(problem) = &row.problem {
        write_row_problem(html, problem);
    }
    html.tag("</td><td class=\"p3\">").text(row.entity_type.as_deref().unwrap_or_default());
    html.tag("</td><td class=\"p2\">");
    if let Some(owner) = &row.owner {
        write_owner(html, owner);
    }
    html.tag("</td></tr>");
}

fn no_stars() -> AnyView {
    view! {
        <section class="section">
            <div class="sec-head"><h2>"Starred"</h2></div>
            <p class="row fs13 t2">
                {icon(Icon::Star, "i s")}
                <span>"Star what you often need, and it stands here: " <a class="link" href=href("/catalog")>"go to the catalog"</a> " and press the star beside a name."</span>
            </p>
        </section>
    }
    .eager()
}

/// For whoever opens an empty catalog.
fn fill() -> impl IntoView {
    view! {
        <p class="t2 fs13">"There is nothing in the catalog yet. It is filled from files that describe what there is, often named catalog-info.yaml."</p>
        <p class="acts"><a class="btn" href=href("/catalog-import")>{icon(Icon::FilePlus2, "i")} "Import from an address"</a></p>
    }
}

/// What changed in the whole catalog, one entry a reading of the sources, unless it changed but a few entities.
fn lately(icons: &KindIcons, changes: Vec<ChangeSet>) -> impl IntoView + use<> {
    let entry = |set: ChangeSet| {
        let at = set.changed_at.as_deref().map(time);
        if set.total() > ChangeSet::MAX_ENTITIES as u64 {
            let words = [(set.added, "added"), (set.changed, "changed"), (set.removed, "removed")]
                .iter()
                .filter(|(count, _)| *count > 0)
                .map(|(count, word)| format!("{count} {word}"))
                .collect::<Vec<_>>()
                .join(", ");
            return view! {
                <li><div class="row"><b class="med">{format!("{} entities", set.total())}</b> <span class="push t3 fs12 nowrap">{at}</span></div> <p class="fs12 t2">{words}</p></li>
            }
            .eager();
        }
        let changed_at = set.changed_at.clone();
        let one = |change: model::catalog::EntityChange| {
            let at = changed_at.as_deref().map(time);
            view! {
                <li>
                    <div class="row">{entity_chip(icons, change.entity, false)} <span class="push t3 fs12 nowrap">{at}</span></div>
                    <p class="fs12 t2" dir="auto">{sentence(&change.what)}</p>
                </li>
            }
        };
        set.entities.into_iter().map(one).collect_view().eager()
    };
    (!changes.is_empty()).then(|| {
        view! {
            <section>
                <div class="sec-head"><h2>"Changed lately"</h2></div>
                <ul class="changes">{changes.into_iter().map(entry).collect_view()}</ul>
            </section>
        }
    })
}

fn more_ways() -> impl IntoView {
    let way = |(path, symbol, label): (&'static str, Icon, &'static str)| {
        view! { <li><a class="ent" href=href(path)>{icon(symbol, "i")} <span>{label}</span></a></li> }
    };
    let ways = [
        ("/catalog-import", Icon::FilePlus2, "Add something to the catalog"),
        ("/catalog/problems", Icon::TriangleAlert, "See what is wrong in it"),
        ("/catalog/sources", Icon::Radio, "See where it comes from"),
    ];
    view! {
        <section class="section">
            <div class="sec-head"><h2>"Look after it"</h2></div>
            <ul class="ways">{ways.map(way).collect_view()}</ul>
        </section>
    }
}

fn skeleton() -> AnyView {
    view! {
        <div class="page-head"><h1>"Home"</h1></div>
        <div class="split home" aria-hidden="true"><div><span class="skel w2"></span><span class="skel w4"></span><span class="skel w3"></span></div></div>
        <p class="sr" role="status">"Loading what concerns you"</p>
    }
    .eager()
}

#[cfg(test)]
mod tests {
    use model::{
        catalog::{ChangeKind, EntityChange, KindCount, Problem, ProblemCode, RowProblem},
        entity::Level,
    };

    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, full_row, named, render};

    fn rendered(home: CatalogHome) -> String {
        render(|| page(&KindIcons::from_config(), home))
    }

    fn kinds() -> Vec<KindCount> {
        vec![KindCount { kind: "Component".into(), plural: "Components".into(), count: 80 }]
    }

    fn full(text: &str) -> CatalogHome {
        let problem = Problem {
            code: ProblemCode::NoOwner,
            level: Level::Error,
            message: text.to_owned(),
            hint: None,
            entity_ref: Some("component:default/psp-sandbox".into()),
            location: None,
            position: None,
            target_ref: None,
        };
        let troubled = EntityRow {
            problem: Some(RowProblem { level: Level::Error, label: "Owner missing".into(), count: 2 }),
            ..full_row("psp-sandbox")
        };
        let change = EntityChange {
            entity: named("component:default/ledger", true),
            change: ChangeKind::Changed,
            what: format!("changed `spec.owner` from `{text}` to `b`"),
            commit: None,
        };
        let at = Some("2026-11-19T08:00:00Z".to_owned());
        CatalogHome {
            teams: vec![named("group:default/payments", true)],
            problems: vec![OwnedProblem {
                problem,
                entity: Some(RowRef { title: text.to_owned(), ..named("component:default/psp-sandbox", true) }),
                owner: None,
            }],
            problems_total: 7,
            owned: vec![troubled],
            owned_total: 23,
            starred: vec![EntityRow { title: Some(text.to_owned()), ..full_row("ledger") }],
            recent: vec![named("api:default/orders", true)],
            kinds: kinds(),
            changes: vec![
                ChangeSet {
                    version: 9,
                    changed_at: at.clone(),
                    changed: 1,
                    entities: vec![change],
                    ..ChangeSet::default()
                },
                ChangeSet { version: 1, changed_at: at, added: 220, ..ChangeSet::default() },
            ],
        }
    }

    #[test]
    fn full_page() {
        insta::assert_snapshot!(rendered(full("a")));
    }

    #[test]
    fn the_first_visit_says_what_there_is_and_how_to_go_on() {
        insta::assert_snapshot!(rendered(CatalogHome { kinds: kinds(), ..CatalogHome::default() }));
    }

    #[test]
    fn an_empty_catalog_leads_to_the_import() {
        let html = rendered(CatalogHome::default());
        assert!(
            html.contains("There is nothing in the catalog yet.") && html.contains("/portal/catalog-import"),
            "{html}"
        );
        assert!(!html.contains("Which teams are yours?"), "there is none to choose: {html}");
    }

    #[test]
    fn teams_without_problems_are_told_so() {
        let html = rendered(CatalogHome { problems: Vec::new(), problems_total: 0, ..full("a") });
        assert!(html.contains("Nothing that your teams own has problems."), "{html}");
    }

    #[test]
    fn hostile_text_stays_text() {
        assert_harmless(&rendered(full(HOSTILE)));
    }
}
