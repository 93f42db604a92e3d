use std::collections::BTreeMap;

use client::{Answer, catalog::entity_overview};
use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};
use model::{
    catalog::{EntityOverview, FacetKey, ListEntities, NearEntities, RowRef},
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
    components::{KindIcons, entity_chip, location, owner, problem_callouts, remember},
    links::{entity_href, host, href, safe_href, safe_location},
    platform::{Answered, ask},
    ui::{Icon, IntoEager as _, icon, load, title},
};

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
    let table = relations::table(icons, &overview.relations);
    let graph = relations::graph(icons, &overview.entity_ref(), &overview.relations);
    let head = head(icons, &overview, Tab::Overview);
    let about = about(icons, &overview);
    let path = entity_href(&overview.entity_ref());
    view! {
        {head}
        {problem_callouts(overview.problems)}
        <div class="split">
            <div>
                {sections::sections(icons, overview.sections)}
                <section class="section" aria-label="Relations">
                    <div class="sec-head"><h2>"Relations"</h2><span class="t3 fs12 num">{format!("{direct} direct")}</span></div>
                    {graph}
                    {table}
                </section>
                {sections::changes(&path, overview.changes)}
            </div>
            <aside class="about" aria-label="About">
                {about}
                {links(overview.links)}
                {pairs("Labels", overview.labels)}
                {pairs("Annotations", overview.annotations)}
            </aside>
        </div>
    }
    .eager()
}

fn about(icons: &KindIcons, overview: &EntityOverview) -> AnyView {
    let entity = |term: &'static str, target: Option<RowRef>| {
        target.map(|target| view! { <dt>{term}</dt> <dd>{entity_chip(icons, target, false)}</dd> })
    };
    let (class, description) = match overview.description.clone() {
        Some(text) => ("description", text),
        None => ("description t3", "No description.".to_owned()),
    };
    let owned_by =
        overview.related(OWNED_BY).map(|owned_by| view! { <dt>"Owner"</dt> <dd>{owner(Some(owned_by))}</dd> });
    let email = overview.email.clone().map(|email| {
        let href = safe_href(&format!("mailto:{email}")).map(str::to_owned);
        view! { <dt>"Email"</dt> <dd><a href=href>{email}</a></dd> }
    });
    let fields = overview.fields.clone().into_iter().map(field).collect_view();
    let namespace = (overview.namespace != DEFAULT_NAMESPACE)
        .then(|| view! { <dt>"Namespace"</dt> <dd>{overview.namespace.clone()}</dd> });
    let described_in = annotation(overview, annotations::MANAGED_BY_LOCATION)
        .map(|place| view! { <dt>"Described in"</dt> <dd>{location(place, "")}</dd> });
    view! {
        <section>
            <div class="sec-head"><h2>"About"</h2></div>
            <p class=class dir="auto">{description}</p>
            <dl class="kv">
                {owned_by}
                {entity("Part of", overview.related(PART_OF))}
                {entity("Domain", overview.domain.clone())}
                {namespace}
                {email}
                {fields}
                {tags(overview)}
                {described_in}
            </dl>
        </section>
    }
    .eager()
}

/// A field of `spec`, with its name as a word.
fn field((name, value): (String, String)) -> impl IntoView {
    let href = safe_href(&value).map(str::to_owned);
    view! { <dt class="field">{name}</dt> <dd dir="auto"><a href=href rel="noopener noreferrer external">{value}</a></dd> }
}

fn tags(overview: &EntityOverview) -> impl IntoView + use<> {
    let kind = overview.kind.to_ascii_lowercase();
    let tag = move |tag: &String| {
        let of_kind = ListEntities { kind: Some(kind.clone()), ..address::default_list() };
        let target = href(&address::of_list(&address::toggled(&of_kind, FacetKey::Tags, tag)));
        view! { <a class="tag" href=target>{tag.clone()}</a> }
    };
    let (first, others) = overview.tags.split_at(overview.tags.len().min(TAGS));
    let others = (!others.is_empty()).then(|| {
        view! {
            <details class="fold more-tags">
                <summary>{icon(Icon::ChevronDown, "i s")} {format!("{} more", others.len())}</summary>
                <div class="row wrap g4">{others.iter().map(&tag).collect_view()}</div>
            </details>
        }
    });
    (!first.is_empty()).then(|| {
        let first = first.iter().map(&tag).collect_view();
        view! { <dt>"Tags"</dt> <dd><div class="row wrap g4">{first}</div> {others}</dd> }
    })
}

fn links(links: Vec<Link>) -> impl IntoView {
    let link = |link: Link| {
        let address = safe_href(&link.url).map(str::to_owned);
        let beside = match &address {
            Some(address) => host(address).map(str::to_owned),
            None => Some("no web address".to_owned()),
        };
        let title = link.title.filter(|title| !title.trim().is_empty()).unwrap_or(link.url);
        view! {
            <li>
                <a href=address rel="noopener noreferrer external">
                    {icon(Icon::of_link(link.icon.as_deref()), "i s")}
                    <span class="trunc" dir="auto">{title}</span>
                </a>
                <span class="host trunc">{beside}</span>
            </li>
        }
    };
    (!links.is_empty()).then(|| {
        view! {
            <section class="section">
                <div class="sec-head"><h2>"Links"</h2></div>
                <ul class="links">{links.into_iter().map(link).collect_view()}</ul>
            </section>
        }
    })
}

fn pairs(heading: &'static str, pairs: BTreeMap<String, String>) -> impl IntoView {
    let count = pairs.len();
    let pair = |(key, value): (String, String)| {
        let href = safe_location(&value);
        view! { <dt>{key}</dt> <dd dir="auto"><a href=href rel="noopener noreferrer external">{value}</a></dd> }
    };
    (count > 0).then(|| {
        view! {
            <details class="fold" open=count <= FEW_PAIRS>
                <summary>{icon(Icon::ChevronDown, "i s")} {heading} <span class="count">{count.to_string()}</span></summary>
                <dl class="kv stacked">{pairs.into_iter().map(pair).collect_view()}</dl>
            </details>
        }
    })
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
        catalog::{Position, Problem, ProblemCode, RelationGroup},
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
