use leptos::prelude::*;
use model::{catalog::Problem, entity::Level};

use crate::{
    links::safe_href,
    ui::{Mark, mark},
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

fn problem_callout(problem: Problem) -> impl IntoView {
    let class = match problem.level {
        Level::Error => "callout bad",
        Level::Warning => "callout warn",
        Level::Info => "callout",
    };
    let place = place(&problem).map(|place| view! { <p class="where fs12">{place}</p> });
    let hint = problem.hint.map(|hint| view! { <p dir="auto">{hint}</p> });
    view! {
        <div class=class>
            {mark(level_mark(problem.level))}
            <div>
                <b>{problem.code.label()}</b>
                <p dir="auto">{problem.message}</p>
                {hint}
                {place}
            </div>
        </div>
    }
}

/// `catalog-info.yaml:14:9`.
fn place(problem: &Problem) -> Option<impl IntoView + use<>> {
    let position = problem.position.map(|p| format!(":{}:{}", p.line, p.column)).unwrap_or_default();
    Some(location(problem.location.as_deref()?, &position))
}

/// A location `type:target` without its type, as a link where the target is on the web; `suffix` is the place in it.
pub fn location(location: &str, suffix: &str) -> impl IntoView + use<> {
    let target = location
        .split_once(':')
        .filter(|(location_type, _)| matches!(*location_type, "url" | "file"))
        .map_or(location, |(_, target)| target);
    let href = safe_href(target).map(str::to_owned);
    view! { <a class="mono" href=href rel="noopener noreferrer external">{format!("{target}{suffix}")}</a> }
}
