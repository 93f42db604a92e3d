//! What matters to an entity by its kind, and what changed of it.

use leptos::prelude::*;
use model::catalog::{OverviewRow, OverviewSection, RecentChange, RowProblem};

use super::address;
use crate::{
    components::{KindIcons, entity_chip, level_mark, owner, sentence, time},
    links::{href, safe_href},
    ui::{IntoEager as _, mark},
};

/// Levels of a tree that are told apart.
const LEVELS: u32 = 5;

/// One table a section.
pub(super) fn sections(icons: &KindIcons, sections: Vec<OverviewSection>) -> AnyView {
    sections.into_iter().map(|one| section(icons, one)).collect_view().eager()
}

/// Columns that at least one row has something to say in; owner and state leave last.
#[derive(Clone, Copy)]
struct Columns {
    has_email: bool,
    has_type: bool,
    has_lifecycle: bool,
    has_owner: bool,
    has_state: bool,
}

fn section(icons: &KindIcons, section: OverviewSection) -> AnyView {
    let OverviewSection { title, total, with_problems, query, rows } = section;
    let has = |column: fn(&OverviewRow) -> bool| rows.iter().any(column);
    let columns = Columns {
        has_email: has(|row| row.email.is_some()),
        has_type: has(|row| row.entity_type.is_some()),
        has_lifecycle: has(|row| row.lifecycle.is_some()),
        has_owner: has(|row| row.owner.is_some()),
        has_state: has(|row| row.problem.is_some()),
    };
    let all = if query.is_empty() { href("/catalog/organization") } else { href(&address::of_query(&query)) };
    let troubled = (with_problems > 0).then(|| {
        let words = format!("{with_problems} with problems");
        let target = (!query.is_empty()).then(|| format!("{all}&filters[problems]=true"));
        view! { <a class="fs12 troubled num" href=target>{words}</a> }
    });
    let hidden = total.saturating_sub(rows.len() as u64);
    let more =
        (hidden > 0).then(|| view! { <p class="and-more fs13 num"><a href=all>{format!("and {hidden} more")}</a></p> });
    let head = |shown: bool, class: &'static str, label: &'static str| {
        shown.then(|| view! { <th class=class scope="col">{label}</th> })
    };
    let heads = view! {
        <tr>
            <th scope="col">"Name"</th>
            {head(columns.has_state, "c-state", "Problems")}
            {head(columns.has_email, "c-email p2", "Email")}
            {head(columns.has_type, "c-type p3", "Type")}
            {head(columns.has_lifecycle, "c-lifecycle p4", "Lifecycle")}
            {head(columns.has_owner, "c-owner p2", "Owner")}
        </tr>
    };
    let rows = rows.into_iter().map(|one| row(icons, one, columns)).collect_view();
    let label = title.clone();
    view! {
        <section class="section" aria-label=label>
            <div class="sec-head"><h2>{title}</h2> <span class="count">{total.to_string()}</span> {troubled}</div>
            <div class="table-wrap"><table class="table parts"><thead>{heads}</thead><tbody>{rows}</tbody></table></div>
            {more}
        </section>
    }
    .eager()
}

fn row(icons: &KindIcons, row: OverviewRow, columns: Columns) -> AnyView {
    let OverviewRow { entity, depth, description, entity_type, lifecycle, email, owner: owned_by, problem } = row;
    // A person or a team has a face.
    let is_owner = ["user:", "group:"].iter().any(|kind| entity.entity_ref.starts_with(kind));
    let name = if is_owner { owner(Some(entity)).eager() } else { entity_chip(icons, entity, false).eager() };
    let description = description.map(|text| {
        let title = text.clone();
        view! { <span class="desc trunc" dir="auto" title=title>{text}</span> }
    });
    let text = |shown: bool, class: &'static str, text: Option<String>| {
        let title = text.clone();
        shown.then(|| view! { <td class=class><div class="trunc" dir="auto" title=title>{text}</div></td> })
    };
    let email = columns.has_email.then(|| {
        let href = email.as_ref().and_then(|email| safe_href(&format!("mailto:{email}")).map(str::to_owned));
        let title = email.clone();
        view! { <td class="p2"><div class="trunc"><a href=href title=title>{email}</a></div></td> }
    });
    let level = match depth.min(LEVELS) {
        0 => "row",
        1 => "row d1",
        2 => "row d2",
        3 => "row d3",
        4 => "row d4",
        _ => "row d5",
    };
    view! {
        <tr>
            <td class="name"><div class=level>{name} {description}</div></td>
            {columns.has_state.then(|| view! { <td>{problem.map(state)}</td> })}
            {email}
            {text(columns.has_type, "p3", entity_type)}
            {text(columns.has_lifecycle, "p4", lifecycle)}
            {columns.has_owner.then(|| view! { <td class="p2">{owned_by.map(|owned_by| owner(Some(owned_by)))}</td> })}
        </tr>
    }
    .eager()
}

/// The worst problem in two or three words.
fn state(problem: RowProblem) -> impl IntoView {
    let RowProblem { level, label, count } = problem;
    let others = (count > 1).then(|| view! { <small class="t3 num">{format!("+{}", count - 1)}</small> });
    view! { <span class="state">{mark(level_mark(level))} <span class="trunc">{label}</span> {others}</span> }
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
    use model::entity::Level;

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
        render(|| sections(&KindIcons::from_config(), vec![one]))
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
