use client::{Answer, catalog::list_sources};
use leptos::prelude::*;
use leptos_meta::Title;
use model::catalog::{CatalogSource, CatalogSources, SourceHost};

use super::problems;
use crate::{
    components::{location, sentence, time},
    links::href,
    platform::ask,
    ui::{Action, Empty, Icon, IntoEager as _, Mark, empty, icon, load, mark},
};

/// `/catalog/sources`: where entities come from, and how that goes.
pub struct SourcesPage;

impl SourcesPage {
    /// What the address says; it stays in the main module.
    pub(crate) fn data() -> Self {
        Self
    }

    /// The page.
    pub(crate) fn view() -> AnyView {
        view! {
            <Title text="Sources"/>
            {load(ask(list_sources), skeleton, |answer: &Answer| Ok(page(answer.decode()?)))}
        }
        .into_any()
    }
}

fn page(CatalogSources { is_read_here, items, hosts }: CatalogSources) -> AnyView {
    let troubled = items.iter().filter(|source| source.error.is_some() || source.errors > 0).count();
    let entities: u64 = items.iter().map(|source| source.entities).sum();
    let summary = match (items.len(), troubled) {
        (0, _) => None,
        (count, 0) => Some(format!("{count} {}, {entities} entities", plural(count, "source"))),
        (count, troubled) => {
            Some(format!("{count} {}, {entities} entities, {troubled} in trouble", plural(count, "source")))
        }
    };
    let elsewhere = (!is_read_here && !items.is_empty()).then(|| {
        view! {
            <div class="callout info callouts">
                {icon(Icon::Info, "i")}
                <p>"Another process of Callboard reads the sources. When they were read, and their errors, are told there."</p>
            </div>
        }
    });
    let list = if items.is_empty() { nothing_there().into_any() } else { table(items, is_read_here).into_any() };
    view! {
        <div class="page-head">
            <div class="grow">
                <h1>"Sources"</h1>
                {summary.map(|summary| view! { <p class="sub num">{summary}</p> })}
            </div>
            <div class="actions"><a class="btn" href=href(problems::PATH)>{icon(Icon::TriangleAlert, "i")} "Problems"</a></div>
        </div>
        {elsewhere}
        {list}
        {hosts_section(hosts)}
    }
    .eager()
}

fn plural(count: usize, word: &str) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

/// Trouble first, else in the order of the configuration.
fn table(mut items: Vec<CatalogSource>, is_read_here: bool) -> impl IntoView {
    items.sort_by_key(|source| (source.error.is_none(), source.errors == 0));
    view! {
        <div class="table-wrap">
            <table class="table sources">
                <thead>
                    <tr>
                        <th class="c-state">"State"</th>
                        <th>"Source"</th>
                        <th class="r p3 c-count">"Entities"</th>
                        <th class="p2 c-time">"Read"</th>
                        <th class="p4 c-time">"Next"</th>
                        <th class="c-act"><span class="sr">"Action"</span></th>
                    </tr>
                </thead>
                <tbody>{items.into_iter().map(|source| row(source, is_read_here)).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn row(source: CatalogSource, is_read_here: bool) -> impl IntoView {
    let (symbol, state) = state(&source, is_read_here);
    let at = |at: Option<String>| at.map(|at| time(&at));
    let error = source.error.map(|error| view! { <div class="why fs12" dir="auto">{sentence(&error)}</div> });
    let registered = source.is_registered.then(|| view! { <span class="tag">"registered"</span> });
    let label = format!("Read now: {}", source.source);
    let problems = (source.errors + source.warnings > 0).then(|| href(problems::PATH));
    view! {
        <tr>
            <td><a class="state" href=problems>{mark(symbol)} <span class="trunc">{state}</span></a></td>
            <td class="what">
                <div class="row">{location(&source.source, "")} {registered}</div>
                {error}
            </td>
            <td class="r num p3">{source.entities.to_string()}</td>
            <td class="t2 p2">{at(source.read_at)}</td>
            <td class="t2 p4">{at(source.next_read_at)}</td>
            <td class="r">
                <form method="post" action=href("/form/refresh-source")>
                    <input type="hidden" name="source" value=source.source.clone()/>
                    <button type="submit" class="btn sm" aria-label=label>{icon(Icon::RefreshCw, "i")} "Read now"</button>
                </form>
            </td>
        </tr>
    }
}

fn state(source: &CatalogSource, is_read_here: bool) -> (Mark, String) {
    let count = |count: u64, word: &str| format!("{count} {}", plural(usize::try_from(count).unwrap_or(2), word));
    match source {
        _ if !is_read_here => (Mark::Unknown, "Read elsewhere".to_owned()),
        CatalogSource { error: Some(_), .. } => (Mark::Bad, "Not readable".to_owned()),
        CatalogSource { errors: 1.., .. } => (Mark::Bad, count(source.errors, "error")),
        CatalogSource { warnings: 1.., .. } => (Mark::Warn, count(source.warnings, "warning")),
        CatalogSource { read_at: None, .. } => (Mark::Unknown, "Not read yet".to_owned()),
        _ => (Mark::Ok, "Read".to_owned()),
    }
}

/// How the catalog gets its first source.
const FILLING: &str = "catalog:
  locations:
    - type: url
      target: https://github.com/acme/shop/blob/main/catalog-info.yaml";

fn nothing_there() -> impl IntoView {
    empty(Empty {
        symbol: Icon::Radio,
        heading: "No sources yet".to_owned(),
        whole_page: false,
        text: "The catalog reads files that describe what there is. Name them in the configuration, or register their URLs.".to_owned(),
        more: Some(view! { <pre class="code" tabindex="0">{FILLING}</pre> }.eager()),
        actions: vec![Action {
            label: "Register a URL".to_owned(),
            href: href("/catalog-import"),
            symbol: Icon::FilePlus2,
        }],
    })
}

/// The hosts that URLs lead to, with what they still grant.
fn hosts_section(hosts: Vec<SourceHost>) -> impl IntoView {
    (!hosts.is_empty()).then(|| {
        view! {
            <section class="section">
                <div class="sec-head"><h2>"Hosts"</h2><span class="t3 fs12">"what they still grant us"</span></div>
                <div class="table-wrap">
                    <table class="table sources">
                        <thead>
                            <tr>
                                <th class="c-state">"State"</th>
                                <th>"Host"</th>
                                <th class="c-budget">"Requests left"</th>
                                <th class="p2 c-time">"Renewed"</th>
                                <th class="r p3 c-count">"Waiting"</th>
                            </tr>
                        </thead>
                        <tbody>{hosts.into_iter().map(host_row).collect_view()}</tbody>
                    </table>
                </div>
            </section>
        }
    })
}

fn host_row(host: SourceHost) -> impl IntoView {
    let (symbol, state) = match &host {
        SourceHost { blocked_until: Some(_), .. } => (Mark::Warn, "Waits"),
        SourceHost { last_error: Some(_), .. } => (Mark::Bad, "Fails"),
        SourceHost { remaining: Some(0), .. } => (Mark::Warn, "Used up"),
        _ => (Mark::Ok, "Answers"),
    };
    let until = host
        .blocked_until
        .map(|until| view! { <div class="why fs12">"It asked for a pause. We go on " {time(&until)} "."</div> });
    let error = host.last_error.map(|error| view! { <div class="why fs12" dir="auto">{sentence(&error)}</div> });
    let budget = match (host.remaining, host.limit) {
        (Some(remaining), Some(limit)) => view! {
            <span class="row">
                <progress class="bar" max=limit.to_string() value=remaining.to_string() aria-hidden="true"></progress>
                <span>{format!("{remaining} of {limit}")}</span>
            </span>
        }
        .into_any(),
        (Some(remaining), None) => remaining.to_string().into_any(),
        _ => view! { <span class="t3">"no limit told"</span> }.into_any(),
    };
    view! {
        <tr>
            <td><span class="state">{mark(symbol)} <span class="trunc">{state}</span></span></td>
            <td class="what"><div class="mono trunc">{host.host}</div> {until} {error}</td>
            <td class="num">{budget}</td>
            <td class="t2 p2">{host.resets_at.map(|at| time(&at))}</td>
            <td class="r num p3">{host.waiting.to_string()}</td>
        </tr>
    }
}

fn skeleton() -> AnyView {
    let bars = ["w2", "w4", "w1", "w3"];
    let row = |width| {
        let class = format!("skel {width}");
        view! { <tr><td><span class=class></span></td></tr> }
    };
    view! {
        <div class="page-head"><h1>"Sources"</h1></div>
        <table class="table" aria-hidden="true"><thead><tr><th></th></tr></thead><tbody>{bars.map(row)}</tbody></table>
        <p class="sr" role="status">"Loading the sources"</p>
    }
    .eager()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, render};

    fn source(source: &str) -> CatalogSource {
        CatalogSource {
            source: source.into(),
            entities: 12,
            read_at: Some("2026-11-19T08:00:00Z".into()),
            next_read_at: Some("2026-11-19T08:02:00Z".into()),
            ..CatalogSource::default()
        }
    }

    #[test]
    fn each_state() {
        let items = vec![
            source("file:./catalog-info.yaml"),
            CatalogSource { warnings: 1, ..source("url:https://git.example/a.yaml") },
            CatalogSource {
                error: Some("`https://git.example/b.yaml` answered 404".into()),
                errors: 1,
                ..source("url:https://git.example/b.yaml")
            },
            CatalogSource {
                read_at: None,
                next_read_at: None,
                is_registered: true,
                ..source("url:https://git.example/c.yaml")
            },
        ];
        let hosts = vec![
            SourceHost {
                host: "git.example".into(),
                limit: Some(5000),
                remaining: Some(4200),
                resets_at: Some("2026-11-19T09:00:00Z".into()),
                ..SourceHost::default()
            },
            SourceHost {
                host: "slow.example".into(),
                blocked_until: Some("2026-11-19T08:30:00Z".into()),
                waiting: 3,
                ..SourceHost::default()
            },
            SourceHost {
                host: "gone.example".into(),
                last_error: Some("no such host".into()),
                ..SourceHost::default()
            },
        ];
        insta::assert_snapshot!(render(|| page(CatalogSources { is_read_here: true, items, hosts })));
    }

    #[test]
    fn none_says_how_to_add_one() {
        insta::assert_snapshot!(render(|| page(CatalogSources { is_read_here: true, ..CatalogSources::default() })));
    }

    #[test]
    fn what_another_process_reads_is_unknown_here() {
        let items = vec![CatalogSource { read_at: None, next_read_at: None, ..source("file:a") }];
        let html = render(|| page(CatalogSources { is_read_here: false, items, hosts: Vec::new() }));
        assert!(html.contains("Read elsewhere") && html.contains("Another process"), "{html}");
    }

    #[test]
    fn hostile_text_stays_text() {
        let hostile = CatalogSource { error: Some(HOSTILE.into()), ..source(HOSTILE) };
        let host = SourceHost { host: HOSTILE.into(), last_error: Some(HOSTILE.into()), ..SourceHost::default() };
        assert_harmless(&render(|| {
            page(CatalogSources { is_read_here: true, items: vec![hostile], hosts: vec![host] })
        }));
    }
}
