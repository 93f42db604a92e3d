use client::{Answer, catalog::preview_locations};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_url;
use model::{
    app::AppConfig,
    catalog::{LocationPreview, LocationPreviews, PreviewChange, PreviewEntity, RowRef},
    entity_ref::EntityRef,
};

use crate::{
    components::{KindIcons, entity_chip, entity_name, location, problem_callouts, sentence},
    links::href,
    platform::ask_once,
    ui::{Html, Icon, IntoEager as _, Mark, icon, load, mark},
};

/// Where the page is, below the base path.
const PATH: &str = "/catalog-import";

/// `/catalog-import`: registers URLs, and shows before what they would bring.
pub struct ImportPage {
    search: Memo<String>,
}

impl ImportPage {
    /// What the address says; it stays in the main module.
    pub(crate) fn data() -> Self {
        let url = use_url();
        Self { search: Memo::new(move |_| url.with(|url| url.search().to_owned())) }
    }

    /// The page.
    pub(crate) fn view(&self) -> AnyView {
        let search = self.search;
        let targets = Memo::new(move |_| search.with(|search| parse(search)));
        // Not again with each change of the catalog: foreign hosts are asked.
        let previews = ask_once(move || targets.with(|targets| preview_locations(targets)));
        let icons = KindIcons::from_config();
        view! {
            <Title text="Import"/>
            {head()}
            {move || form(&targets.get()).eager()}
            {load(previews, skeleton, move |answer: &Answer| Ok(content(&icons, answer.decode()?)))}
            <section class="section">
                <div class="sec-head"><h2>"Not in a repository yet?"</h2></div>
                <div inner_html=validation_form("", "Validate")></div>
            </section>
        }
        .into_any()
    }
}

/// The URLs of `targets=`, one a line, each once, as many as are previewed at once.
fn parse(search: &str) -> Vec<String> {
    let mut targets: Vec<String> = Vec::new();
    for (_, text) in form_urlencoded::parse(search.as_bytes()).filter(|(name, _)| name == "targets") {
        for target in text.lines().map(str::trim).filter(|target| !target.is_empty()) {
            if !targets.iter().any(|known| known == target) {
                targets.push(target.to_owned());
            }
        }
    }
    targets.truncate(LocationPreviews::MAX_TARGETS);
    targets
}

fn head() -> impl IntoView {
    view! {
        <div class="page-head">
            <div class="grow">
                <h1>"Import"</h1>
                <p class="sub">"Register files, folders or repositories that describe what there is. Nothing is added before you have seen it."</p>
            </div>
        </div>
    }
}

fn form(targets: &[String]) -> impl IntoView + use<> {
    let is_first = targets.is_empty();
    let class = if is_first { "btn primary" } else { "btn" };
    let label = if is_first { "Preview" } else { "Preview again" };
    view! {
        <form class="import" method="get" action=href(PATH)>
            <label for="import-targets">"URLs, one a line"</label>
            <textarea
                class="input mono"
                id="import-targets"
                name="targets"
                rows="4"
                required
                spellcheck="false"
                placeholder="https://github.com/acme/shop/blob/main/catalog-info.yaml"
                inner_html=escaped(&targets.join("\n"))
            ></textarea>
            <div class="row">
                <button type="submit" class=class>{icon(Icon::Search, "i")} {label}</button>
                <span class="t3 fs12">{format!("At most {} at once.", LocationPreviews::MAX_TARGETS)}</span>
            </div>
        </form>
    }
}

/// Posts a text to be validated, pasted or as a file.
pub(super) fn validation_form(text: &str, label: &'static str) -> String {
    let mut html = Html::default();
    html.tag("<form class=\"import\" method=\"post\" enctype=\"multipart/form-data\"")
        .attribute(" action=\"", Some(&href(AppConfig::VALIDATION)))
        .tag("><label for=\"yaml\">YAML, as in a catalog-info.yaml</label>")
        .tag("<textarea class=\"input mono\" id=\"yaml\" name=\"text\" rows=\"10\" spellcheck=\"false\">\n")
        .text(text)
        .tag("</textarea><label for=\"file\">Or a file</label><input class=\"input\" type=\"file\" id=\"file\" name=\"file\" accept=\".yaml,.yml,.json\">")
        .tag("<div class=\"row\"><button type=\"submit\" class=\"btn\">")
        .tag(label)
        .tag("</button><span class=\"t3 fs12\">Shows what is wrong, line by line. Nothing is added.</span></div></form>");
    html.into_text()
}

/// Text as HTML. Leptos writes what stands in a `textarea` as it is, so that `</textarea>` would end it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn content(icons: &KindIcons, LocationPreviews { items }: LocationPreviews) -> AnyView {
    if items.is_empty() {
        return ().into_any();
    }
    let new: Vec<&LocationPreview> =
        items.iter().filter(|item| item.error.is_none() && !item.is_registered && adds(item)).collect();
    let register = (!new.is_empty()).then(|| {
        let targets: Vec<&str> = new.iter().map(|item| &*item.target).collect();
        let label = if new.len() == 1 { "Register 1 URL".to_owned() } else { format!("Register {} URLs", new.len()) };
        view! {
            <form class="section row" method="post" action=href("/form/register-locations")>
                <input type="hidden" name="targets" value=targets.join("\n")/>
                <button type="submit" class="btn primary">{icon(Icon::FilePlus2, "i")} {label}</button>
                <span class="t3 fs12">"They are read again by themselves when they change."</span>
            </form>
        }
    });
    let previews = items.iter().map(|item| preview(icons, item).eager()).collect_view();
    view! { {previews} {register} }.eager()
}

/// False where other sources have all that it holds.
fn adds(item: &LocationPreview) -> bool {
    item.total > item.entities.len() as u64
        || item.entities.iter().any(|entity| entity.change != PreviewChange::Conflict)
}

fn preview(icons: &KindIcons, item: &LocationPreview) -> impl IntoView + use<> {
    let count = |change: PreviewChange| item.entities.iter().filter(|entity| entity.change == change).count();
    let words = [PreviewChange::Added, PreviewChange::Changed, PreviewChange::Unchanged, PreviewChange::Conflict]
        .into_iter()
        .filter(|change| count(*change) > 0)
        .map(|change| format!("{} {}", count(change), word(change)));
    let words = words.collect::<Vec<_>>().join(", ");
    let registered = item.is_registered.then(|| view! { <span class="tag">"registered already"</span> });
    let error = item.error.as_deref().map(|error| {
        view! {
            <div class="callout bad" role="alert">
                {mark(Mark::Bad)}
                <div><b>"This can’t be registered."</b> <p dir="auto">{sentence(error)}</p></div>
            </div>
        }
    });
    let help = help(item);
    // What is wrong with all of it has been said.
    let problems = item.problems.clone();
    let problems = item.error.is_none().then(|| problem_callouts(problems));
    let hidden = item.total.saturating_sub(item.entities.len() as u64);
    let more = (hidden > 0).then(|| view! { <p class="t3 fs12">{format!("and {hidden} more")}</p> });
    let rows = item.entities.iter().map(|entity| row(icons, entity)).collect_view();
    let table = (!item.entities.is_empty()).then(|| {
        view! {
            <div class="table-wrap">
                <table class="table preview">
                    <thead><tr><th class="c-state">"Would be"</th><th>"Entity"</th><th class="p2">"Kind"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    view! {
        <section class="section" aria-label=item.target.clone()>
            <div class="sec-head"><h2>{location(&item.target, "")}</h2> {registered} <span class="t3 fs12 num">{words}</span></div>
            {error}
            {help}
            {problems}
            {table}
            {more}
        </section>
    }
}

/// The way on where there is nothing to register: the file that was probably meant, or one to begin with.
fn help(item: &LocationPreview) -> Option<AnyView> {
    let mut html = Html::default();
    if let Some(instead) = &item.instead {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("targets", instead).finish();
        html.tag("<p class=\"fs13\">Its repository has a catalog file: <a")
            .attribute(" href=\"", Some(&href(&[PATH, "?", &query].concat())))
            .tag(">preview ")
            .text(instead)
            .tag("</a>.</p>");
    } else {
        let draft = item.draft.as_ref()?;
        html.tag("<p class=\"fs13\">Nothing describes it yet. Begin with this as <code>catalog-info.yaml</code>, ");
        match &draft.url {
            Some(url) => html.tag("commit it, and import <code>").text(url).tag("</code>."),
            None => html.tag("put it where Callboard can read it, and import its URL."),
        };
        html.tag("</p><pre class=\"code\" tabindex=\"0\" aria-label=\"A file to begin with\">")
            .text(&draft.text)
            .tag("</pre>");
    }
    Some(view! { <div class="begin" inner_html=html.into_text()></div> }.eager())
}

fn word(change: PreviewChange) -> &'static str {
    match change {
        PreviewChange::Conflict => "in conflict",
        PreviewChange::Added => "added",
        PreviewChange::Changed => "changed",
        PreviewChange::Unchanged => "unchanged",
    }
}

fn row(icons: &KindIcons, entity: &PreviewEntity) -> impl IntoView + use<> {
    let symbol = match entity.change {
        PreviewChange::Conflict => Mark::Warn,
        PreviewChange::Added | PreviewChange::Changed => Mark::Ok,
        PreviewChange::Unchanged => Mark::Unknown,
    };
    let entity_ref = EntityRef::parse_full(&entity.entity_ref).ok();
    let kind = entity_ref.as_ref().map(|entity_ref| entity_ref.kind.clone());
    // What is new has no page yet.
    let name = if let (Some(entity_ref), PreviewChange::Added) = (&entity_ref, entity.change) {
        let symbol = icons.icon(&entity_ref.kind);
        view! { <span class="ent">{symbol} <span dir="auto">{entity_name(entity_ref)}</span></span> }.into_any()
    } else {
        let there = RowRef { entity_ref: entity.entity_ref.clone(), title: String::new(), exists: true };
        entity_chip(icons, there, false).into_any()
    };
    let held_by = entity.held_by.as_deref().map(|held_by| {
        view! { <div class="why fs12">"The one from " {location(held_by, "")} " stays."</div> }
    });
    view! {
        <tr>
            <td><span class="state">{mark(symbol)} <span class="trunc">{word(entity.change)}</span></span></td>
            <td class="what">{name} {held_by}</td>
            <td class="t2 p2">{kind}</td>
        </tr>
    }
}

fn skeleton() -> AnyView {
    view! {
        <section class="section">
            <span class="skel w3" aria-hidden="true"></span>
            <p class="sr" role="status">"Reading the URLs"</p>
        </section>
    }
    .eager()
}

#[cfg(test)]
mod tests {
    use model::catalog::DescriptorDraft;

    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, render};

    fn entity(name: &str, change: PreviewChange) -> PreviewEntity {
        let held_by = (change == PreviewChange::Conflict).then(|| "url:https://git.example/other.yaml".to_owned());
        PreviewEntity { entity_ref: format!("component:default/{name}"), change, held_by }
    }

    fn rendered(items: Vec<LocationPreview>) -> String {
        render(|| content(&KindIcons::from_config(), LocationPreviews { items }))
    }

    #[test]
    fn each_state() {
        let full = LocationPreview {
            target: "https://git.example/a.yaml".into(),
            entities: vec![
                entity("taken", PreviewChange::Conflict),
                entity("new", PreviewChange::Added),
                entity("other", PreviewChange::Changed),
                entity("same", PreviewChange::Unchanged),
            ],
            total: 9,
            ..LocationPreview::default()
        };
        let refused = LocationPreview {
            target: "ftp://git.example/b.yaml".into(),
            error: Some("`ftp://git.example/b.yaml` is no http or https URL, but `ftp`".into()),
            ..LocationPreview::default()
        };
        insta::assert_snapshot!(rendered(vec![full, refused]));
    }

    #[test]
    fn what_brings_nothing_says_how_to_begin() {
        let nothing = |target: &str| LocationPreview {
            target: target.into(),
            error: Some("it leads to no entity".into()),
            ..LocationPreview::default()
        };
        let draft = DescriptorDraft {
            text: "kind: Component\n".into(),
            url: Some("https://git.example/acme/shop/src/branch/main/catalog-info.yaml".into()),
        };
        let new = LocationPreview { draft: Some(draft), ..nothing("https://git.example/acme/shop") };
        let meant = LocationPreview {
            instead: Some("https://git.example/acme/web/src/branch/main/catalog-info.yaml".into()),
            ..nothing("https://git.example/acme/web")
        };
        insta::assert_snapshot!(rendered(vec![new, meant]));
    }

    #[test]
    fn what_is_registered_is_not_registered_again() {
        let there = LocationPreview {
            target: "https://git.example/a.yaml".into(),
            is_registered: true,
            entities: vec![entity("same", PreviewChange::Unchanged)],
            total: 1,
            ..LocationPreview::default()
        };
        let html = rendered(vec![there]);
        assert!(html.contains("registered already") && !html.contains("register-locations"), "{html}");
    }

    #[test]
    fn urls_stand_one_a_line_in_the_address() {
        assert_eq!(parse("targets=%20https://a%0D%0A%0D%0Ahttps://b%0Ahttps://a"), ["https://a", "https://b"]);
        assert_eq!(parse("x=y"), [""; 0]);
    }

    #[test]
    fn hostile_text_stays_text() {
        let hostile =
            LocationPreview { target: HOSTILE.into(), error: Some(HOSTILE.into()), ..LocationPreview::default() };
        let draft = DescriptorDraft { text: HOSTILE.into(), url: Some(HOSTILE.into()) };
        assert_harmless(&rendered(vec![LocationPreview { draft: Some(draft), ..hostile.clone() }]));
        assert_harmless(&rendered(vec![LocationPreview { instead: Some(HOSTILE.into()), ..hostile.clone() }]));
        assert_harmless(&rendered(vec![hostile]));
        let html = render(|| form(&[format!("</textarea>{HOSTILE}")]));
        assert_harmless(&html);
        assert_eq!(html.matches("</textarea>").count(), 1, "{html}");
    }
}
