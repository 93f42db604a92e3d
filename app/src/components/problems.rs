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
pub fn problem_callouts(problems: Vec<Problem>) -> AnyView {
    (!problems.is_empty()).then(|| {
        view! {
            <section class="callouts" aria-label="Problems">
                {problems.into_iter().map(problem_callout).collect_view()}
            </section>
        }
    }).into_any()
}

fn problem_callout(problem: Problem) -> AnyView {
    let class = match problem.level {
        Level::Error => "callout bad",
        Level::Warning => "callout warn",
        Level::Info => "callout",
    };
    let place = place(&problem);
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
    .into_any()
}

/// `catalog-info.yaml:14:9`, as a link where the file is on the web.
fn place(problem: &Problem) -> Option<impl IntoView + use<>> {
    let target = problem.location.as_deref()?;
    let target = target.split_once(':').filter(|(scheme, _)| matches!(*scheme, "url" | "file")).map_or(target, |(_, rest)| rest);
    let position = problem.position.map(|p| format!(":{}:{}", p.line, p.column)).unwrap_or_default();
    let text = format!("{target}{position}");
    let place = match safe_href(target) {
        Some(address) => {
            view! { <a class="mono" href=address.to_owned() rel="noopener noreferrer external">{text}</a> }.into_any()
        }
        None => view! { <span class="mono">{text}</span> }.into_any(),
    };
    Some(view! { <p class="where fs12">{place}</p> })
}
