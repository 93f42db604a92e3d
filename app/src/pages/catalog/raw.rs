use std::collections::BTreeMap;

use client::{
    Answer,
    catalog::{entity_overview, entity_provenance, entity_versions},
};
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};
use model::{
    catalog::{
        EntityProvenance, EntityVersion, EntityVersions, NearEntities, PartOrigin, PartProvenance, SourceProvider,
        VersionChange,
    },
    entity_ref::EntityRef,
    error::ApiError,
};

use super::head::{Tab, head, missing, subject};
use crate::{
    components::{KindIcons, location, time},
    links::entity_href,
    platform::{Answered, ask},
    ui::{Icon, IntoEager as _, icon, load, title},
};

/// Lines that the page shows; an API's definition may have many thousands.
const MAX_LINES: usize = 2_000;

/// `/catalog/:namespace/:kind/:name/raw`: an entity as YAML, where each part of it comes from, and how it came to be.
pub struct RawPage {
    entity_ref: Memo<EntityRef>,
    overview: Answered,
    provenance: Answered,
    versions: Answered,
}

#[lazy_route]
impl LazyRoute for RawPage {
    fn data() -> Self {
        let entity_ref = subject();
        Self {
            entity_ref,
            overview: ask(move || entity_overview(&entity_ref.get())),
            provenance: ask(move || entity_provenance(&entity_ref.get())),
            versions: ask(move || entity_versions(&entity_ref.get())),
        }
    }

    fn view(this: Self) -> AnyView {
        let RawPage { entity_ref, overview, provenance, versions } = this;
        let icons = KindIcons::from_config();
        let top = move |answer: &Answer| match answer.status() {
            404 => Ok(missing(&icons, &entity_ref.get(), answer.json::<NearEntities>().unwrap_or_default().near)),
            _ => Ok(head(&icons, &answer.decode()?, Tab::Raw)),
        };
        view! {
            {title(move || entity_ref.with(|entity_ref| format!("{}, raw", entity_ref.name)))}
            {load(overview, skeleton, top)}
            {load(provenance, nothing, |answer| of_what_exists(answer, |answer| Ok(listing(&answer.decode()?))))}
            {load(versions, nothing, |answer| of_what_exists(answer, |answer| Ok(history(answer.decode()?))))}
        }
        .into_any()
    }
}

/// What does not exist the head has said.
fn of_what_exists(
    answer: &Answer,
    content: impl FnOnce(&Answer) -> Result<AnyView, ApiError>,
) -> Result<AnyView, ApiError> {
    if answer.status() == 404 { Ok(nothing()) } else { content(answer) }
}

fn nothing() -> AnyView {
    ().into_any()
}

/// The YAML, with the origin of each part on its line.
fn listing(provenance: &EntityProvenance) -> AnyView {
    let mut by_line: BTreeMap<u32, &PartProvenance> = BTreeMap::new();
    for part in &provenance.parts {
        by_line.entry(part.line).or_insert(part);
    }
    let total = provenance.yaml.lines().count();
    let rows = provenance.yaml.lines().take(MAX_LINES).zip(1_u32..).map(|(text, number)| {
        let origin = by_line.get(&number).map(|part| origin(part, &provenance.location));
        view! {
            <tr>
                <td class="ln num" aria-hidden="true">{number.to_string()}</td>
                <td class="src"><code>{text.to_owned()}</code></td>
                <td class="org">{origin}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let cut = (total > MAX_LINES).then(|| {
        view! { <p class="fs12 t2">{format!("The first {MAX_LINES} of {total} lines.")}</p> }
    });
    let provider = match provenance.provider {
        SourceProvider::Configuration => "which the configuration names",
        SourceProvider::Registration => "which somebody registered",
        SourceProvider::Backstage => "another catalog",
    };
    let led = (provenance.source != provenance.location).then(|| {
        view! { " It was reached from " {location(&provenance.source, "")} ", " {provider} "." }
    });
    view! {
        <section>
            <div class="sec-head"><h2>"As YAML"</h2></div>
            <p class="fs13 t2">"Defined in " {location(&provenance.location, "")} "." {led}
                " On the right of each line stands where it comes from: a line of that file, or who filled it in."</p>
            <div class="raw-wrap" tabindex="0" role="region" aria-label="The entity as YAML, line by line">
                <table class="raw">
                    <thead class="sr"><tr><th>"Line"</th><th>"YAML"</th><th>"Comes from"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            {cut}
        </section>
    }
    .eager()
}

/// Where a part comes from, in a few words.
fn origin(part: &PartProvenance, own: &str) -> AnyView {
    let line = part.position.map(|position| format!("line {}", position.line));
    let place = part.location.as_ref().zip(part.position).map(|(file, at)| format!("{file}:{}:{}", at.line, at.column));
    let plain = |words: &'static str| view! { <span class="made">{words}</span> }.eager();
    match part.origin {
        PartOrigin::File => view! { <span title=place>{line}</span> }.eager(),
        PartOrigin::Inclusion => {
            let file = part.location.clone().unwrap_or_else(|| own.to_owned());
            view! { <span title=place>"includes "</span> {location(&file, "")} }.eager()
        }
        PartOrigin::Relations => match (&line, part.entity_ref.as_deref().map(EntityRef::parse_full)) {
            (Some(line), _) => view! { <span title=place>"from " {line.clone()}</span> }.eager(),
            (None, Some(Ok(other))) => {
                view! { <span class="made">"named by "</span> <a href=entity_href(&other)>{other.name.clone()}</a> }
                    .eager()
            }
            _ => plain("follows from references"),
        },
        PartOrigin::DefaultNamespace => plain("the default"),
        PartOrigin::LocationAnnotations => plain("noted when it was read"),
        PartOrigin::Identity => plain("given by the catalog"),
        PartOrigin::Status => plain("found by processing"),
        PartOrigin::Unknown => nothing(),
    }
}

/// What changed, the newest first.
fn history(versions: EntityVersions) -> AnyView {
    let count = versions.items.len();
    let last = count.saturating_sub(1);
    let items =
        versions.items.into_iter().enumerate().map(|(at, version)| view! { <li>{told(version, at == last)}</li> });
    let items = items.collect_view();
    view! {
        <section class="section" id="versions">
            <div class="sec-head"><h2>"Versions"</h2><span class="t3 fs12 num">{count.to_string()} " kept"</span></div>
            <ol class="versions">{items}</ol>
        </section>
    }
    .eager()
}

fn told(version: EntityVersion, is_oldest: bool) -> AnyView {
    let EntityVersion { changed_at, changes, is_removal, location: file, commit, .. } = version;
    let what = match (is_removal, is_oldest, changes.len()) {
        (true, ..) => "Removed".to_owned(),
        (_, true, _) => "First version that is kept".to_owned(),
        (_, _, 0) => "Added again".to_owned(),
        (_, _, 1) => "1 field changed".to_owned(),
        (_, _, count) => format!("{count} fields changed"),
    };
    let time = match changed_at {
        Some(at) => view! { <span class="t3">{time(&at)}</span> }.eager(),
        None => view! { <span class="t3">"at an unknown time"</span> }.eager(),
    };
    let commit = commit.map(|commit| {
        let short = commit.get(..8).unwrap_or(&commit).to_owned();
        view! { <span class="t2 fs12">"commit " <code title=commit>{short}</code></span> }
    });
    let file = file.map(|file| view! { <span class="t3 fs12 trunc">{location(&file, "")}</span> });
    if changes.is_empty() {
        return view! { <p class="row wrap line">{time} <span>{what}</span> {commit} {file}</p> }.eager();
    }
    let rows = changes.into_iter().map(change).collect_view();
    view! {
        <details class="fold" open=is_oldest>
            <summary>{icon(Icon::ChevronDown, "i s")} {time} <span>{what}</span> {commit} {file}</summary>
            <dl class="diff">{rows}</dl>
        </details>
    }
    .eager()
}

fn change(VersionChange { path, before, after }: VersionChange) -> impl IntoView {
    let before = before.map(|value| view! { <dd class="del"><span class="sr">"before: "</span>{value}</dd> });
    let after = after.map(|value| view! { <dd class="ins"><span class="sr">"after: "</span>{value}</dd> });
    view! { <dt><code>{path}</code></dt> {before} {after} }
}

fn skeleton() -> AnyView {
    view! {
        <div aria-hidden="true">
            <div class="page-head ent-head">
                <span class="skel square"></span>
                <div class="grow"><span class="skel title"></span><span class="skel w1"></span></div>
            </div>
            <div class="tabs"><a><span class="skel w4"></span></a></div>
        </div>
        <p class="sr" role="status">"Loading the entity"</p>
    }
    .eager()
}

#[cfg(test)]
mod tests {
    use model::catalog::Position;

    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, render};

    fn part(line: u32, origin: PartOrigin) -> PartProvenance {
        PartProvenance { pointer: "/a".into(), line, origin, location: None, position: None, entity_ref: None }
    }

    fn provenance() -> EntityProvenance {
        let file = || Some("file:/srv/api.yaml".to_owned());
        let position = Some(Position { line: 12, column: 3 });
        EntityProvenance {
            source: "file:/srv/all.yaml".into(),
            provider: SourceProvider::Configuration,
            location: "file:/srv/api.yaml".into(),
            ancestors: Vec::new(),
            yaml: "kind: API\nspec:\n  definition: |\n    openapi: 3.1.0\nrelations:\n- type: apiProvidedBy\nuid: x\n"
                .into(),
            parts: vec![
                PartProvenance { location: file(), position, ..part(1, PartOrigin::File) },
                PartProvenance {
                    location: Some("url:https://git.example/openapi.yaml".into()),
                    position,
                    ..part(3, PartOrigin::Inclusion)
                },
                PartProvenance { entity_ref: Some("component:default/shop".into()), ..part(6, PartOrigin::Relations) },
                part(7, PartOrigin::Identity),
            ],
        }
    }

    #[test]
    fn full() {
        insta::assert_snapshot!(render(|| listing(&provenance())));
    }

    #[test]
    fn versions_are_told() {
        let change = |path: &str, before: Option<&str>, after: Option<&str>| VersionChange {
            path: path.into(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        };
        let version = |version, changes| EntityVersion {
            version,
            changed_at: Some("2026-11-19T09:14:22.5Z".into()),
            location: Some("file:/srv/api.yaml".into()),
            commit: Some("b81e0c4d5e6f".into()),
            is_removal: false,
            changes,
        };
        let changes = vec![change("spec.owner", Some("a"), Some("b")), change("spec.type", None, Some("grpc"))];
        let items =
            vec![EntityVersion { is_removal: true, ..version(9, vec![]) }, version(7, changes), version(2, vec![])];
        insta::assert_snapshot!(render(|| history(EntityVersions { items })));
    }

    #[test]
    fn hostile_text_stays_text_and_much_of_it_is_cut() {
        let yaml = format!("{HOSTILE}\n").repeat(MAX_LINES + 1);
        let html = render(|| listing(&EntityProvenance { yaml, ..provenance() }));
        assert_harmless(&html);
        assert!(html.contains("The first 2000 of 2001 lines."));
    }
}
