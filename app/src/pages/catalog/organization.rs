use std::iter::Peekable;

use client::{Answer, catalog::organization};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_url;
use model::{
    catalog::{GetOrganization, Organization, OrganizationGroup},
    entity_ref::EntityRef,
};

use super::problems;
use crate::{
    components::owner,
    links::{entity_href, href},
    platform::ask,
    ui::{Action, Empty, Icon, IntoEager as _, Mark, empty, icon, load, mark},
};

/// Where the page is, below the base path.
const PATH: &str = "/catalog/organization";
/// Levels that are open at first; all are where the tree is narrowed down.
const OPEN: u32 = 2;

/// `/catalog/organization`: the groups as a tree.
pub struct OrganizationPage {
    query: Memo<GetOrganization>,
}

impl OrganizationPage {
    /// What the address says; it stays in the main module.
    pub(crate) fn data() -> Self {
        let url = use_url();
        Self { query: Memo::new(move |_| url.with(|url| parse(url.search()))) }
    }

    /// The page.
    pub(crate) fn view(&self) -> AnyView {
        let query = self.query;
        let groups = ask(move || organization(&query.get()));
        view! {
            <Title text="Organisation"/>
            {load(groups, skeleton, move |answer: &Answer| Ok(page(answer.decode()?, &query.get())))}
        }
        .into_any()
    }
}

/// Reads a query string. What is unknown or wrong in it is as good as absent.
fn parse(search: &str) -> GetOrganization {
    let mut query = GetOrganization::default();
    for (name, value) in form_urlencoded::parse(search.as_bytes()) {
        match &*name {
            "text" => query.text = value.trim().to_owned(),
            "members" => query.without_members = value == "none",
            _ => {}
        }
    }
    query
}

/// The path and query of a tree, below the base path.
fn address(query: &GetOrganization) -> String {
    let query = query.to_query();
    if query.is_empty() { PATH.to_owned() } else { format!("{PATH}?{query}") }
}

fn page(organization: Organization, query: &GetOrganization) -> AnyView {
    let is_narrowed = query.without_members || !query.text.is_empty();
    let summary = format!(
        "{}, {}",
        counted(organization.total_groups, "group", "groups"),
        counted(organization.people, "person", "people")
    );
    let toolbar = (organization.total_groups > 0).then(|| toolbar(&organization, query));
    let content =
        if organization.groups.is_empty() { nothing(is_narrowed) } else { tree(organization.groups, is_narrowed) };
    view! {
        <div class="page-head">
            <div class="grow"><h1>"Organisation"</h1> <p class="sub num">{summary}</p></div>
            <div class="actions"><a class="btn" href=href("/catalog?filters[kind]=user")>{icon(Icon::User, "i")} "People"</a></div>
        </div>
        {toolbar}
        {content}
    }
    .eager()
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What narrows the tree down: plain links and a plain form.
fn toolbar(organization: &Organization, query: &GetOrganization) -> AnyView {
    let choice = |label: &'static str, without_members: bool, count: u64| {
        let target = href(&address(&GetOrganization { without_members, ..query.clone() }));
        let current = (query.without_members == without_members).then_some("true");
        view! { <a href=target aria-current=current data-noscroll="true">{label} " " <span class="num t3">{count.to_string()}</span></a> }
    };
    let hidden = query.without_members.then(|| view! { <input type="hidden" name="members" value="none"/> });
    let found = (!query.text.is_empty()).then(|| {
        let count = counted(organization.total, "group matches", "groups match");
        view! { <span class="fs12 t3 num" role="status">{count}</span> <a class="clear" href=href(PATH)>"Clear"</a> }
    });
    view! {
        <div class="toolbar">
            <form class="with-icon" role="search" method="get" action=href(PATH)>
                {icon(Icon::Search, "i")}
                <input class="input" type="search" name="text" value=query.text.clone() placeholder="Find a group" aria-label="Find a group" autocomplete="off"/>
                {hidden}
            </form>
            <span class="seg" role="group" aria-label="Members">
                {choice("All groups", false, organization.total_groups)}
                {choice("Without members", true, organization.without_members)}
            </span>
            {found}
        </div>
    }
    .eager()
}

/// Each group with those below it.
fn tree(groups: Vec<OrganizationGroup>, is_narrowed: bool) -> AnyView {
    let mut groups = groups.into_iter().peekable();
    let nodes = nodes(&mut groups, 0, is_narrowed);
    view! {
        <div class="org" role="region" aria-label="Groups">
            <div class="org-heads" aria-hidden="true"><span>"Group"</span> <span>"Members"</span> <span>"Owns"</span> <span>"With problems"</span></div>
            <ul>{nodes}</ul>
        </div>
    }
    .eager()
}

/// The next groups of one depth, each with what comes after it and stands deeper.
fn nodes(
    groups: &mut Peekable<impl Iterator<Item = OrganizationGroup>>,
    depth: u32,
    is_narrowed: bool,
) -> Vec<AnyView> {
    let mut nodes = Vec::new();
    while let Some(group) = groups.next_if(|group| group.depth == depth) {
        let below = self::nodes(groups, depth + 1, is_narrowed);
        nodes.push(node(group, below, is_narrowed));
    }
    nodes
}

fn node(group: OrganizationGroup, below: Vec<AnyView>, is_narrowed: bool) -> AnyView {
    let children = group.children;
    let is_open = is_narrowed || group.depth + 1 < OPEN;
    let more = (group.hidden > 0 && !is_narrowed).then(|| {
        let related = GROUPS_BELOW.to_owned() + &group.group.entity_ref;
        view! { <li class="fs13 num"><a href=href(&related)>{format!("and {} more", group.hidden)}</a></li> }
    });
    let title = group.group.title.clone();
    let below = (!below.is_empty() || more.is_some()).then(|| {
        let label = format!("{} below {title}", counted(children, "group", "groups"));
        view! {
            <details open=is_open>
                <summary>{icon(Icon::ChevronDown, "i s")} <span class="sr">{label}</span></summary>
                <ul>{below} {more}</ul>
            </details>
        }
    });
    view! { <li>{line(group)} {below}</li> }.eager()
}

/// The list of the groups right below one.
const GROUPS_BELOW: &str = "/catalog?filters[kind]=group&filters[related]=childOf:";

fn line(group: OrganizationGroup) -> AnyView {
    let OrganizationGroup { group: named, entity_type, members, owned, with_problems, is_match, .. } = group;
    let class = if is_match { "org-line" } else { "org-line aside" };
    let entity_type = entity_type.map(|text| view! { <span class="t3 fs12 trunc" dir="auto">{text}</span> });
    let circle =
        group.is_in_circle.then(|| view! { <span class="tag warn">{mark(Mark::Warn)} "stands below itself"</span> });
    let orphan = group.missing_parent.map(|parent| {
        let title = format!("Its parent {parent} does not exist");
        view! { <span class="tag warn" title=title>{mark(Mark::Warn)} "parent does not exist"</span> }
    });
    let members = match members {
        0 => view! { <span class="t3">"nobody"</span> }.eager(),
        members => {
            let target = EntityRef::parse_full(&named.entity_ref).ok().map(|group| entity_href(&group));
            view! { <a class="num" href=target>{members.to_string()} <span class="sr">{if members == 1 { " member" } else { " members" }}</span></a> }.eager()
        }
    };
    let owned = match owned {
        0 => view! { <span class="t3">"nothing"</span> }.eager(),
        owned => {
            let target = href(&format!("/catalog?filters[kind]=all&filters[owner]={}", named.entity_ref));
            view! { <a class="num" href=target><span class="sr">"owns "</span>{owned.to_string()}</a> }.eager()
        }
    };
    let troubled = (with_problems > 0).then(|| {
        let target = href(&format!("{}?owner={}", problems::PATH, named.entity_ref));
        view! { <a class="state num" href=target>{mark(Mark::Warn)} {with_problems.to_string()} <span class="sr">" with problems"</span></a> }
    });
    view! {
        <div class=class>
            <span class="row">{owner(Some(named))} {entity_type} {circle} {orphan}</span>
            <span>{members}</span>
            <span>{owned}</span>
            <span>{troubled}</span>
        </div>
    }
    .eager()
}

fn nothing(is_narrowed: bool) -> AnyView {
    let (heading, text, actions) = if is_narrowed {
        let all = Action { label: "Show all groups".to_owned(), href: href(PATH), symbol: Icon::X };
        ("No group matches", "There is none of this name, or all of them have members.", vec![all])
    } else {
        let import = Action { label: "Import".to_owned(), href: href("/catalog-import"), symbol: Icon::FilePlus2 };
        let text = "Groups are entities of kind Group, each with its parent; people are entities of kind User. \
                    They are read from files like any other, or from an organisation of a Git host.";
        ("No groups yet", text, vec![import])
    };
    empty(Empty {
        symbol: Icon::Users,
        heading: heading.to_owned(),
        whole_page: false,
        text: text.to_owned(),
        more: None,
        actions,
    })
    .eager()
}

fn skeleton() -> AnyView {
    let bars = ["w4", "w2", "w3", "w1", "w4", "w2"];
    let row = |width| {
        let class = format!("skel {width}");
        view! { <tr><td><span class=class></span></td></tr> }
    };
    view! {
        <div class="page-head"><div class="grow"><h1>"Organisation"</h1> <p class="sub">"\u{a0}"</p></div></div>
        <div class="toolbar"></div>
        <table class="table" aria-hidden="true"><thead><tr><th></th></tr></thead><tbody>{bars.map(row)}</tbody></table>
        <p class="sr" role="status">"Loading the organisation"</p>
    }
    .eager()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, named, render};

    fn group(name: &str, depth: u32) -> OrganizationGroup {
        OrganizationGroup {
            group: named(&format!("group:default/{name}"), true),
            entity_type: Some("team".into()),
            depth,
            members: 3,
            owned: 12,
            with_problems: 0,
            children: 0,
            hidden: 0,
            is_match: true,
            is_in_circle: false,
            missing_parent: None,
        }
    }

    fn rendered(groups: Vec<OrganizationGroup>, search: &str) -> String {
        let total = groups.len() as u64;
        let organization = Organization { groups, total, total_groups: 5, without_members: 1, people: 1 };
        let query = parse(search);
        render(|| page(organization, &query))
    }

    #[test]
    fn groups_stand_below_their_parents() {
        let top = OrganizationGroup { children: 2, with_problems: 2, ..group("commerce", 0) };
        let empty = OrganizationGroup { members: 0, owned: 0, children: 40, hidden: 39, ..group("payments", 1) };
        let lost = OrganizationGroup { missing_parent: Some("group:default/gone".into()), ..group("lost", 0) };
        let circle = OrganizationGroup { is_in_circle: true, ..group("round", 0) };
        let groups = vec![top, empty, group("cards", 2), group("search", 1), lost, circle];
        insta::assert_snapshot!(rendered(groups, ""));
    }

    #[test]
    fn a_text_is_kept_in_the_field_and_what_only_leads_to_a_match_steps_back() {
        let html = rendered(
            vec![OrganizationGroup { is_match: false, ..group("a", 0) }, group("b", 1)],
            "text=b&members=none",
        );
        assert!(html.contains(r#"value="b""#) && html.contains("org-line aside"), "{html}");
        assert!(html.contains(r#"name="members" value="none""#), "{html}");
    }

    #[test]
    fn nothing_says_why() {
        assert!(rendered(Vec::new(), "text=x").contains("No group matches"));
        assert!(rendered(Vec::new(), "").contains("No groups yet"));
    }

    #[test]
    fn hostile_text_stays_text() {
        let hostile = OrganizationGroup {
            group: named(HOSTILE, true),
            entity_type: Some(HOSTILE.into()),
            missing_parent: Some(HOSTILE.into()),
            ..group("x", 0)
        };
        assert_harmless(&rendered(vec![hostile], ""));
    }
}
