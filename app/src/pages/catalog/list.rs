use leptos::{html, prelude::*};
use leptos_meta::Title;
use leptos_router::{LazyRoute, hooks::use_url, lazy_route};
use model::{
    catalog::{EntityList, ListEntities, Order},
    error::ApiError,
};

use super::{address, facets, keys, table};
use crate::{
    components::KindIcons,
    links::href,
    platform::{use_client, use_live},
    ui::{Icon, icon, load, load_part},
};

/// `/catalog`: one kind of entities, with what narrows them down.
pub struct CatalogPage {
    query: Memo<ListEntities>,
    list: Resource<Result<EntityList, ApiError>>,
}

#[lazy_route]
impl LazyRoute for CatalogPage {
    fn data() -> Self {
        // The address as this route has it: it does not change when the visitor leaves for another page.
        let url = use_url();
        let query = Memo::new(move |_| url.with(|url| address::parse(url.search())));
        let client = use_client();
        let revision = use_live().catalog;
        let list = Resource::new(
            move || (query.get(), revision.get()),
            move |(query, _)| {
                let client = client.clone();
                async move { client.list_entities(&query).await }
            },
        );
        Self { query, list }
    }

    fn view(this: Self) -> AnyView {
        catalog_page(this)
    }
}

fn catalog_page(CatalogPage { query, list }: CatalogPage) -> AnyView {
    let form = NodeRef::<html::Form>::new();
    let text = NodeRef::<html::Input>::new();
    let icons = KindIcons::from_config();
    let apply = facets::follow_form(query, list, form, text);
    keys::walk_rows();

    view! {
        <Title text="Catalog"/>
        <div class="page-head"><h1>"Catalog"</h1></div>
        {load_part(list, tabs_skeleton, move |list| kind_tabs(&list, &query.get()))}
        <div class="cat-grid">
            {facets::form(query, list, form, apply.clone())}
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
                            value=query.get_untracked().text
                            placeholder="Filter by name, title, tag"
                            aria-label="Filter"
                            autocomplete="off"
                            node_ref=text
                            on:input=move |_| apply.soon()
                        />
                    </label>
                    {move || tokens(&query.get())}
                    {load_part(list, || ().into_any(), |list| {
                        view! {
                            <span class="count-line push fs12 t3 num">{list.total} " of " {list.total_of_kind}</span>
                        }
                    })}
                    <button type="button" class="btn sm filters-btn" popovertarget=facets::FORM_ID>
                        {icon(Icon::SlidersHorizontal, "i")}
                        "Filters"
                    </button>
                </div>
                {load(list, table::skeleton, move |list| table::table(&icons, list, &query.get()))}
            </section>
        </div>
    }
    .into_any()
}

/// One tab a kind, with how many there are of it; the last one is all kinds.
fn kind_tabs(list: &EntityList, query: &ListEntities) -> AnyView {
    let tab = |kind: Option<&str>, label: &str, count: u64| {
        let of_kind = ListEntities { kind: kind.map(str::to_lowercase), text: query.text.clone(), ..address::default_list() };
        let current = (of_kind.kind == query.kind).then_some("page");
        view! {
            <a href=href(&address::of_list(&of_kind)) aria-current=current>
                {label.to_owned()}
                <span class="count">{count}</span>
            </a>
        }
    };
    let mut tabs: Vec<_> = list.kinds.iter().map(|kind| tab(Some(&kind.info.kind), &kind.info.plural, kind.count)).collect();
    if let Some(kind) = &query.kind
        && !list.kinds.iter().any(|known| known.info.kind.eq_ignore_ascii_case(kind))
    {
        tabs.push(tab(Some(kind), kind, 0));
    }
    tabs.push(tab(None, "All", list.kinds.iter().map(|kind| kind.count).sum()));
    view! { <nav class="tabs" aria-label="Kind">{tabs}</nav> }.into_any()
}

fn tabs_skeleton() -> AnyView {
    view! { <div class="tabs" aria-hidden="true"><a><span class="skel w4"></span></a></div> }.into_any()
}

/// What narrows the list down, each with a link that takes it away.
fn tokens(query: &ListEntities) -> Vec<AnyView> {
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
        .into_any()
    };
    let mut tokens = Vec::new();
    if query.with_problems {
        let without = ListEntities { with_problems: false, offset: 0, ..query.clone() };
        tokens.push(token("only".to_owned(), "with problems".to_owned(), without));
    }
    for (key, values) in &query.selected {
        for value in values {
            let what = format!("{} is", facets::singular(*key));
            tokens.push(token(what, facets::label(*key, value), address::toggled(query, *key, value)));
        }
    }
    if address::is_narrowed(query) {
        let all = href(&address::of_list(&address::cleared(query)));
        tokens.push(view! { <a class="clear" href=all data-noscroll="true">"Clear"</a> }.into_any());
    }
    tokens
}

/// The same list sorted by a column, the other way round if it is so already.
pub(super) fn sorted_by(query: &ListEntities, sort: model::catalog::ListSort) -> ListEntities {
    let order = if query.sort == sort && query.order == Order::Asc { Order::Desc } else { Order::Asc };
    ListEntities { sort, order, offset: 0, ..query.clone() }
}
