//! What matters to an entity by its kind, and what changed of it.

use leptos::prelude::*;
use model::catalog::{OverviewRow, OverviewSection, RecentChange};

use super::address;
use crate::{
    components::{KindIcons, sentence, time, write_entity_chip, write_owner, write_row_problem},
    links::{href, safe_href},
    ui::{Html, IntoEager as _},
};

/// Classes of the levels of a tree that are told apart.
const LEVELS: [&str; 6] = ["", " d1", " d2", " d3", " d4", " d5"];

/// One table a section.
pub(super) fn sections(icons: &KindIcons, sections: &[OverviewSection]) -> AnyView {
    let mut html = Html::default();
    for section in sections {
        write_section(&mut html, icons, section);
    }
    view! { <div class="sections" inner_html=html.into_text()></div> }.eager()
}

/// A column beside the name, which a section has where at least one of its rows has something to say in it.
struct Column {
    head: &'static str,
    cell: &'static str,
    has: fn(&OverviewRow) -> bool,
    write: fn(&mut Html, &OverviewRow),
}

const COLUMNS: [Column; 5] = [
    Column {
        head: "<th class=\"c-state\" scope=\"col\">Problems</th>",
        cell: "<td>",
        has: |row| row.problem.is_some(),
        write: |html, row| row.problem.iter().for_each(|problem| write_row_problem(html, problem)),
    },
    Column {
        head: "<th class=\"c-email p2\" scope=\"col\">Email</th>",
        cell: "<td class=\"p2\">",
        has: |row| row.email.is_some(),
        write: write_email,
    },
    Column {
        head: "<th class=\"c-type p3\" scope=\"col\">Type</th>",
        cell: "<td class=\"p3\">",
        has: |row| row.entity_type.is_some(),
        write: |html, row| write_text(html, row.entity_type.as_deref()),
    },
    Column {
        head: "<th class=\"c-lifecycle p4\" scope=\"col\">Lifecycle</th>",
        cell: "<td class=\"p4\">",
        has: |row| row.lifecycle.is_some(),
        write: |html, row| write_text(html, row.lifecycle.as_deref()),
    },
    Column {
        head: "<th class=\"c-owner p2\" scope=\"col\">Owner</th>",
        cell: "<td class=\"p2\">",
        has: |row| row.owner.is_some(),
        write: |html, row| {
            if let Some(owner) = &row.owner {
                write_owner(html, owner);
            }
        },
    },
];

fn write_section(html: &mut Html, icons: &KindIcons, section: &OverviewSection) {
    let OverviewSection { title, total, with_problems, query, rows } = section;
    let all = if query.is_empty() { href("/catalog/organization") } else { href(&address::of_query(query)) };
    html.tag("<section class=\"section\"").attribute(" aria-label=\"", Some(title));
    html.tag("><div class=\"sec-head\"><h2>")
        .text(title)
        .tag("</h2> <span class=\"count\">")
        .text(&total.to_string())
        .tag("</span>");
    if *with_problems > 0 {
        let troubled = (!query.is_empty()).then(|| [&all, "&filters[problems]=true"].concat());
        html.tag(" <a class=\"fs12 troubled num\"").attribute(" href=\"", troubled.as_deref()).tag(">");
        html.text(&with_problems.to_string()).tag(" with problems</a>");
    }
    html.tag("</div><div class=\"table-wrap\"><table class=\"table parts\"><thead><tr><th scope=\"col\">Name</th>");
    let columns: Vec<&Column> = COLUMNS.iter().filter(|column| rows.iter().any(column.has)).collect();
    for column in &columns {
        html.tag(column.head);
    }
    html.tag("</tr></thead><tbody>");
    for row in rows {
        write_name(html, icons, row);
        for column in &columns {
            html.tag(column.cell);
            (column.write)(html, row);
            html.tag("</td>");
        }
        html.tag("</tr>");
    }
    html.tag("</tbody></table></div>");
    let hidden = total.saturating_sub(rows.len() as u64);
    if hidden > 0 {
        html.tag("<p class=\"and-more fs13 num\"><a").attribute(" href=\"", Some(&all)).tag(">and ");
        html.text(&hidden.to_string()).tag(" more</a></p>");
    }
    html.tag("</section>");
}

/// The first cell: a person or a team with a face, another with the icon of its kind; and what it is for.
fn write_name(html: &mut Html, icons: &KindIcons, row: &OverviewRow) {
    html.tag("<tr><td class=\"name\"><div class=\"row")
        .tag(LEVELS[LEVELS.len().min(row.depth as usize + 1) - 1])
        .tag("\">");
    if ["user:", "group:"].iter().any(|kind| row.entity.entity_ref.starts_with(kind)) {
        write_owner(html, &row.entity);
    } else {
        write_entity_chip(html, icons, &row.entity, false);
    }
    if let Some(description) = &row.description {
        html.tag("<span class=\"desc trunc\" dir=\"auto\"").attribute(" title=\"", Some(description)).tag(">");
        html.text(description).tag("</span>");
    }
    html.tag("</div></td>");
}

fn write_text(html: &mut Html, text: Option<&str>) {
    html.tag("<div class=\"trunc\" dir=\"auto\"")
        .attribute(" title=\"", text)
        .tag(">")
        .text(text.unwrap_or_default())
        .tag("</div>");
}

fn write_email(html: &mut Html, row: &OverviewRow) {
    let Some(email) = &row.email else { return };
    let address = ["mailto:", email].concat();
    html.tag("<div class=\"trunc\"><a").attribute(" href=\"", safe_href(&address)).attribute(" title=\"", Some(email));
    html.tag(">").text(email).tag("</a></div>");
}

/// The last changes, and the way to all that are kept; `path` is the entity's page.
pub(super) fn changes(path: &str, changes: Vec<RecentChange>) -> AnyView {
    let change = |RecentChange { changed_at, what, commit }: RecentChange| {
        let commit = commit.map(|commit| {
            let short = commit.get(..8).unwrap_or(&commit).to_owned();
            view! { <span class="t3 fs12">"commit " <code title=commit>{short}</code></span> }
        });
        let at = changed_at.map(|at| view! { <span class="t3 fs12 push">{time(&at)}</span> });
        view! { <li><span class="what" dir="auto">{sentence(&what)}</span> {commit} {at}</li> }
    };
    let versions = format!("{path}/raw#versions");
    (!changes.is_empty())
        .then(|| {
            view! {
                <section class="section" aria-label="What changed">
                    <div class="sec-head"><h2>"What changed"</h2> <a class="more" href=versions>"All versions"</a></div>
                    <ol class="changes">{changes.into_iter().map(change).collect_view()}</ol>
                </section>
            }
        })
        .eager()
}

#[cfg(test)]
mod tests {
    use model::{catalog::RowProblem, entity::Level};

    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, named, render};

    fn full() -> OverviewRow {
        OverviewRow {
            entity: named("component:default/ledger", true),
            depth: 0,
            description: Some("Books each payment".into()),
            entity_type: Some("service".into()),
            lifecycle: Some("production".into()),
            email: None,
            owner: Some(named("group:default/payments", true)),
            problem: Some(RowProblem { level: Level::Warning, label: "No owner".into(), count: 2 }),
        }
    }

    fn rendered(rows: Vec<OverviewRow>, total: u64, query: &str) -> String {
        let title = "Components".to_owned();
        let one = OverviewSection { title, total, with_problems: 1, query: query.into(), rows };
        render(|| sections(&KindIcons::from_config(), &[one]))
    }

    #[test]
    fn a_section_has_the_columns_of_its_rows_and_the_way_to_the_others() {
        insta::assert_snapshot!(rendered(
            vec![full()],
            30,
            "kind=component&related=partOf%3Asystem%3Adefault%2Fcheckout"
        ));
    }

    #[test]
    fn people_have_faces_and_groups_stand_below_others() {
        let person = OverviewRow {
            entity: named("user:default/mara", true),
            email: Some("mara@acme.example".into()),
            ..bare("user:default/mara")
        };
        let below = OverviewRow { depth: 2, ..bare("group:default/cards") };
        insta::assert_snapshot!(rendered(vec![person, below, bare("group:default/deep")], 3, ""));
    }

    fn bare(entity_ref: &str) -> OverviewRow {
        OverviewRow {
            entity: named(entity_ref, true),
            description: None,
            entity_type: None,
            lifecycle: None,
            owner: None,
            problem: None,
            ..full()
        }
    }

    #[test]
    fn changes_are_told_as_sentences() {
        let change = RecentChange {
            changed_at: Some("2026-11-19T08:00:00Z".into()),
            what: "changed `spec.owner` from `a` to `b`".into(),
            commit: Some("b81e0c4d5e6f".into()),
        };
        insta::assert_snapshot!(render(|| changes("/portal/catalog/default/component/web", vec![change])));
        assert_eq!(render(|| changes("", Vec::new())), "");
    }

    #[test]
    fn hostile_text_stays_text() {
        let row = OverviewRow {
            entity: named(HOSTILE, true),
            description: Some(HOSTILE.into()),
            entity_type: Some(HOSTILE.into()),
            lifecycle: Some(HOSTILE.into()),
            email: Some(HOSTILE.into()),
            owner: Some(named(HOSTILE, true)),
            ..full()
        };
        assert_harmless(&rendered(vec![row], 1, ""));
        let change = RecentChange { what: HOSTILE.into(), commit: Some(HOSTILE.into()), ..RecentChange::default() };
        assert_harmless(&render(|| changes("", vec![change])));
    }
}
