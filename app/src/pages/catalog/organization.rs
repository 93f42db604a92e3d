use client::{Answer, catalog::organization};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_url;
use model::catalog::{GetOrganization, Organization, OrganizationGroup};

use super::problems;
use crate::{
    components::write_owner,
    links::href,
    platform::ask,
    ui::{Html, Icon, IntoEager as _, Mark, load, write_mark},
};

/// Where the page is, below the base path.
const PATH: &str = "/catalog/organization";
/// Levels that are open at first where the tree is large.
const OPEN: u32 = 2;
/// Groups of a tree that is all open.
const FEW: usize = 60;

/// `/catalog/organization`: the groups as a tree.
pub struct OrganizationPage {
    search: Memo<String>,
}

impl OrganizationPage {
    /// What the address says; it stays in the main module.
    pub(crate) fn data() -> Self {
        let url = use_url();
        Self { search: Memo::new(move |_| url.with(|url| url.search().to_owned())) }
    }

    /// The page.
    pub(crate) fn view(&self) -> AnyView {
        let search = self.search;
        let query = move || search.with(|search| parse(search));
        let groups = ask(move || organization(&query()));
        view! {
            <Title text="Organisation"/>
            {load(groups, skeleton, move |answer: &Answer| Ok(page(&answer.decode()?, &query())))}
        }
        .into_any()
    }
}

/// Reads a query string. What is unknown or wrong in it is as good as absent.
fn parse(search: &str) -> GetOrganization {
    let mut query = GetOrganization::default();
    for (name, value) in form_urlencoded::parse(search.as_bytes()) {
        match &*name {
            "text" => value.trim().clone_into(&mut query.text),
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

fn page(organization: &Organization, query: &GetOrganization) -> AnyView {
    let is_narrowed = query.without_members || !query.text.is_empty();
    let mut html = Html::default();
    html.tag("<div class=\"page-head\"><div class=\"grow\"><h1>Organisation</h1> <p class=\"sub num\">");
    html.text(&counted(organization.total_groups, "group", "groups")).tag(", ");
    html.text(&counted(organization.people, "person", "people"))
        .tag("</p></div><div class=\"actions\"><a class=\"btn\"");
    html.attribute(" href=\"", Some(&href("/catalog?filters[kind]=user"))).tag(">");
    Icon::User.write(&mut html, "i");
    html.tag("People</a></div></div>");
    if organization.total_groups > 0 {
        write_toolbar(&mut html, organization, query);
    }
    if organization.groups.is_empty() {
        write_nothing(&mut html, is_narrowed);
    } else {
        write_tree(&mut html, &organization.groups, organization.total, is_narrowed);
    }
    view! { <div inner_html=html.into_text()></div> }.eager()
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What narrows the tree down: plain links and a plain form.
fn write_toolbar(html: &mut Html, organization: &Organization, query: &GetOrganization) {
    html.tag("<div class=\"toolbar\"><form class=\"with-icon\" method=\"get\"")
        .attribute(" action=\"", Some(&href(PATH)));
    html.tag(">");
    Icon::Search.write(html, "i");
    html.tag("<input class=\"input\" type=\"search\" name=\"text\" placeholder=\"Find a group\" aria-label=\"Find a group\" autocomplete=\"off\"");
    html.attribute(" value=\"", Some(&query.text)).tag(">");
    if query.without_members {
        html.tag("<input type=\"hidden\" name=\"members\" value=\"none\">");
    }
    html.tag("</form><span class=\"seg\" role=\"group\" aria-label=\"Members\">");
    for (label, without_members, count) in
        [("All groups", false, organization.total_groups), ("Without members", true, organization.without_members)]
    {
        let target = href(&address(&GetOrganization { without_members, ..query.clone() }));
        html.tag("<a data-noscroll=\"true\"").attribute(" href=\"", Some(&target));
        html.tag(if query.without_members == without_members { " aria-current=\"true\">" } else { ">" });
        html.tag(label).tag(" <span class=\"num t3\">").text(&count.to_string()).tag("</span></a>");
    }
    html.tag("</span>");
    if !query.text.is_empty() {
        html.tag("<span class=\"fs12 t3 num\" role=\"status\">");
        html.text(&counted(organization.total, "group matches", "groups match")).tag("</span><a class=\"clear\"");
        html.attribute(" href=\"", Some(&href(PATH))).tag(">Clear</a>");
    }
    html.tag("</div>");
}

/// Each group with those below it.
fn write_tree(html: &mut Html, groups: &[OrganizationGroup], total: u64, is_narrowed: bool) {
    let shown = groups.iter().filter(|group| group.is_match).count() as u64;
    html.tag("<div class=\"org\" role=\"region\" aria-label=\"Groups\"><div class=\"org-heads\" aria-hidden=\"true\">");
    html.tag("<span>Group</span><span>Members</span><span>Owns</span><span>Problems</span></div>");
    write_level(html, groups, is_narrowed, is_narrowed || groups.len() <= FEW);
    if shown < total {
        html.tag("<p class=\"and-more t2 fs13 num\">").text(&shown.to_string()).tag(" of ").text(&total.to_string());
        html.tag(" groups are shown, those at the top first. Find the others by their names, or in <a");
        html.attribute(" href=\"", Some(&href("/catalog?filters[kind]=group"))).tag(">the list of groups</a>.</p>");
    }
    html.tag("</div>");
}

/// Groups of one depth, each with what comes after it and stands deeper.
fn write_level(html: &mut Html, groups: &[OrganizationGroup], is_narrowed: bool, is_open: bool) {
    let Some(depth) = groups.first().map(|group| group.depth) else { return };
    html.tag("<ul>");
    for of_one in groups.chunk_by(|_, next| next.depth > depth) {
        let (group, below) = (&of_one[0], &of_one[1..]);
        html.tag("<li>");
        write_line(html, group);
        // Of a tree that is narrowed down, what is not there does not match.
        let hidden = if is_narrowed { 0 } else { group.hidden };
        if !below.is_empty() || hidden > 0 {
            html.tag(if is_open || group.depth + 1 < OPEN { "<details open>" } else { "<details>" }).tag("<summary>");
            Icon::ChevronDown.write(html, "i s");
            html.tag("<span class=\"sr\">").text(&counted(group.children, "group", "groups")).tag(" below ");
            html.text(&group.group.title).tag("</span></summary>");
            write_level(html, below, is_narrowed, is_open);
            if hidden > 0 {
                let all = href(&[GROUPS_BELOW, &group.group.entity_ref].concat());
                html.tag("<p class=\"and-more fs13 num\"><a").attribute(" href=\"", Some(&all)).tag(">and ");
                html.text(&hidden.to_string()).tag(" more</a></p>");
            }
            html.tag("</details>");
        }
        html.tag("</li>");
    }
    html.tag("</ul>");
}

/// The list of the groups right below one.
const GROUPS_BELOW: &str = "/catalog?filters[kind]=group&filters[related]=childOf:";

fn write_line(html: &mut Html, group: &OrganizationGroup) {
    let OrganizationGroup { group: named, members, owned, with_problems, .. } = group;
    html.tag(if group.is_match { "<div class=\"org-line\">" } else { "<div class=\"org-line aside\">" })
        .tag("<span class=\"row\">");
    write_owner(html, named);
    if let Some(entity_type) = &group.entity_type {
        html.tag("<span class=\"t3 fs12 trunc\" dir=\"auto\">").text(entity_type).tag("</span>");
    }
    if group.is_in_circle {
        write_warning(html, "Its parents lead back to itself", "stands below itself");
    }
    if let Some(parent) = &group.missing_parent {
        write_warning(html, &[parent, " does not exist"].concat(), "parent does not exist");
    }
    html.tag("</span>");
    let owner = &named.entity_ref;
    let people = ["/catalog?filters[kind]=user&filters[related]=memberOf:", owner].concat();
    let things = ["/catalog?filters[kind]=all&filters[owner]=", owner].concat();
    let trouble = [problems::PATH, "?owner=", owner].concat();
    write_count(html, *members, &people, "", if *members == 1 { " member" } else { " members" }, "nobody");
    write_count(html, *owned, &things, "owns ", "", "nothing");
    write_count(html, *with_problems, &trouble, "", " with problems", "");
    html.tag("</div>");
}

fn write_warning(html: &mut Html, title: &str, words: &'static str) {
    html.tag("<span class=\"tag\"").attribute(" title=\"", Some(title)).tag(">");
    write_mark(html, Mark::Warn);
    html.tag(words).tag("</span>");
}

/// A number that leads to what it counts; its words are for those who do not see the column.
fn write_count(
    html: &mut Html,
    count: u64,
    target: &str,
    before: &'static str,
    after: &'static str,
    none: &'static str,
) {
    if count == 0 {
        html.tag("<span class=\"t3\">").tag(none).tag("</span>");
        return;
    }
    html.tag("<span><a class=\"num\"")
        .attribute(" href=\"", Some(&href(target)))
        .tag("><span class=\"sr\">")
        .tag(before);
    html.tag("</span>").text(&count.to_string()).tag("<span class=\"sr\">").tag(after).tag("</span></a></span>");
}

fn write_nothing(html: &mut Html, is_narrowed: bool) {
    html.tag("<div class=\"empty\">");
    Icon::Users.write(html, "i");
    let (words, target, label) = if is_narrowed {
        (
            "<h2>No group matches</h2><p>There is none of this name, or all of them have members.</p>",
            PATH,
            ">Show all groups",
        )
    } else {
        let words = "<h2>No groups yet</h2><p>Groups are entities of kind Group, each with its parent; people are entities of kind User. They \
                     are read from files like any other, or from an organisation of a Git host.</p>";
        (words, "/catalog-import", ">Import")
    };
    html.tag(words)
        .tag("<div class=\"actions\"><a class=\"btn\"")
        .attribute(" href=\"", Some(&href(target)))
        .tag(label)
        .tag("</a></div></div>");
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
    use model::catalog::RowRef;

    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, named, render};

    fn group(name: &str, depth: u32) -> OrganizationGroup {
        OrganizationGroup {
            group: RowRef { title: name.into(), ..named(&format!("group:default/{name}"), true) },
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
        render(|| page(&organization, &query))
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
