//! `/audit`: who did what.

use client::{Answer, audit::list_audit};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_url;
use model::{
    audit::{AuditEntry, AuditList, ListAudit},
    entity_ref::EntityRef,
};

use crate::{
    components::time,
    links::{entity_path, href},
    platform::ask_once,
    ui::{Action, Empty, Icon, IntoEager as _, Mark, empty, icon, load, mark},
};

/// Where the page is, below the base path.
const PATH: &str = "/audit";

/// `/audit`.
pub struct AuditPage;

impl AuditPage {
    /// The page.
    pub(crate) fn view() -> AnyView {
        let search = use_url().with_untracked(|url| url.search().to_owned());
        let list = parse(&search);
        let entries = ask_once(move || format!("/api/v1/audit?{search}"));
        let form = filters(&list);
        view! {
            <Title text="Audit log"/>
            <div class="page-head">
                <div class="grow">
                    <h1>"Audit log"</h1>
                    <p class="sub">"Each write and sign-in; what was refused, and what tokens were used for, is summed up by minute"</p>
                </div>
            </div>
            {form}
            {load(entries, skeleton, move |answer: &Answer| Ok(table(answer.decode()?, &list)))}
        }
        .into_any()
    }
}

/// What the form shows. The server says what is wrong with an address.
fn parse(search: &str) -> ListAudit {
    let mut list = ListAudit::default();
    for (name, value) in form_urlencoded::parse(search.as_bytes()) {
        let field = match &*name {
            "principal" => &mut list.principal,
            "action" => &mut list.action,
            "entity" => &mut list.entity,
            "outcome" => &mut list.outcome,
            "from" => &mut list.from,
            "to" => &mut list.to,
            "cursor" => &mut list.cursor,
            _ => continue,
        };
        *field = value.into_owned();
    }
    list
}

fn filters(list: &ListAudit) -> AnyView {
    let text = |label: &'static str, name: &'static str, kind: &'static str, value: &str, hint: &'static str| {
        view! {
            <label>
                <span>{label}</span>
                <input class="input" type=kind name=name value=value.to_owned() placeholder=hint autocomplete="off" spellcheck="false"/>
            </label>
        }
    };
    // A moment that a link names is no day, and stays as it is.
    let day = |label: &'static str, name: &'static str, value: &str| {
        let kind = if value.is_empty() || value.len() == "2026-11-23".len() { "date" } else { "text" };
        text(label, name, kind, value, "")
    };
    let outcome = |value: &'static str, label: &'static str| {
        let selected = list.outcome == value;
        view! { <option value=value selected=selected>{label}</option> }
    };
    let is_narrowed = ListAudit { cursor: String::new(), ..list.clone() } != ListAudit::default();
    let clear = is_narrowed.then(|| view! { <a class="btn ghost" href=href(PATH)>"Clear"</a> });
    view! {
        <form class="audit-filters" method="get" action=href(PATH) aria-label="Filter">
            {text("Who", "principal", "text", &list.principal, "user:default/alice")}
            {text("What", "action", "text", &list.action, "catalog.location.create")}
            {text("On what", "entity", "text", &list.entity, "component:default/web")}
            <label>
                <span>"Outcome"</span>
                <select class="input select" name="outcome">
                    {outcome("", "Any")}
                    {outcome("done", "Done")}
                    {outcome("denied", "Denied")}
                    {outcome("failed", "Failed")}
                </select>
            </label>
            {day("From", "from", &list.from)}
            {day("To", "to", &list.to)}
            <div class="act">
                <button type="submit" class="btn primary">"Filter"</button>
                {clear}
            </div>
        </form>
    }
    .eager()
}

fn table(answer: AuditList, list: &ListAudit) -> AnyView {
    if answer.items.is_empty() {
        return nothing(list);
    }
    let of_list = ListAudit { cursor: String::new(), ..list.clone() };
    let export = |format: &str, label: &'static str| {
        let target = href(&format!("{}&format={format}", list_audit(&of_list)));
        view! { <a class="btn sm" href=target download rel="external">{icon(Icon::Download, "i")} {label}</a> }
    };
    let older = answer.next_cursor.map(|cursor| {
        let target = href(&address(&ListAudit { cursor, ..list.clone() }));
        view! { <a class="btn sm" href=target>"Older"</a> }
    });
    let latest =
        (!list.cursor.is_empty()).then(|| view! { <a class="btn sm" href=href(&address(&of_list))>"Latest"</a> });
    view! {
        <div class="table-wrap">
            <table class="table audit" aria-label="Entries">
                <thead>
                    <tr>
                        <th class="c-when">"When"</th>
                        <th class="c-who">"Who"</th>
                        <th>"What, and on what"</th>
                        <th class="c-outcome">"Outcome"</th>
                        <th class="p3 c-from">"From"</th>
                        <th class="p4 c-request">"Request"</th>
                    </tr>
                </thead>
                <tbody>{answer.items.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
        <nav class="pager" aria-label="Pages and export">
            {latest}
            {older}
            <span class="grow"></span>
            {export("csv", "CSV")}
            {export("jsonl", "JSON lines")}
        </nav>
    }
    .eager()
}

fn row(entry: AuditEntry) -> impl IntoView {
    let AuditEntry { at, principal, action, entity, address, outcome, request_id, count, number: _ } = entry;
    let times = (count > 1).then(|| view! { <span class="t3 num">" × " {count.to_string()}</span> });
    let target = EntityRef::parse_full(&entity).ok().filter(|entity_ref| entity_ref.canonical() == entity);
    let on = match target {
        Some(entity_ref) => view! { <a href=href(&entity_path(&entity_ref))>{entity}</a> }.eager(),
        None => view! { <span class="t2">{entity}</span> }.eager(),
    };
    let (state, label) = match &*outcome {
        "done" => (Mark::Ok, "Done"),
        "denied" => (Mark::Warn, "Denied"),
        _ => (Mark::Bad, "Failed"),
    };
    view! {
        <tr>
            <td>{time(&at)}</td>
            <td class="who" dir="auto">{principal}</td>
            <td class="what">
                <span class="mono">{action}</span>
                {times}
                <div dir="auto">{on}</div>
            </td>
            <td><span class="state">{mark(state)} {label}</span></td>
            <td class="p3 mono">{address}</td>
            <td class="p4 mono t3 request" title=request_id.clone()>{request_id.clone()}</td>
        </tr>
    }
}

fn nothing(list: &ListAudit) -> AnyView {
    let is_narrowed = *list != ListAudit::default();
    let (heading, text) = if is_narrowed {
        (
            "No entry matches",
            "Entries match whole names, as the log writes them. What is summed up is there when its minute is over.",
        )
    } else {
        ("Nothing has happened yet", "The first write or sign-in will be here as soon as it is done.")
    };
    let all = Action { label: "Show all".to_owned(), href: href(PATH), symbol: Icon::LayoutList };
    empty(Empty {
        symbol: Icon::LayoutList,
        heading: heading.to_owned(),
        whole_page: false,
        text: text.to_owned(),
        more: None,
        actions: if is_narrowed { vec![all] } else { Vec::new() },
    })
    .eager()
}

/// The path and query of a list, below the base path.
fn address(list: &ListAudit) -> String {
    let query = list.to_query();
    if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") }
}

fn skeleton() -> AnyView {
    view! { <p class="sr" role="status">"Loading the audit log"</p> }.eager()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, render};

    fn entry(action: &str, outcome: &str, count: i64) -> AuditEntry {
        AuditEntry {
            number: 1,
            at: "2026-11-19T08:12:00Z".into(),
            principal: "user:default/mara".into(),
            action: action.into(),
            entity: "component:default/checkout-api".into(),
            address: "192.0.2.7".into(),
            outcome: outcome.into(),
            request_id: "01a207c111657641".into(),
            count,
        }
    }

    #[test]
    fn entries_in_each_outcome() {
        let items = vec![
            entry("catalog.entity.refresh", "done", 1),
            entry("catalog.entity.delete", "denied", 12),
            AuditEntry {
                entity: "url:https://git.example/a.yaml".into(),
                ..entry("catalog.location.create", "failed", 1)
            },
        ];
        let list = ListAudit { principal: "user:default/mara".into(), ..ListAudit::default() };
        let html = render(|| table(AuditList { items, next_cursor: Some("1".into()) }, &list));
        insta::assert_snapshot!(html);
    }

    #[test]
    fn nothing_yet_and_nothing_that_matches() {
        insta::assert_snapshot!(render(|| table(AuditList::default(), &ListAudit::default())));
        let list = ListAudit { outcome: "denied".into(), ..ListAudit::default() };
        insta::assert_snapshot!(render(|| (filters(&list), table(AuditList::default(), &list))));
    }

    #[test]
    fn what_somebody_sent_stays_text() {
        let hostile = AuditEntry { principal: HOSTILE.into(), entity: HOSTILE.into(), ..entry(HOSTILE, HOSTILE, 2) };
        let list = ListAudit { principal: HOSTILE.into(), ..ListAudit::default() };
        let answer = AuditList { items: vec![hostile], next_cursor: None };
        assert_harmless(&render(|| (filters(&list), table(answer, &list))));
    }
}
