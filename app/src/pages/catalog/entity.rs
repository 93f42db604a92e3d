use std::collections::BTreeMap;

use client::{Answer, catalog::entity_overview};
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};
use model::{
    catalog::{EntityOverview, FacetKey, ListEntities, NearEntities, Problem},
    entity::{Link, annotations},
    entity_ref::{DEFAULT_NAMESPACE, EntityRef},
};

use super::{
    address,
    head::{Tab, annotation, head, missing, subject},
    relations::{self, OWNED_BY, PART_OF},
    sections,
};
use crate::{
    components::{
        KindIcons, problem_callout, problem_callouts, remember, write_entity_chip, write_location, write_owner,
    },
    links::{entity_href, host, href, safe_href, safe_location},
    platform::{Answered, ask},
    ui::{Html, Icon, IntoEager as _, icon, load, title},
};

/// Problems that are shown before the rest is folded.
const PROBLEMS: usize = 3;
/// Tags that are shown before the rest is folded.
const TAGS: usize = 24;
/// Labels, and annotations, that are not folded.
const FEW_PAIRS: usize = 4;

/// `/catalog/:namespace/:kind/:name`: one entity.
pub struct EntityPage {
    entity_ref: Memo<EntityRef>,
    overview: Answered,
}

#[lazy_route]
impl LazyRoute for EntityPage {
    fn data() -> Self {
        let entity_ref = subject();
        Self { entity_ref, overview: ask(move || entity_overview(&entity_ref.get())) }
    }

    fn view(this: Self) -> AnyView {
        let EntityPage { entity_ref, overview } = this;
        let icons = KindIcons::from_config();
        let content = move |answer: &Answer| {
            if answer.status() == 404 {
                // The names that are near are only an offer.
                let near = answer.json::<NearEntities>().unwrap_or_default().near;
                return Ok(missing(&icons, &entity_ref.get(), near));
            }
            let overview: EntityOverview = answer.decode()?;
            remember(&overview.entity_ref());
            Ok(found(&icons, overview))
        };
        view! {
            {title(move || entity_ref.with(|entity_ref| entity_ref.name.clone()))}
            {load(overview, skeleton, content)}
        }
        .into_any()
    }
}

fn found(icons: &KindIcons, overview: EntityOverview) -> AnyView {
    let direct: u64 = overview.relations.iter().map(|group| group.total).sum();
    let relations = relations::relations(icons, &overview.entity_ref(), &overview.relations);
    let head = head(icons, &overview, Tab::Overview);
    let about = about(icons, &overview);
    let path = entity_href(&overview.entity_ref());
    view! {
        {head}
        {problems(overview.problems, overview.problems_total)}
        <div class="split">
            <div>
                {sections::sections(icons, &overview.sections)}
                <section class="section" aria-label="Relations">
                    <div class="sec-head"><h2>"Relations"</h2><span class="t3 fs12 num">{format!("{direct} direct")}</span></div>
                    {relations}
                </section>
                {sections::changes(&path, overview.changes)}
            </div>
            {about}
        </div>
    }
    .eager()
}

/// The worst problems, and the rest behind a line that says how many it has.
fn problems(mut problems: Vec<Problem>, total: u64) -> AnyView {
    let others = problems.split_off(problems.len().min(PROBLEMS));
    let hidden = total.saturating_sub(PROBLEMS as u64);
    let untold = hidden.saturating_sub(others.len() as u64);
    let others = (!others.is_empty()).then(|| {
        let untold = (untold > 0).then(|| view! { <p class="t2 fs13 num">{format!("and {untold} more")}</p> });
        let heading = format!("{hidden} more {}", if hidden == 1 { "problem" } else { "problems" });
        view! {
            <details class="fold more-problems">
                <summary>{icon(Icon::ChevronDown, "i s")} <span class="num">{heading}</span></summary>
                <div class="callouts">{others.into_iter().map(problem_callout).collect_view()} {untold}</div>
            </details>
        }
    });
    view! { {problem_callouts(problems)} {others} }.eager()
}

/// What stands beside: about, links, labels and annotations.
fn about(icons: &KindIcons, overview: &EntityOverview) -> AnyView {
    let mut html = Html::default();
    write_about(&mut html, icons, overview);
    write_links(&mut html, &overview.links);
    write_pairs(&mut html, "Labels", &overview.labels);
    write_pairs(&mut html, "Annotations", &overview.annotations);
    view! { <aside class="about" aria-label="About" inner_html=html.into_text()></aside> }.eager()
}

fn write_about(html: &mut Html, icons: &KindIcons, overview: &EntityOverview) {
    html.tag("<section><div class=\"sec-head\"><h2>About</h2></div>");
    match &overview.description {
        Some(text) => html.tag("<p class=\"description\" dir=\"auto\">").text(text),
        None => html.tag("<p class=\"description t3\">No description."),
    };
    html.tag("</p><dl class=\"kv\">");
    if let Some(owner) = overview.related(OWNED_BY) {
        html.tag("<dt>Owner</dt><dd>");
        write_owner(html, &owner);
        html.tag("</dd>");
    }
    for (term, target) in
        [("<dt>Part of</dt><dd>", overview.related(PART_OF)), ("<dt>Domain</dt><dd>", overview.domain.clone())]
    {
        if let Some(target) = target {
            html.tag(term);
            write_entity_chip(html, icons, &target, false);
            html.tag("</dd>");
        }
    }
    if overview.namespace != DEFAULT_NAMESPACE {
        html.tag("<dt>Namespace</dt><dd>").text(&overview.namespace).tag("</dd>");
    }
    if let Some(email) = &overview.email {
        let address = ["mailto:", email].concat();
        html.tag("<dt>Email</dt><dd><a")
            .attribute(" href=\"", safe_href(&address))
            .tag(">")
            .text(email)
            .tag("</a></dd>");
    }
    for (name, value) in &overview.fields {
        html.tag("<dt class=\"field\">").text(name).tag("</dt><dd dir=\"auto\"><a");
        html.leading_out(safe_href(value)).tag(">").text(value).tag("</a></dd>");
    }
    write_tags(html, overview);
    if let Some(place) = annotation(overview, annotations::MANAGED_BY_LOCATION) {
        html.tag("<dt>Described in</dt><dd>");
        write_location(html, place);
        html.tag("</dd>");
    }
    html.tag("</dl></section>");
}

/// A few tags, and the rest folded; each leads to the entities of the kind that have it.
fn write_tags(html: &mut Html, overview: &EntityOverview) {
    let of_kind = ListEntities { kind: Some(overview.kind.to_ascii_lowercase()), ..address::default_list() };
    for (at, tag) in overview.tags.iter().enumerate() {
        if at == 0 {
            html.tag("<dt>Tags</dt><dd><div class=\"row wrap g4\">");
        }
        if at == TAGS {
            html.tag("</div><details class=\"fold more-tags\"><summary>");
            Icon::ChevronDown.write(html, "i s");
            html.text(&(overview.tags.len() - TAGS).to_string()).tag(" more</summary><div class=\"row wrap g4\">");
        }
        let target = href(&address::of_list(&address::toggled(&of_kind, FacetKey::Tags, tag)));
        html.tag("<a class=\"tag\"").attribute(" href=\"", Some(&target)).tag(">").text(tag).tag("</a>");
    }
    if !overview.tags.is_empty() {
        html.tag(if overview.tags.len() > TAGS { "</div></details></dd>" } else { "</div></dd>" });
    }
}

fn write_links(html: &mut Html, links: &[Link]) {
    if links.is_empty() {
        return;
    }
    html.tag("<section class=\"section\"><div class=\"sec-head\"><h2>Links</h2></div><ul class=\"links\">");
    for link in links {
        let address = safe_href(&link.url);
        let title = link.title.as_deref().filter(|title| !title.trim().is_empty()).unwrap_or(&link.url);
        html.tag("<li><a").leading_out(address).tag(">");
        Icon::of_link(link.icon.as_deref()).write(html, "i s");
        html.tag("<span class=\"trunc\" dir=\"auto\">").text(title).tag("</span></a><span class=\"host trunc\">");
        html.text(address.map_or("no web address", |address| host(address).unwrap_or_default())).tag("</span></li>");
    }
    html.tag("</ul></section>");
}

/// Pairs, folded where they are many; a value that is an address of the web is a link.
fn write_pairs(html: &mut Html, heading: &'static str, pairs: &BTreeMap<String, String>) {
    if pairs.is_empty() {
        return;
    }
    html.tag(if pairs.len() > FEW_PAIRS { "<details class=\"fold\">" } else { "<details class=\"fold\" open>" })
        .tag("<summary>");
    Icon::ChevronDown.write(html, "i s");
    html.tag(heading)
        .tag(" <span class=\"count\">")
        .text(&pairs.len().to_string())
        .tag("</span></summary><dl class=\"kv stacked\">");
    for (key, value) in pairs {
        html.tag("<dt>").text(key).tag("</dt><dd dir=\"auto\"><a");
        html.leading_out(safe_location(value).as_deref()).tag(">").text(value).tag("</a></dd>");
    }
    html.tag("</dl></details>");
}

/// Head, tabs and a few rows, of the height of real ones.
fn skeleton() -> AnyView {
    let row = |width| view! { <tr><td><span class="skel"></span></td><td><span class=width></span></td></tr> };
    view! {
        <div aria-hidden="true">
            <div class="page-head ent-head">
                <span class="skel square"></span>
                <div class="grow"><span class="skel title"></span><span class="skel w1"></span></div>
            </div>
            <div class="tabs"><a><span class="skel w4"></span></a></div>
            <table class="table relations"><colgroup><col class="c-relation"/><col/></colgroup><tbody>{["skel w3", "skel w1", "skel w4"].map(row).collect_view()}</tbody></table>
        </div>
        <p class="sr" role="status">"Loading the entity"</p>
    }
    .eager()
}

#[cfg(test)]
mod tests {
    use model::{
        catalog::{Position, ProblemCode, RelationGroup, RowRef},
        entity::Level,
    };

    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, named, render};

    fn overview() -> EntityOverview {
        let group = |relation_type: &str, targets: Vec<RowRef>, total| RelationGroup {
            relation_type: relation_type.into(),
            targets,
            total,
            query: String::new(),
        };
        EntityOverview {
            kind: "Component".into(),
            namespace: "default".into(),
            name: "checkout-api".into(),
            title: "Checkout API".into(),
            description: Some("Takes a cart to a paid order.".into()),
            entity_type: Some("service".into()),
            lifecycle: Some("production".into()),
            tags: vec!["tier-1".into()],
            annotations: [
                (annotations::MANAGED_BY_LOCATION.to_owned(), "file:/srv/catalog-info.yaml".to_owned()),
                (annotations::SOURCE_LOCATION.to_owned(), "url:https://git.example/checkout/".to_owned()),
                (annotations::EDIT_URL.to_owned(), "javascript:alert(1)".to_owned()),
            ]
            .into(),
            links: vec![Link {
                url: "https://grafana.example/d/1".into(),
                title: Some("Dashboard".into()),
                ..Link::default()
            }],
            relations: vec![
                group(OWNED_BY, vec![named("group:default/payments", true)], 1),
                group("dependsOn", vec![named("resource:default/gone", false)], 30),
            ],
            problems: vec![Problem {
                code: ProblemCode::DanglingReference,
                level: Level::Error,
                message: "`spec.dependsOn` names `resource:default/gone`, which does not exist".into(),
                hint: Some("Register it, or take it out.".into()),
                entity_ref: None,
                location: Some("file:/srv/catalog-info.yaml".into()),
                position: Some(Position { line: 14, column: 9 }),
                target_ref: None,
            }],
            ..EntityOverview::default()
        }
    }

    #[test]
    fn full() {
        insta::assert_snapshot!(render(|| found(&KindIcons::from_config(), overview())));
    }

    #[test]
    fn what_one_may_not_do_says_why_under_it() {
        let why = |what: &str| (what.to_owned(), "what allows it is `owners-act` (owners act)".to_owned());
        let overview = EntityOverview {
            why_not: [why(EntityOverview::REFRESH), why(EntityOverview::DELETE)].into(),
            ..overview()
        };
        let html = render(|| found(&KindIcons::from_config(), overview));
        let menu = &html[html.find("class=\"menu\"").unwrap()..];
        let menu = menu[..menu.find("</ul>").unwrap()].replace('\n', "");
        assert!(!menu.contains("/unregister"), "{menu}");
        assert_eq!(menu.matches(" disabled>").count(), 2, "{menu}");
        assert_eq!(
            menu.matches("<small>what allows it is `owners-act` (owners act)</small></li>").count(),
            2,
            "{menu}"
        );
    }

    #[test]
    fn of_many_problems_the_worst_are_shown_and_the_rest_is_folded_and_counted() {
        let many = |count| std::iter::repeat_with(|| overview().problems).take(count).flatten().collect::<Vec<_>>();
        let html = render(|| problems(many(20), 5_000));
        assert!(html.contains("4997 more problems") && html.contains("and 4980 more"), "{html}");
        assert!(!render(|| problems(many(3), 3)).contains("<details"));
    }

    #[test]
    fn hostile_text_stays_text_and_hostile_addresses_are_no_links() {
        let hostile = EntityOverview {
            title: HOSTILE.into(),
            name: HOSTILE.into(),
            description: Some(HOSTILE.into()),
            email: Some(HOSTILE.into()),
            entity_type: Some(HOSTILE.into()),
            tags: vec![HOSTILE.into()],
            labels: [(HOSTILE.to_owned(), HOSTILE.to_owned())].into(),
            links: vec![Link {
                url: "javascript:alert(1)".into(),
                title: Some(HOSTILE.into()),
                icon: Some(HOSTILE.into()),
                link_type: None,
            }],
            ..overview()
        };
        let html = render(|| found(&KindIcons::from_config(), hostile));
        assert_harmless(&html);
    }

    #[test]
    fn loading_says_so() {
        assert!(render(skeleton).contains("Loading the entity"));
    }
}
