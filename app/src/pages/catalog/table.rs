use leptos::prelude::*;
use model::{
    catalog::{EntityList, EntityRow, ListColumn, ListEntities, ListSort, Order, UserFilter},
    entity_ref::EntityRef,
};

use super::{address, columns, facets, list::sorted_by};
use crate::{
    components::{
        KindIcons, entity_name, write_entity_chip, write_no_owner, write_owner, write_row_problem, write_star,
    },
    links::{canonical, entity_href, href},
    platform::use_config,
    ui::{Action, Empty, Html, Icon, IntoEager as _, Rows, empty, icon},
};

/// The rows with their heads, and below them how many there are and the way to the others; or why there is none.
pub(super) fn table(icons: &KindIcons, list: &EntityList, query: &ListEntities) -> AnyView {
    if list.items.is_empty() {
        return empty(nothing(list, query)).eager();
    }
    let (columns, chosen) = (columns::shown(query), columns::are_chosen(query));
    let pager = pager(list, query);
    let rows = Rows(rows(icons, &list.items, &columns, chosen));
    view! {
        <div class="table-wrap">
            <table class=columns::table_class(&columns, chosen) aria-label="Entities">
                <thead>
                    <tr>
                        <th class="c-star" scope="col"><span class="sr">"Star"</span></th>
                        {head("Name", "", Some(ListSort::Name), query)}
                        {head("Problems", "c-state", Some(ListSort::Problems), query)}
                        {columns.iter().map(|column| head(columns::heading(*column), columns::class(*column, chosen), columns::sort(*column), query)).collect_view()}
                    </tr>
                </thead>
                <tbody {..rows}></tbody>
            </table>
        </div>
        {pager}
    }
    .eager()
}

fn head(
    heading: &'static str,
    class: &'static str,
    sort: Option<ListSort>,
    query: &ListEntities,
) -> impl IntoView + use<> {
    // The worst problem is the largest, and it comes first.
    let ascending = (query.order == Order::Asc) != (sort == Some(ListSort::Problems));
    let (direction, arrow) = match (sort == Some(query.sort), ascending) {
        (false, _) => (sort.map(|_| "none"), None),
        (true, true) => (Some("ascending"), Some(icon(Icon::ArrowUp, "i"))),
        (true, false) => (Some("descending"), Some(icon(Icon::ArrowDown, "i"))),
    };
    let target = sort.map(|sort| href(&address::of_list(&sorted_by(query, sort))));
    view! {
        <th class=class scope="col" aria-sort=direction>
            <a href=target data-noscroll="true">{heading} {arrow}</a>
        </th>
    }
}

/// The rows as HTML.
fn rows(icons: &KindIcons, items: &[EntityRow], columns: &[ListColumn], are_chosen: bool) -> String {
    let mut html = Html::default();
    for item in items {
        write_row(&mut html, icons, item, columns, are_chosen);
    }
    html.into_text()
}

fn write_row(html: &mut Html, icons: &KindIcons, row: &EntityRow, columns: &[ListColumn], are_chosen: bool) {
    let entity_ref = EntityRef::new(&*row.kind, &*row.namespace, &*row.name);
    let title = row.title.as_deref().filter(|title| !title.trim().is_empty());
    let name = title.map_or_else(|| entity_name(&entity_ref), str::to_owned);
    html.tag("<tr><td class=\"c-star\">");
    write_star(html, &entity_ref, &name);
    html.tag("</td><td class=\"name\"><div class=\"row\">");
    icons.write(html, &row.kind);
    html.tag("<a").attribute(" href=\"", Some(&entity_href(&entity_ref)));
    html.attribute(" title=\"", Some(&canonical(&entity_ref))).tag(" dir=\"auto\">").text(&name).tag("</a>");
    if let Some(text) = &row.description {
        html.tag("<span class=\"desc trunc\" dir=\"auto\"").attribute(" title=\"", Some(text)).tag(">");
        html.text(text).tag("</span>");
    }
    html.tag("</div></td><td>");
    // Nothing where there is no problem, so that trouble stands out.
    if let Some(problem) = &row.problem {
        write_row_problem(html, problem);
    }
    html.tag("</td>");
    for column in columns {
        html.tag("<td class=\"").tag(columns::class(*column, are_chosen)).tag("\">");
        write_cell(html, icons, *column, row);
        html.tag("</td>");
    }
    html.tag("</tr>");
}

fn write_cell(html: &mut Html, icons: &KindIcons, column: ListColumn, row: &EntityRow) {
    let text = match column {
        ListColumn::Kind => Some(&row.kind),
        ListColumn::Namespace => Some(&row.namespace),
        ListColumn::Type => row.entity_type.as_ref(),
        ListColumn::Lifecycle => row.lifecycle.as_ref(),
        ListColumn::Owner | ListColumn::System | ListColumn::Tags => None,
    };
    if let Some(text) = text {
        html.tag("<div class=\"trunc\" dir=\"auto\"").attribute(" title=\"", Some(text)).tag(">");
        html.text(text).tag("</div>");
    }
    match (column, &row.owner, &row.system) {
        (ListColumn::Owner, Some(owner), _) => write_owner(html, owner),
        (ListColumn::Owner, None, _) if icons.wants_owner(&row.kind) => write_no_owner(html),
        (ListColumn::System, _, Some(system)) => write_entity_chip(html, icons, system, false),
        (ListColumn::Tags, ..) => {
            html.tag("<div class=\"tags\">");
            for tag in &row.tags {
                html.tag("<span class=\"tag\">").text(tag).tag("</span>");
            }
            html.tag("</div>");
        }
        _ => {}
    }
}

fn pager(list: &EntityList, query: &ListEntities) -> impl IntoView + use<> {
    let limit = list.limit.max(1);
    let shown = list.items.len() as u64;
    let place = if list.total > shown {
        format!("{} to {} of {}", list.offset + 1, list.offset + shown, list.total)
    } else {
        format!("{} {}", list.total, kind_words(query.kind.as_deref(), list.total))
    };
    let place = if list.with_problems > 0 { format!("{place}, {} with problems", list.with_problems) } else { place };
    let step = |label: &'static str, rel: &'static str, to: Option<u64>| {
        to.map(|offset| {
            let there = ListEntities { offset: usize::try_from(offset).unwrap_or(0), ..query.clone() };
            view! { <a class="btn sm" href=href(&address::of_list(&there)) rel=rel data-noscroll="true">{label}</a> }
        })
    };
    let before = (list.offset > 0).then(|| list.offset.saturating_sub(limit));
    let after = Some(list.offset + limit).filter(|next| *next < list.total);
    let sizes = (list.total > address::PAGE_SIZES[0] as u64).then(|| {
        let size = |size: usize| {
            let sized = ListEntities { limit: Some(size), offset: 0, ..query.clone() };
            let current = (limit == size as u64).then_some("true");
            view! { <a href=href(&address::of_list(&sized)) aria-current=current data-noscroll="true">{size.to_string()}</a> }
        };
        view! {
            <span>"Rows"</span>
            <span class="seg" role="group" aria-label="Rows per page">{address::PAGE_SIZES.map(size).collect_view()}</span>
        }
    });
    view! {
        <nav class="pager" aria-label="Pages of the list">
            <span class="num" role="status">{place}</span>
            <span class="push"></span>
            {step("Previous", "prev", before)}
            {step("Next", "next", after)}
            {sizes}
        </nav>
    }
}

/// `1 component`, `2 components`, in the configured words.
fn kind_words(kind: Option<&str>, count: u64) -> String {
    let config = use_config();
    let info = kind.and_then(|kind| config.kinds.iter().find(|info| info.kind.eq_ignore_ascii_case(kind)));
    let words = match (info, kind) {
        (Some(info), _) if count == 1 => info.kind.clone(),
        (Some(info), _) => info.plural.clone(),
        (None, Some(kind)) => format!("of kind {kind}"),
        (None, None) if count == 1 => "entity".to_owned(),
        (None, None) => "entities".to_owned(),
    };
    // "APIs" keeps its capitals, "Components" does not.
    if words.chars().nth(1).is_some_and(|c| c.is_ascii_uppercase()) { words } else { words.to_ascii_lowercase() }
}

/// Why there is no row, and the way on.
fn nothing(list: &EntityList, query: &ListEntities) -> Empty {
    if list.total > 0 {
        let first = ListEntities { offset: 0, ..query.clone() };
        return Empty {
            symbol: Icon::SearchX,
            heading: "The list ends before this page".to_owned(),
            whole_page: false,
            text: String::new(),
            more: None,
            actions: vec![to_list("Go to the first page", &first, Icon::LayoutList)],
        };
    }
    let narrowed_by_user_alone =
        ListEntities { user: query.user, ..address::cleared(query) } == ListEntities { offset: 0, ..query.clone() };
    match query.user {
        UserFilter::Owned if use_config().preferences.teams.is_empty() => return no_teams(),
        UserFilter::Starred if narrowed_by_user_alone => return nothing_starred(list, query),
        _ => {}
    }
    if address::is_narrowed(query) { nothing_matches(list, query) } else { nothing_there(query) }
}

fn no_teams() -> Empty {
    Empty {
        symbol: Icon::Users,
        heading: "Which teams are yours?".to_owned(),
        whole_page: false,
        text:
            "You are a guest, and Callboard does not know your teams. Choose them once, and what they own stands here."
                .to_owned(),
        more: None,
        actions: vec![Action { label: "Choose my teams".to_owned(), href: href("/settings"), symbol: Icon::Settings }],
    }
}

fn nothing_starred(list: &EntityList, query: &ListEntities) -> Empty {
    let everybodys = ListEntities { user: UserFilter::All, ..query.clone() };
    let what = kind_words(query.kind.as_deref(), 2);
    Empty {
        symbol: Icon::Star,
        heading: format!("No {what} starred yet"),
        whole_page: false,
        text: "Press the star beside a name, or s on a row: then it stands here and on your home page.".to_owned(),
        more: None,
        actions: vec![to_list(&format!("Go to all {} {what}", list.total_of_kind), &everybodys, Icon::LayoutList)],
    }
}

fn to_list(label: &str, list: &ListEntities, symbol: Icon) -> Action {
    Action { label: label.to_owned(), href: href(&address::of_list(list)), symbol }
}

fn nothing_matches(list: &EntityList, query: &ListEntities) -> Empty {
    let mut conditions = Vec::new();
    match query.user {
        UserFilter::All => {}
        UserFilter::Owned => conditions.push("one of my teams owns it".to_owned()),
        UserFilter::Starred => conditions.push("it is starred".to_owned()),
    }
    if query.with_problems {
        conditions.push("has problems".to_owned());
    }
    for (key, values) in &query.selected {
        let values: Vec<_> = values.iter().map(|value| facets::label(*key, value)).collect();
        conditions.push(format!("{} is {}", facets::singular(*key), values.join(" or ")));
    }
    let what = kind_words(query.kind.as_deref(), 2);
    let heading = match (query.text.is_empty(), conditions.is_empty()) {
        (false, true) => format!("Nothing matches “{}”", query.text),
        (false, false) => format!("Nothing matches “{}” where {}", query.text, conditions.join(" and ")),
        (true, _) => format!("No {what} where {}", conditions.join(" and ")),
    };
    let mut actions = vec![to_list("Clear the filters", &address::cleared(query), Icon::X)];
    if query.kind.is_some() && !query.text.is_empty() {
        let everywhere = ListEntities { kind: None, text: query.text.clone(), ..address::default_list() };
        actions.push(to_list("Look in all kinds", &everywhere, Icon::Search));
    }
    let text = format!("Without the filters there are {} {what}.", list.total_of_kind);
    Empty { symbol: Icon::SearchX, heading, whole_page: false, text, more: None, actions }
}

/// How the catalog is filled, for whoever opens it first.
const FILLING: &str = "catalog:
  locations:
    - type: file
      target: ./catalog-info.yaml";

fn nothing_there(query: &ListEntities) -> Empty {
    Empty {
        symbol: Icon::LayoutList,
        heading: format!("No {} yet", kind_words(query.kind.as_deref(), 2)),
        whole_page: false,
        text: "The catalog reads what there is from files that describe it, often named catalog-info.yaml. \
               Name them in the configuration, or import their URLs; they are read as soon as they are saved."
            .to_owned(),
        more: Some(view! { <pre class="code" tabindex="0">{FILLING}</pre> }.eager()),
        actions: vec![Action {
            label: "Import a URL".to_owned(),
            href: href("/catalog-import"),
            symbol: Icon::FilePlus2,
        }],
    }
}

#[cfg(test)]
mod tests {
    use model::{
        catalog::{FacetKey, RowProblem},
        entity::Level,
    };

    use super::*;
    use crate::testing::{HOSTILE, assert_harmless, full_row, named, render};

    fn rendered(list: &EntityList, query: &ListEntities) -> String {
        render(|| table(&KindIcons::from_config(), list, query))
    }

    #[test]
    fn full() {
        let troubled = EntityRow {
            owner: None,
            system: Some(named("system:default/gone", false)),
            problem: Some(RowProblem { level: Level::Error, label: "Dangling reference".into(), count: 2 }),
            ..full_row("psp-sandbox")
        };
        let items = vec![troubled, EntityRow { title: Some("Ledger".into()), ..full_row("ledger") }];
        let list = EntityList {
            items,
            total: 214,
            total_of_kind: 214,
            with_problems: 1,
            offset: 50,
            limit: 50,
            ..EntityList::default()
        };
        let query = ListEntities { offset: 50, ..address::default_list() };
        insta::assert_snapshot!(rendered(&list, &query));
    }

    #[test]
    fn nothing_matches_names_what_emptied_the_list() {
        let query = address::toggled(&address::default_list(), FacetKey::Owner, "group:default/data");
        let query = ListEntities { text: "chekout".into(), ..query };
        let html = rendered(&EntityList { total_of_kind: 214, ..EntityList::default() }, &query);
        assert!(html.contains("Nothing matches “chekout” where owner is data"), "{html}");
        assert!(html.contains("Without the filters there are 214 components."), "{html}");
    }

    #[test]
    fn an_empty_catalog_says_how_to_fill_it() {
        insta::assert_snapshot!(rendered(&EntityList::default(), &address::default_list()));
    }

    #[test]
    fn hostile_text_stays_text() {
        let mut row = full_row("x");
        row.title = Some(HOSTILE.into());
        row.description = Some(HOSTILE.into());
        row.tags = vec![HOSTILE.into()];
        row.entity_type = Some(HOSTILE.into());
        row.owner = Some(named(HOSTILE, true));
        row.system = Some(named(HOSTILE, false));
        let html =
            rendered(&EntityList { items: vec![row], total: 1, ..EntityList::default() }, &address::default_list());
        assert_harmless(&html);
    }

    #[test]
    fn a_head_sorts_by_its_column_and_turns_round() {
        let query = address::default_list();
        let by_owner = sorted_by(&query, ListSort::Owner);
        assert_eq!((by_owner.sort, by_owner.order), (ListSort::Owner, Order::Asc));
        assert_eq!(sorted_by(&by_owner, ListSort::Owner).order, Order::Desc);
        let html = render(|| head("Problems", "", Some(ListSort::Problems), &query));
        assert!(html.contains(r#"aria-sort="descending""#), "the worst comes first: {html}");
    }
}
