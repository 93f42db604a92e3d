//! The list's state in its address, named as Backstage's catalog page does it:
//! `?filters[kind]=component&filters[tags]=a&filters[tags]=b`, and ours: `sort`, `order`, `offset`, `limit`.

use form_urlencoded::byte_serialize;
use model::catalog::{FacetKey, ListColumn, ListEntities, ListSort, Order, UserFilter};

/// The parameter of [`UserFilter`], as Backstage has it.
pub const USER: &str = "filters[user]";
/// The kind that the list shows where the address names none.
const DEFAULT_KIND: &str = "component";
/// The value of `filters[kind]` for all kinds.
const ALL_KINDS: &str = "all";
/// Trouble sorts to the top.
const DEFAULT_SORT: ListSort = ListSort::Problems;
/// Rows of a page, and what a visitor may choose instead.
pub const PAGE_SIZES: [usize; 3] = [20, 50, 100];
const DEFAULT_PAGE_SIZE: usize = 50;
/// The parameter of [`ListEntities::related`].
pub const RELATED: &str = "filters[related]";

/// The list of a plain `/catalog`.
pub fn default_list() -> ListEntities {
    ListEntities {
        kind: Some(DEFAULT_KIND.to_owned()),
        sort: DEFAULT_SORT,
        limit: Some(DEFAULT_PAGE_SIZE),
        ..ListEntities::default()
    }
}

/// Reads a query string. What is unknown or wrong in it is as good as absent: an address is often typed or old.
///
/// `q=` is the search of the top bar, over all kinds.
pub fn parse(search: &str) -> ListEntities {
    let mut list = default_list();
    for (name, value) in form_urlencoded::parse(search.as_bytes()) {
        match &*name {
            "q" => {
                list.kind = None;
                list.text = value.into_owned();
            }
            "sort" => list.sort = ListSort::from_text(&value).unwrap_or(DEFAULT_SORT),
            "columns" => {
                let mut text = ListColumn::list_to_text(&list.columns);
                text.push(',');
                text.push_str(&value);
                list.columns = ListColumn::list_from_text(&text);
            }
            "order" => list.order = if value == "desc" { Order::Desc } else { Order::Asc },
            "offset" => list.offset = value.parse().unwrap_or(0),
            "limit" => {
                list.limit = value.parse().ok().filter(|size| PAGE_SIZES.contains(size)).or(Some(DEFAULT_PAGE_SIZE));
            }
            _ => {
                if let Some(filter) = filter_name(&name) {
                    add_filter(&mut list, filter, value.trim());
                }
            }
        }
    }
    list
}

/// `filters[tags]`, and `filters[tags][]` and `filters[tags][0]` as other writers have it.
fn filter_name(name: &str) -> Option<&str> {
    let (filter, _) = name.strip_prefix("filters[")?.split_once(']')?;
    Some(filter)
}

fn add_filter(list: &mut ListEntities, filter: &str, value: &str) {
    match filter {
        "kind" if value.eq_ignore_ascii_case(ALL_KINDS) => list.kind = None,
        "kind" if !value.is_empty() => list.kind = Some(value.to_ascii_lowercase()),
        "user" => list.user = UserFilter::from_text(value).unwrap_or_default(),
        "text" => value.clone_into(&mut list.text),
        "related" => list.related = Some(value.to_owned()).filter(|related| related.split(':').count() > 2),
        "problems" => list.with_problems = value == "true",
        _ => {
            if let Some(key) = FacetKey::from_text(filter).filter(|_| !value.is_empty()) {
                let values = list.selected.entry(key).or_default();
                if !values.iter().any(|known| known == value) {
                    values.push(value.to_owned());
                }
            }
        }
    }
}

/// The path and query of a list, below the base path. What is at its default is left out.
pub fn of_list(list: &ListEntities) -> String {
    let mut address = Address { text: "/catalog".to_owned(), next: '?' };
    match list.kind.as_deref() {
        Some(DEFAULT_KIND) if *list == (ListEntities { kind: list.kind.clone(), ..default_list() }) => {}
        kind => address.add("filters[kind]", kind.unwrap_or(ALL_KINDS)),
    }
    for (key, values) in &list.selected {
        for value in values {
            address.add(&filter_param(*key), value);
        }
    }
    if let Some(related) = &list.related {
        address.add(RELATED, related);
    }
    if list.user != UserFilter::All {
        address.add(USER, list.user.as_str());
    }
    if list.with_problems {
        address.add("filters[problems]", "true");
    }
    if !list.text.is_empty() {
        address.add("filters[text]", &list.text);
    }
    if list.sort != DEFAULT_SORT {
        address.add("sort", list.sort.as_str());
    }
    if list.order == Order::Desc {
        address.add("order", "desc");
    }
    if list.offset > 0 {
        address.add("offset", &list.offset.to_string());
    }
    if let Some(limit) = list.limit.filter(|limit| *limit != DEFAULT_PAGE_SIZE) {
        address.add("limit", &limit.to_string());
    }
    if !list.columns.is_empty() {
        address.add("columns", &ListColumn::list_to_text(&list.columns));
    }
    address.text
}

/// The path and query of a list that an answer of the API names by the query of its own operation.
pub fn of_query(query: &str) -> String {
    let mut address = "/catalog?".to_owned();
    if !query.starts_with("kind=") {
        address.push_str("filters[kind]=all&");
    }
    for (at, pair) in query.split('&').enumerate() {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let separator = if at == 0 { "" } else { "&" };
        for part in [separator, "filters[", name, "]=", value] {
            address.push_str(part);
        }
    }
    address
}

/// The parameter of a facet: `filters[tags]`.
pub fn filter_param(key: FacetKey) -> String {
    format!("filters[{}]", key.as_str())
}

struct Address {
    text: String,
    next: char,
}

impl Address {
    fn add(&mut self, name: &str, value: &str) {
        self.text.push(self.next);
        self.text.push_str(name);
        self.text.push('=');
        self.text.extend(byte_serialize(value.as_bytes()));
        self.next = '&';
    }
}

/// The same list from its beginning, with one value of a facet put in or taken out.
pub fn toggled(list: &ListEntities, key: FacetKey, value: &str) -> ListEntities {
    let mut list = ListEntities { offset: 0, ..list.clone() };
    let values = list.selected.entry(key).or_default();
    let before = values.len();
    values.retain(|known| known != value);
    if values.len() == before {
        values.push(value.to_owned());
    }
    if values.is_empty() {
        list.selected.remove(&key);
    }
    list
}

/// The same kind, sorting and page size, and nothing that narrows it down.
pub fn cleared(list: &ListEntities) -> ListEntities {
    ListEntities {
        kind: list.kind.clone(),
        sort: list.sort,
        order: list.order,
        limit: list.limit,
        columns: list.columns.clone(),
        ..ListEntities::default()
    }
}

/// True if anything but the kind narrows the list down.
pub fn is_narrowed(list: &ListEntities) -> bool {
    list.user != UserFilter::All
        || list.with_problems
        || list.related.is_some()
        || !list.text.is_empty()
        || !list.selected.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn selected(list: &ListEntities, key: FacetKey) -> Vec<&str> {
        list.selected.get(&key).into_iter().flatten().map(String::as_str).collect()
    }

    #[test]
    fn reads_backstage_addresses_in_each_spelling() {
        for search in [
            "filters[kind]=API&filters[tags]=a&filters[tags]=b",
            "filters%5Bkind%5D=api&filters%5Btags%5D=a&filters%5Btags%5D=b",
            "filters[kind]=api&filters[tags][]=a&filters[tags][]=b&filters[tags][]=a",
            "filters%5Bkind%5D=api&filters%5Btags%5D%5B0%5D=a&filters%5Btags%5D%5B1%5D=b",
        ] {
            let list = parse(search);
            assert_eq!(list.kind.as_deref(), Some("api"), "{search}");
            assert_eq!(selected(&list, FacetKey::Tags), ["a", "b"], "{search}");
        }
    }

    #[test]
    fn backstages_own_addresses_lead_to_the_same_list() {
        assert_eq!(parse("filters[kind]=component&filters[user]=all"), default_list());
        assert_eq!(parse("filters%5Bkind%5D=component&filters%5Buser%5D=owned").user, UserFilter::Owned);
        assert_eq!(parse("filters[user]=starred&filters[kind]=api").user, UserFilter::Starred);
    }

    #[test]
    fn columns_are_one_parameter_or_a_checkbox_each() {
        let columns = [ListColumn::Type, ListColumn::Owner];
        assert_eq!(parse("columns=type,owner").columns, columns);
        assert_eq!(parse("columns=owner&columns=type&columns=type").columns, columns);
    }

    #[test]
    fn what_is_wrong_is_as_good_as_absent() {
        for search in [
            "",
            "sort=size&order=up&offset=-1&limit=7",
            "filters[user]=all&filters[kind]=&filters[tags]=&filters[related]=partOf",
            "filters[user]=nobody&columns=size",
            "%%%=&&&=1",
        ] {
            assert_eq!(parse(search), default_list(), "{search}");
        }
    }

    #[test]
    fn a_list_survives_its_address() {
        let list = ListEntities {
            kind: None,
            user: UserFilter::Owned,
            columns: vec![ListColumn::Kind, ListColumn::Owner],
            with_problems: true,
            related: Some("partOf:system:default/checkout".into()),
            text: "größe & 100%25 + [x]".to_owned(),
            sort: ListSort::Owner,
            order: Order::Desc,
            offset: 40,
            limit: Some(20),
            ..default_list()
        };
        let list = toggled(&list, FacetKey::Owner, "group:default/payments");
        let list = ListEntities { offset: 40, ..toggled(&list, FacetKey::Tags, "c++") };
        let address = of_list(&list);
        assert_eq!(parse(address.split_once('?').unwrap().1), list, "{address}");
    }

    #[test]
    fn the_query_of_the_api_becomes_an_address() {
        let related = ListEntities { related: Some("partOf:system:a/b".into()), with_problems: true, ..default_list() };
        let all = ListEntities { kind: None, sort: ListSort::Name, limit: None, ..related.clone() };
        assert_eq!(parse(&of_query(&all.to_query())["/catalog?".len()..]), ListEntities { kind: None, ..related });
        let owned = toggled(&default_list(), FacetKey::Owner, "group:default/ä&b");
        let asked = ListEntities { sort: ListSort::Name, limit: None, ..owned.clone() };
        assert_eq!(parse(&of_query(&asked.to_query())["/catalog?".len()..]), owned);
    }

    #[test]
    fn a_plain_list_has_a_plain_address() {
        assert_eq!(of_list(&default_list()), "/catalog");
        assert_eq!(of_list(&parse("q=wallet")), "/catalog?filters[kind]=all&filters[text]=wallet");
    }

    #[test]
    fn toggling_twice_changes_nothing_but_the_place_in_the_list() {
        let list = parse("filters[tags]=a&offset=50");
        let twice = toggled(&toggled(&list, FacetKey::Tags, "b"), FacetKey::Tags, "b");
        assert_eq!(twice, ListEntities { offset: 0, ..list });
    }
}
