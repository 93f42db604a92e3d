use client::{
    Answer,
    catalog::{export_entities, list_entities},
};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_url, lazy_route};
use model::catalog::{EntityList, ListEntities, Order, UserFilter};

use super::{address, columns, facets, keys, relations, table, views::views};
use crate::{
    components::{KindIcons, unattached_problems, use_visitor},
    links::href,
    platform::{Answered, ask, use_config},
    ui::{Icon, IntoEager as _, icon, load},
};

/// `/catalog`: one kind of entities, with what narrows them down.
pub struct CatalogPage {
    query: Memo<ListEntities>,
    list: Answered,
}

#[lazy_route]
impl LazyRoute for CatalogPage {
    fn data() -> Self {
        // The address as this route has it: it does not change when the visitor leaves for another page.
        let url = use_url();
        let query = Memo::new(move |_| url.with(|url| address::parse(url.search())));
        let (config, visitor) = (use_config(), use_visitor());
        let asked = move || {
            let query = query.get();
            asked(query, &config.preferences.teams, visitor.stars.get())
        };
        Self { query, list: ask(move || list_entities(&asked())) }
    }

    fn view(this: Self) -> AnyView {
        let CatalogPage { query, list } = this;
        let icons = KindIcons::from_config();
        let form = facets::Form::following(query);
        keys::walk_rows();
        let columns = Memo::new(move |_| query.with(|query| query.columns.clone()));
        let content = move |answer: &Answer| {
            // All else comes with the next answer: what is there is not made anew for a question that has none yet.
            columns.with(|_| ());
            Ok(page(&icons, &answer.decode()?, &query.get_untracked(), form).eager())
        };
        view! {
            <Title text="Catalog"/>
            {load(list, skeleton, content)}
        }
        .into_any()
    }
}

/// What the page asks for: its address, and what only the visitor knows.
fn asked(query: ListEntities, teams: &[String], stars: Vec<String>) -> ListEntities {
    ListEntities { teams: teams.to_vec(), stars, columns: Vec::new(), ..query }
}

fn page(icons: &KindIcons, list: &EntityList, query: &ListEntities, form: facets::Form) -> impl IntoView + use<> {
    let tabs = kind_tabs(list, query);
    let unattached = unattached_problems(list.unattached.clone(), list.unattached_total);
    let count = format!("{} of {}", list.total, list.total_of_kind);
    let facets = facets::form(list, query, form);
    let table = table::table(icons, list, query);
    let (tokens, clear) = tokens(query);
    let columns = columns::choice(query, form);
    let stars = use_visitor().stars.get_untracked();
    let rows =
        ListEntities { columns: query.columns.clone(), ..asked(query.clone(), &use_config().preferences.teams, stars) };
    let export = href(&export_entities(&rows));
    view! {
        <div class="page-head"><h1>"Catalog"</h1> {unattached}</div>
        {tabs}
        <div class="cat-grid">
            {facets}
            <section aria-label="Entities">
                <div class="toolbar">
                    <label class="with-icon">
                        {icon(Icon::Search, "i")}
                        // Not bound to the query: what is typed before the page is alive must stay.
                        <input
                            class="input"
                            type="search"
                            name="filters[text]"
                            form=facets::FORM_ID
                            value=query.text.clone()
                            placeholder="Filter by name, title, tag"
                            aria-label="Filter"
                            autocomplete="off"
                            node_ref=form.text
                            on:input=move |_| form.apply_soon()
                        />
                    </label>
                    {tokens}
                    {clear}
                    <span class="count-line push fs12 t3 num">{count}</span>
                    {views(query)}
                    {columns}
                    <a class="btn sm export" href=export download rel="external" title="All rows of this list as a file for a spreadsheet">
                        {icon(Icon::Download, "i")}
                        "CSV"
                    </a>
                    <button type="button" class="btn sm filters-btn" popovertarget=facets::FORM_ID>
                        {icon(Icon::SlidersHorizontal, "i")}
                        "Filters"
                    </button>
                </div>
                {table}
            </section>
        </div>
    }
}

/// One tab a kind, with how many there are of it; the last one is all kinds.
fn kind_tabs(list: &EntityList, query: &ListEntities) -> impl IntoView + use<> {
    let tab = |kind: Option<&str>, label: &str, count: u64| {
        let of_kind = ListEntities {
            kind: kind.map(str::to_ascii_lowercase),
            user: query.user,
            text: query.text.clone(),
            columns: query.columns.clone(),
            ..address::default_list()
        };
        let current = (of_kind.kind == query.kind).then_some("page");
        view! {
            <a href=href(&address::of_list(&of_kind)) aria-current=current>
                {label.to_owned()}
                <span class="count">{count.to_string()}</span>
            </a>
        }
    };
    let mut tabs: Vec<_> = list.kinds.iter().map(|kind| tab(Some(&kind.kind), &kind.plural, kind.count)).collect();
    if let Some(kind) = &query.kind
        && !list.kinds.iter().any(|known| known.kind.eq_ignore_ascii_case(kind))
    {
        tabs.push(tab(Some(kind), kind, 0));
    }
    tabs.push(tab(None, "All", list.kinds.iter().map(|kind| kind.count).sum()));
    view! { <nav class="tabs" aria-label="Kind">{tabs}</nav> }
}

/// What narrows the list down, each with a link that takes it away, and one that takes all away.
fn tokens(query: &ListEntities) -> (Vec<impl IntoView + use<>>, Option<impl IntoView + use<>>) {
    let token = |what: String, value: String, without: ListEntities| {
        let label = format!("Remove filter {what} {value}");
        let title = value.clone();
        view! {
            <span class="token">
                {what}
                <b dir="auto" title=title>{value}</b>
                <a href=href(&address::of_list(&without)) aria-label=label data-noscroll="true">{icon(Icon::X, "i")}</a>
            </span>
        }
    };
    let mut tokens = Vec::new();
    if query.user != UserFilter::All {
        let without = ListEntities { user: UserFilter::All, offset: 0, ..query.clone() };
        tokens.push(token("only".to_owned(), facets::user_label(query.user).to_owned(), without));
    }
    if query.with_problems {
        let without = ListEntities { with_problems: false, offset: 0, ..query.clone() };
        tokens.push(token("only".to_owned(), "with problems".to_owned(), without));
    }
    if let Some(related) = &query.related {
        let (relation_type, target) = related.split_once(':').unwrap_or_default();
        let without = ListEntities { related: None, offset: 0, ..query.clone() };
        tokens.push(token(relations::words(relation_type), target.to_owned(), without));
    }
    for (key, values) in &query.selected {
        for value in values {
            let what = format!("{} is", facets::singular(*key));
            tokens.push(token(what, facets::label(*key, value), address::toggled(query, *key, value)));
        }
    }
    let clear = address::is_narrowed(query).then(|| {
        let all = href(&address::of_list(&address::cleared(query)));
        view! { <a class="clear" href=all data-noscroll="true">"Clear"</a> }
    });
    (tokens, clear)
}

/// Tabs, facets and rows of the height of real ones.
fn skeleton() -> AnyView {
    let bars = ["w2", "w4", "w1", "w3", "w2", "w4", "w3", "w1"];
    let row = |width| {
        let class = format!("skel {width}");
        view! { <tr><td><span class=class></span></td></tr> }
    };
    view! {
        <div class="page-head"><h1>"Catalog"</h1></div>
        <div class="tabs"></div>
        <div class="cat-grid">
            <div class="facets" aria-hidden="true"><span class="skel w4"></span></div>
            <div>
                <div class="toolbar"></div>
                <table class="table" aria-hidden="true"><thead><tr><th></th></tr></thead><tbody>{bars.map(row)}</tbody></table>
                <p class="sr" role="status">"Loading the catalog"</p>
            </div>
        </div>
    }
    .eager()
}

/// The same list sorted by a column, the other way round if it is so already.
pub(super) fn sorted_by(query: &ListEntities, sort: model::catalog::ListSort) -> ListEntities {
    let order = if query.sort == sort && query.order == Order::Asc { Order::Desc } else { Order::Asc };
    ListEntities { sort, order, offset: 0, ..query.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::render;

    #[test]
    fn loading_has_rows_and_says_so() {
        let html = render(skeleton);
        assert_eq!(html.matches("<td>").count(), 8);
        assert!(html.contains("Loading the catalog"));
    }
}
