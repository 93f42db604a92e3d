use std::collections::BTreeMap;

use client::{Answer, catalog::entity_overview};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_params_map, lazy_route};
use model::{
    catalog::{EntityOverview, FacetKey, ListEntities, NearEntities, NearEntity, RowRef},
    entity::{Link, annotations},
    entity_ref::{DEFAULT_NAMESPACE, EntityRef},
};

use super::{
    address,
    relations::{self, OWNED_BY, PART_OF},
};
use crate::{
    components::{KindIcons, entity_chip, kind_tile, location, owner, problem_callouts, remember},
    links::{host, href, safe_href},
    platform::{Answered, ask},
    ui::{Action, Empty, Icon, IntoEager as _, empty, icon, load},
};

/// `/catalog/:namespace/:kind/:name`: one entity.
pub struct EntityPage {
    entity_ref: Memo<EntityRef>,
    overview: Answered,
}

#[lazy_route]
impl LazyRoute for EntityPage {
    fn data() -> Self {
        let params = use_params_map();
        let entity_ref = Memo::new(move |_| {
            params.with(|params| {
                let part = |name| params.get(name).unwrap_or_default();
                EntityRef::new(part("kind"), part("namespace"), part("name"))
            })
        });
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
            <Title text=move || entity_ref.with(|entity_ref| entity_ref.name.clone())/>
            {load(overview, skeleton, content)}
        }
        .into_any()
    }
}

fn annotation<'a>(overview: &'a EntityOverview, key: &str) -> Option<&'a str> {
    overview.annotations.get(key).map(String::as_str)
}

fn found(icons: &KindIcons, overview: EntityOverview) -> AnyView {
    let direct: u64 = overview.relations.iter().map(|group| group.total).sum();
    let table = relations::table(icons, &overview.entity_ref(), &overview.relations);
    let head = head(icons, &overview);
    let about = about(icons, &overview);
    view! {
        {head}
        <nav class="tabs" aria-label="Parts of this entity"><a href="" aria-current="page">"Overview"</a></nav>
        {problem_callouts(overview.problems)}
        <div class="split">
            <section>
                <div class="sec-head"><h2>"Relations"</h2><span class="t3 fs12 num">{format!("{direct} direct")}</span></div>
                {table}
            </section>
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

fn head(icons: &KindIcons, overview: &EntityOverview) -> AnyView {
    let dot = || view! { <span class="t3 dot" aria-hidden="true">"·"</span> };
    let kind = match &overview.entity_type {
        Some(entity_type) => format!("{}, {entity_type}", overview.kind),
        None => overview.kind.clone(),
    };
    let name = (overview.title != overview.name).then(|| view! { <code>{overview.name.clone()}</code> {dot()} });
    let lifecycle = overview.lifecycle.clone().map(|lifecycle| view! { {dot()} <span dir="auto">{lifecycle}</span> });
    let owned_by = overview
        .related(OWNED_BY)
        .map(|owned_by| view! { {dot()} <span class="row g4">"owned by " {owner(Some(owned_by))}</span> });
    let part_of = overview
        .related(PART_OF)
        .map(|part_of| view! { {dot()} <span class="row g4">"part of " {entity_chip(icons, part_of, false)}</span> });
    view! {
        <div class="page-head ent-head">
            {kind_tile(icons, &overview.kind)}
            <div class="grow">
                <h1 dir="auto">{overview.title.clone()}</h1>
                <div class="sub row wrap">{name} <span>{kind}</span> {lifecycle} {owned_by} {part_of}</div>
            </div>
            <div class="actions">{actions(overview)}</div>
        </div>
    }
    .eager()
}

/// Source, descriptor and its editor, where annotations name them by an address that may be a link.
fn actions(overview: &EntityOverview) -> Vec<impl IntoView + use<>> {
    let action = |(key, symbol, label): (&str, Icon, &'static str)| {
        let value = annotation(overview, key)?;
        let address = safe_href(value.strip_prefix("url:").unwrap_or(value))?.to_owned();
        Some(view! { <a class="btn" href=address rel="noopener noreferrer external">{icon(symbol, "i")} {label}</a> })
    };
    let known = [
        (annotations::SOURCE_LOCATION, Icon::CodeXml, "Source"),
        (annotations::VIEW_URL, Icon::FileText, "Descriptor"),
        (annotations::EDIT_URL, Icon::FilePenLine, "Edit"),
    ];
    known.into_iter().filter_map(action).collect()
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
                {tags(overview)}
                {described_in}
            </dl>
        </section>
    }
    .eager()
}

fn tags(overview: &EntityOverview) -> impl IntoView + use<> {
    let kind = overview.kind.to_ascii_lowercase();
    let tag = move |tag: &String| {
        let of_kind = ListEntities { kind: Some(kind.clone()), ..address::default_list() };
        let target = href(&address::of_list(&address::toggled(&of_kind, FacetKey::Tags, tag)));
        view! { <a class="tag" href=target>{tag.clone()}</a> }
    };
    (!overview.tags.is_empty()).then(|| {
        view! { <dt>"Tags"</dt> <dd class="row wrap g4">{overview.tags.iter().map(tag).collect_view()}</dd> }
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
    let pair = |(key, value): (String, String)| view! { <dt>{key}</dt> <dd dir="auto">{value}</dd> };
    (count > 0).then(|| {
        view! {
            <details class="fold">
                <summary>{icon(Icon::ChevronDown, "i s")} {heading} <span class="count">{count.to_string()}</span></summary>
                <dl class="kv stacked">{pairs.into_iter().map(pair).collect_view()}</dl>
            </details>
        }
    })
}

/// Says what was looked for, and offers what is near.
fn missing(icons: &KindIcons, wanted: &EntityRef, near: Vec<NearEntity>) -> AnyView {
    let row = |NearEntity { entity, owner: owned_by }: NearEntity| {
        let owned_by = owned_by.map(|owned_by| view! { <span class="push">{owner(Some(owned_by))}</span> });
        view! { <li>{entity_chip(icons, entity, false)} {owned_by}</li> }
    };
    let text = if near.is_empty() { "It is not in the catalog." } else { "It is not in the catalog. These are close:" };
    let search = ListEntities { kind: None, text: wanted.name.clone(), ..address::default_list() };
    let near = (!near.is_empty())
        .then(|| view! { <ul class="list near">{near.into_iter().map(row).collect_view()}</ul> }.eager());
    empty(Empty {
        symbol: Icon::SearchX,
        heading: format!("{} {}/{} does not exist", wanted.kind.to_ascii_lowercase(), wanted.namespace, wanted.name),
        whole_page: true,
        text: text.to_owned(),
        more: near,
        actions: vec![
            Action {
                label: format!("Search for “{}”", wanted.name),
                href: href(&address::of_list(&search)),
                symbol: Icon::Search,
            },
            Action { label: "Go to the catalog".to_owned(), href: href("/catalog"), symbol: Icon::LayoutList },
        ],
    })
    .eager()
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
            }],
            ..EntityOverview::default()
        }
    }

    #[test]
    fn full() {
        insta::assert_snapshot!(render(|| found(&KindIcons::from_config(), overview())));
    }

    #[test]
    fn not_found_repeats_what_was_asked_for_and_offers_what_is_near() {
        let wanted = EntityRef::new("Component", "default", "chekout-api");
        let near = NearEntity { entity: named("component:default/checkout-api", true), owner: None };
        let html = render(|| missing(&KindIcons::from_config(), &wanted, vec![near]));
        assert!(html.contains("component default/chekout-api does not exist"), "{html}");
        assert!(html.contains(r#"href="/portal/catalog/default/component/checkout-api""#), "{html}");
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
