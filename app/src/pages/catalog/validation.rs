//! `/catalog-import/validate`: what is wrong with a text, beside its lines. Comes without script, so only the server has it.

use std::{collections::BTreeMap, ops::RangeInclusive};

use leptos::prelude::*;
use leptos_meta::Title;
use model::{
    catalog::{Position, Problem, TextValidation},
    entity::Level,
};

use super::import::validation_form;
use crate::{
    components::{level_mark, problem_callouts},
    platform::{CheckedText, StatusSetter},
    ui::{Html, IntoEager as _, Mark, write_mark},
};

/// Of a longer text only what stands around its problems is shown.
const WHOLE_LINES: u32 = 200;
/// Lines shown before and after one with a problem.
const AROUND: u32 = 3;
/// Problems shown beside their lines; how many there are is told.
const MAX_PROBLEMS: usize = 200;
/// Characters shown of a line.
const MAX_COLUMNS: usize = 300;
/// A longer text is not handed back to be mended in the page.
const MAX_ECHO_BYTES: usize = 256 * 1024;

/// `/catalog-import/validate`.
pub(crate) struct ValidationPage;

impl ValidationPage {
    /// The page, with what was posted to it if something was.
    pub(crate) fn view() -> AnyView {
        let checked = use_context::<CheckedText>();
        let text = checked.as_ref().map_or("", |checked| &checked.text);
        let echo = if text.len() <= MAX_ECHO_BYTES { text } else { "" };
        let again = if text.is_empty() { "Validate" } else { "Validate again" };
        let form = validation_form(echo, again);
        view! {
            <Title text="Validate YAML"/>
            <div class="page-head">
                <div class="grow">
                    <h1>"Validate YAML"</h1>
                    <p class="sub">"Checked as the catalog would read it as a file. Nothing is added."</p>
                </div>
            </div>
            {checked.as_ref().map(|checked| result(checked).eager())}
            <section class="section" aria-label="Text" inner_html=form></section>
        }
        .into_any()
    }
}

fn result(checked: &CheckedText) -> impl IntoView + use<> {
    let mut html = Html::default();
    let mut elsewhere = Vec::new();
    match &*checked.outcome {
        Err(error) => {
            expect_context::<StatusSetter>().set(error.status);
            write_verdict(&mut html, Level::Error, "This could not be validated.", &error.message);
        }
        Ok(validation) => {
            write_outcome(&mut html, validation);
            let (placed, others): (Vec<_>, _) =
                validation.problems.iter().partition(|problem| problem.position.is_some());
            elsewhere = others.into_iter().cloned().collect();
            if !placed.is_empty() {
                write_listing(&mut html, &checked.text, &placed);
            }
        }
    }
    view! { <div inner_html=html.into_text()></div> {problem_callouts(elsewhere)} }
}

fn write_verdict(html: &mut Html, level: Level, heading: &str, text: &str) {
    let class = match level {
        Level::Error => "<div class=\"callout bad\" role=\"alert\">",
        Level::Warning => "<div class=\"callout warn\" role=\"status\">",
        Level::Info => "<div class=\"callout\" role=\"status\">",
    };
    html.tag(class);
    write_mark(html, if level == Level::Info { Mark::Ok } else { level_mark(level) });
    html.tag("<div><b>").text(heading).tag("</b><p dir=\"auto\">").text(text).tag("</p></div></div>");
}

/// How it went, in a line, and the entities that are described well.
fn write_outcome(html: &mut Html, validation: &TextValidation) {
    let TextValidation { entities, total, problems } = validation;
    let count = |level: Level| problems.iter().filter(|problem| problem.level == level).count();
    let (errors, warnings) = (count(Level::Error), count(Level::Warning));
    let found =
        counted(*total as usize, "entity is described without an error", "entities are described without an error");
    match (errors, warnings, total) {
        (0, 0, 0) => write_verdict(
            html,
            Level::Warning,
            "There is no entity in it.",
            "Paste the text of a catalog file, or choose one.",
        ),
        (0, 0, _) => write_verdict(html, Level::Info, "Nothing is wrong with it.", &format!("{found}.")),
        (0, ..) => {
            write_verdict(
                html,
                Level::Warning,
                &format!("{}.", counted(warnings, "warning", "warnings")),
                &format!("{found}."),
            );
        }
        _ => {
            let warned =
                if warnings > 0 { format!(" and {}", counted(warnings, "warning", "warnings")) } else { String::new() };
            let heading = format!("{}{warned}.", counted(errors, "error", "errors"));
            write_verdict(
                html,
                Level::Error,
                &heading,
                &format!("{found}. A document with an error would not be in the catalog."),
            );
        }
    }
    if !entities.is_empty() {
        html.tag("<ul class=\"row wrap section\" aria-label=\"Entities\">");
        for entity in entities {
            html.tag("<li><code>").text(&entity.entity_ref).tag("</code></li>");
        }
        let hidden = total.saturating_sub(entities.len() as u64);
        if hidden > 0 {
            html.tag("<li class=\"t3 fs12\">").text(&format!("and {hidden} more")).tag("</li>");
        }
        html.tag("</ul>");
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The lines, each problem below its own.
fn write_listing(html: &mut Html, text: &str, problems: &[&Problem]) {
    let lines: Vec<&str> = text.strip_suffix('\n').unwrap_or(text).split('\n').collect();
    let last = lines.len() as u32;
    let mut by_line: BTreeMap<u32, Vec<&Problem>> = BTreeMap::new();
    for problem in problems.iter().take(MAX_PROBLEMS) {
        // A fault may be told of the end, which is no line any more.
        let line = problem.position.map_or(1, |position| position.line).clamp(1, last);
        by_line.entry(line).or_default().push(problem);
    }
    html.tag("<section class=\"section\"><div class=\"sec-head\"><h2>Line by line</h2></div>")
        .tag("<div class=\"raw-wrap\" tabindex=\"0\" role=\"region\" aria-label=\"The text, with what is wrong below each line\">")
        .tag("<table class=\"raw lines\"><thead class=\"sr\"><tr><th>Line</th><th>Text, or what is wrong with the line above</th></tr></thead><tbody>");
    let mut next = 1;
    for window in windows(&by_line.keys().copied().collect::<Vec<_>>(), last) {
        write_gap(html, next, *window.start());
        for number in window.clone() {
            let here = by_line.get(&number).map_or(&[][..], Vec::as_slice);
            let line = lines.get(number as usize - 1).map_or("", |line| line.trim_end_matches('\r'));
            write_line(html, number, line, here);
        }
        next = window.end() + 1;
    }
    write_gap(html, next, last + 1);
    html.tag("</tbody></table></div>");
    let untold = problems.len().saturating_sub(MAX_PROBLEMS);
    if untold > 0 {
        html.tag("<p class=\"fs12 t2\">")
            .text(&format!("The first {MAX_PROBLEMS} of {} problems.", problems.len()))
            .tag("</p>");
    }
    html.tag("</section>");
}

/// The lines to show, as ranges that do not touch: all of a short text, else those around problems. `marked` ascends.
fn windows(marked: &[u32], last: u32) -> Vec<RangeInclusive<u32>> {
    if last <= WHOLE_LINES {
        return vec![1..=last];
    }
    let mut windows: Vec<RangeInclusive<u32>> = Vec::new();
    for line in marked {
        let (from, to) = (line.saturating_sub(AROUND).max(1), line.saturating_add(AROUND).min(last));
        match windows.last_mut() {
            Some(before) if *before.end() + 1 >= from => *before = *before.start()..=to,
            _ => windows.push(from..=to),
        }
    }
    windows
}

fn write_gap(html: &mut Html, from: u32, to: u32) {
    if to > from {
        html.tag("<tr><td class=\"ln\" aria-hidden=\"true\">⋯</td><td class=\"src t3\">")
            .text(&counted((to - from) as usize, "line", "lines"))
            .tag("</td></tr>");
    }
}

fn write_line(html: &mut Html, number: u32, line: &str, problems: &[&Problem]) {
    let worst = problems.iter().map(|problem| problem.level).max();
    let class = match worst {
        Some(Level::Error) => "<tr class=\"bad\">",
        Some(Level::Warning) => "<tr class=\"warn\">",
        _ => "<tr>",
    };
    html.tag(class).tag("<td class=\"ln num\">").text(&number.to_string()).tag("</td><td class=\"src\"><code>");
    write_marked(html, line, problems.first().and_then(|problem| problem.position));
    html.tag("</code></td></tr>");
    for problem in problems {
        html.tag(class).tag("<td></td><td class=\"says\"><div>");
        write_mark(html, level_mark(problem.level));
        let place = problem.position.map(|Position { line, column }| format!("{line}:{column}"));
        let level = match problem.level {
            Level::Error => " error: ",
            Level::Warning => " warning: ",
            Level::Info => " ",
        };
        html.tag("<p dir=\"auto\"><b>").text(&place.unwrap_or_default()).tag("</b>").tag(level);
        write_sentence(html, &problem.message);
        if let Some(hint) = &problem.hint {
            let mut hint = hint.clone();
            if let Some(first) = hint.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            html.tag(" ");
            write_sentence(html, &hint);
        }
        html.tag("</p></div></td></tr>");
    }
}

/// A line, or the part of a long one around a place in it, with the word at the place marked.
fn write_marked(html: &mut Html, line: &str, position: Option<Position>) {
    let at = position.map(|position| position.column.saturating_sub(1) as usize);
    let from = at.map_or(0, |at| at.saturating_sub(MAX_COLUMNS / 2));
    let shown: Vec<char> = line.chars().skip(from).take(MAX_COLUMNS).collect();
    let is_cut = line.chars().nth(from + MAX_COLUMNS).is_some();
    if from > 0 {
        html.tag("…");
    }
    let start = at.map_or(shown.len(), |at| (at - from).min(shown.len()));
    let ends = |c: &char| c.is_whitespace() || matches!(c, ':' | ',' | ']' | '}');
    let length = shown[start..].iter().position(ends).unwrap_or(shown.len() - start).max(1);
    let end = (start + length).min(shown.len());
    let text = |chars: &[char]| chars.iter().collect::<String>();
    html.text(&text(&shown[..start]));
    if start < end {
        html.tag("<mark>").text(&text(&shown[start..end])).tag("</mark>").text(&text(&shown[end..]));
    }
    if is_cut {
        html.tag("…");
    }
}

/// As [`crate::components::sentence`].
fn write_sentence(html: &mut Html, message: &str) {
    for (at, part) in message.split('`').enumerate() {
        if at % 2 == 1 {
            html.tag("<code>").text(part).tag("</code>");
        } else {
            html.text(part);
        }
    }
    if !message.ends_with(['.', '!', '?']) {
        html.tag(".");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use model::{
        catalog::{ProblemCode, ValidEntity},
        error::ApiError,
    };

    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, render};

    fn problem(line: u32, column: u32, message: &str) -> Problem {
        Problem {
            code: ProblemCode::InvalidEntity,
            level: Level::Error,
            message: message.to_owned(),
            hint: None,
            entity_ref: None,
            location: None,
            position: Some(Position { line, column }),
            target_ref: None,
        }
    }

    fn rendered(text: &str, outcome: Result<TextValidation, ApiError>) -> String {
        render(|| result(&CheckedText { text: text.into(), outcome: Arc::new(outcome) }))
    }

    #[expect(clippy::unnecessary_wraps, reason = "what is rendered is an outcome")]
    fn with(problems: Vec<Problem>) -> Result<TextValidation, ApiError> {
        let entity =
            ValidEntity { entity_ref: "component:default/web".to_owned(), position: Position { line: 1, column: 1 } };
        Ok(TextValidation { entities: vec![entity], total: 300, problems })
    }

    #[test]
    fn each_problem_stands_below_its_line() {
        let warning = Problem { level: Level::Warning, hint: Some("write `a`".to_owned()), ..problem(3, 5, "odd") };
        let text = "kind: X\r\nspec:\r\n    lifcycle: production\r\n";
        insta::assert_snapshot!(rendered(text, with(vec![problem(2, 1, "`spec.lifecycle` is missing"), warning])));
    }

    #[test]
    fn of_a_long_text_only_what_is_around_problems_is_shown() {
        assert_eq!(windows(&[5, 9, 400], 1000), [2..=12, 397..=403]);
        assert_eq!(windows(&[1, 1000], 1000), [1..=4, 997..=1000]);
        assert_eq!(windows(&[3], 3), [1..=3]);
        let html = rendered(&"a: b\n".repeat(1000), with(vec![problem(500, 1, "x")]));
        assert!(html.contains("496 lines") && html.matches("class=\"src\"").count() == 7, "{html}");
    }

    #[test]
    fn a_line_of_megabytes_is_cut_around_the_place() {
        let line = format!("{}here{}", "a".repeat(2_000_000), "b".repeat(2_000_000));
        let html = rendered(&line, with(vec![problem(1, 2_000_001, "x")]));
        assert!(html.contains("a<mark>here") && html.len() < 5_000, "{}", html.len());
    }

    #[test]
    fn a_place_behind_the_end_and_a_text_without_entities_are_no_trouble() {
        assert!(rendered("", with(vec![problem(9, 9, "the quoted text has no end")])).contains("has no end"));
        assert!(rendered("", Ok(TextValidation::default())).contains("There is no entity in it."));
    }

    #[test]
    fn hostile_text_stays_text() {
        let validation = with(vec![problem(1, 2, HOSTILE), Problem { position: None, ..problem(1, 1, HOSTILE) }]);
        assert_harmless(&rendered(&format!("{HOSTILE}\u{0}"), validation));
        let error = ApiError { status: 413, name: "x".into(), message: HOSTILE.into(), request_id: None };
        assert_harmless(&rendered("", Err(error)));
    }
}
