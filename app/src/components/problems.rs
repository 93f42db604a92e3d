use leptos::prelude::*;
use model::{
    catalog::{Problem, RowProblem},
    entity::Level,
};

use crate::{
    links::safe_href,
    ui::{Html, Icon, Mark, icon, mark, write_mark},
};

/// The mark of a level.
pub fn level_mark(level: Level) -> Mark {
    match level {
        Level::Error => Mark::Bad,
        Level::Warning => Mark::Warn,
        Level::Info => Mark::Unknown,
    }
}

/// One callout a problem: what is wrong, the way out, and the place in the file.
pub fn problem_callouts(problems: Vec<Problem>) -> impl IntoView {
    (!problems.is_empty()).then(|| {
        view! {
            <section class="callouts" aria-label="Problems">
                {problems.into_iter().map(problem_callout).collect_view()}
            </section>
        }
    })
}

/// One problem: what is wrong, the way out, and the place in the file.
pub fn problem_callout(problem: Problem) -> impl IntoView {
    let class = match problem.level {
        Level::Error => "callout bad",
        Level::Warning => "callout warn",
        Level::Info => "callout",
    };
    let place = problem_place(&problem).map(|place| view! { <p class="where fs12">{place}</p> });
    let hint = problem.hint.map(|hint| view! { <p dir="auto">{sentence(&hint)}</p> });
    view! {
        <div class=class>
            {mark(level_mark(problem.level))}
            <div>
                <b>{problem.code.label()}</b>
                <p dir="auto">{sentence(&problem.message)}</p>
                {hint}
                {place}
            </div>
        </div>
    }
}

/// Problems that belong to no entity, folded into one line: whoever misses an entity finds out why.
pub fn unattached_problems(problems: Vec<Problem>, total: u64) -> impl IntoView {
    (total > 0).then(|| {
        let heading = if total == 1 {
            "1 problem in a catalog file".to_owned()
        } else {
            format!("{total} problems in catalog files")
        };
        let others = total.saturating_sub(problems.len() as u64);
        let others = (others > 0).then(|| view! { <p class="fs12 t2">{format!("and {others} more")}</p> });
        view! {
            <details class="unattached">
                <summary>{mark(Mark::Bad)} <span>{heading}</span> {icon(Icon::ChevronDown, "i s")}</summary>
                {problem_callouts(problems)}
                {others}
            </details>
        }
    })
}

/// A message as a sentence: the catalog writes them for logs and terminals, in lower case and without a full stop. What stands between
/// backticks is code.
pub(crate) fn sentence(message: &str) -> impl IntoView + use<> {
    let mut text = message.to_owned();
    if let Some(first) = text.get(..1).map(str::to_uppercase) {
        text.replace_range(..1, &first);
    }
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    let part = |(at, part): (usize, &str)| {
        let (code, plain) = if at % 2 == 1 { (Some(part.to_owned()), None) } else { (None, Some(part.to_owned())) };
        view! { {plain} {code.map(|code| view! { <code>{code}</code> })} }
    };
    text.split('`').enumerate().map(part).collect_view()
}

/// `catalog-info.yaml:14:9`.
pub(crate) fn problem_place(problem: &Problem) -> Option<impl IntoView + use<>> {
    let position = problem.position.map(|p| format!(":{}:{}", p.line, p.column)).unwrap_or_default();
    Some(location(problem.location.as_deref()?, &position))
}

/// A location `type:target` without its type, as a link where the target is on the web; `suffix` is the place in it.
pub fn location(location: &str, suffix: &str) -> impl IntoView + use<> {
    let target = target_of(location);
    let href = safe_href(target).map(str::to_owned);
    // A long path breaks between its parts.
    let text = format!("{target}{suffix}");
    let parts = text.split_inclusive('/').map(|part| view! { {part.to_owned()} <wbr/> }).collect_view();
    // Only a link has a `rel`.
    let rel = href.is_some().then_some("noopener noreferrer external");
    view! { <a class="mono" href=href rel=rel>{parts}</a> }
}

/// The worst problem of a row in two or three words, as HTML.
pub fn write_row_problem(html: &mut Html, RowProblem { level, label, count }: &RowProblem) {
    html.tag("<span class=\"state\">");
    write_mark(html, level_mark(*level));
    html.tag("<span class=\"trunc\">").text(label).tag("</span>");
    if *count > 1 {
        html.tag(" <small class=\"t3 num\">+").text(&(count - 1).to_string()).tag("</small>");
    }
    html.tag("</span>");
}

/// The same as HTML, without a place.
pub fn write_location(html: &mut Html, location: &str) {
    let target = target_of(location);
    html.tag("<a class=\"mono\"").leading_out(safe_href(target)).tag(">");
    for part in target.split_inclusive('/') {
        html.text(part).tag("<wbr>");
    }
    html.tag("</a>");
}

fn target_of(location: &str) -> &str {
    location
        .split_once(':')
        .filter(|(location_type, _)| matches!(*location_type, "url" | "file"))
        .map_or(location, |(_, target)| target)
}
