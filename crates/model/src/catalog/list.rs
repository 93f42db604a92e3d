//! The catalog as rows: `/api/v1/catalog/entities`.

use std::collections::BTreeMap;

use form_urlencoded::Serializer;
use serde::{Deserialize, Serialize};

use super::{FacetValue, Order, Problem};
use crate::{
    entity::Level,
    reading::{read_object, read_text},
};

/// `GET /api/v1/catalog/entities`: one kind of the catalog as rows, with the counts that a person narrows it down by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListEntities {
    /// Kind to list, in any case; all kinds where `None`.
    pub kind: Option<String>,
    /// Values chosen a facet: an entity must have one of them in each facet that has any.
    pub selected: BTreeMap<FacetKey, Vec<String>>,
    /// Only entities with a relation to another one, written `type:ref`, for example `partOf:system:default/checkout`; in any case.
    pub related: Option<String>,
    /// Whose entities.
    pub user: UserFilter,
    /// Canonical refs of the groups that are the visitor's: what they own is counted, and listed by [`UserFilter::Owned`].
    pub teams: Vec<String>,
    /// Refs that the visitor starred: counted, and listed by [`UserFilter::Starred`].
    pub stars: Vec<String>,
    /// Columns of the rows as CSV, and of the page's table; the usual ones where empty.
    pub columns: Vec<ListColumn>,
    /// Only entities with problems.
    pub with_problems: bool,
    /// Text that name, title, description or a tag must hold, without regard to case.
    pub text: String,
    /// By what to sort.
    pub sort: ListSort,
    /// Which end comes first.
    pub order: Order,
    /// Rows to pass over.
    pub offset: usize,
    /// Rows in the answer; the server's default and maximum apply.
    pub limit: Option<usize>,
}

/// What rows are narrowed down by. The text form is the name of the query parameter, and of Backstage's `filters[…]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum FacetKey {
    /// `spec.type`.
    Type,
    /// `spec.lifecycle`.
    Lifecycle,
    /// Owner by relation `ownedBy`, as canonical refs; the value `none` finds entities without an owner that exists.
    Owner,
    /// `metadata.tags`.
    Tags,
    /// `metadata.namespace`.
    Namespace,
}

read_text!(FacetKey);

impl FacetKey {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 5] = [Self::Lifecycle, Self::Owner, Self::Tags, Self::Type, Self::Namespace];

    /// The value of [`FacetKey::Owner`] that finds entities whose owner is missing or does not exist.
    pub const NO_OWNER: &'static str = "none";

    /// Name of the query parameter.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Lifecycle => "lifecycle",
            Self::Owner => "owner",
            Self::Tags => "tags",
            Self::Namespace => "namespace",
        }
    }

    /// Reads [`FacetKey::as_str`].
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.as_str() == text)
    }
}

/// Whose entities a list shows; the text form is the value of Backstage's `filters[user]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum UserFilter {
    /// Everybody's.
    #[default]
    All,
    /// What one of the visitor's teams owns.
    Owned,
    /// What the visitor starred.
    Starred,
}

impl UserFilter {
    /// All of them, in the order of the page.
    pub const ALL: [Self; 3] = [Self::All, Self::Owned, Self::Starred];

    /// Value of the query parameter `user`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Owned => "owned",
            Self::Starred => "starred",
        }
    }

    /// Reads [`UserFilter::as_str`].
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|user| user.as_str() == text)
    }
}

/// A column that one may choose beside the name and the problems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ListColumn {
    /// For example `Component`.
    Kind,
    /// For example `default`.
    Namespace,
    /// `spec.type`.
    Type,
    /// `spec.lifecycle`.
    Lifecycle,
    /// First target of `ownedBy`.
    Owner,
    /// First target of `partOf`.
    System,
    /// `metadata.tags`, at most the first five.
    Tags,
}

impl ListColumn {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 7] =
        [Self::Kind, Self::Namespace, Self::Type, Self::Lifecycle, Self::Owner, Self::System, Self::Tags];

    /// Value of the query parameter `columns`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Kind => "kind",
            Self::Namespace => "namespace",
            Self::Type => "type",
            Self::Lifecycle => "lifecycle",
            Self::Owner => "owner",
            Self::System => "system",
            Self::Tags => "tags",
        }
    }

    /// Reads [`ListColumn::as_str`].
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.as_str() == text)
    }

    /// Reads several, separated by commas, each once and in the order of the table. What is unknown is left out.
    pub fn list_from_text(text: &str) -> Vec<Self> {
        Self::ALL.into_iter().filter(|column| text.split(',').any(|part| part == column.as_str())).collect()
    }

    /// Writes what [`ListColumn::list_from_text`] reads.
    pub fn list_to_text(columns: &[Self]) -> String {
        let mut text = String::new();
        for column in columns {
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(column.as_str());
        }
        text
    }
}

/// What rows are sorted by. Rows that lack the value come last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ListSort {
    /// Name, without regard to case.
    #[default]
    Name,
    /// Worst problem first.
    Problems,
    /// `spec.type`.
    Type,
    /// `spec.lifecycle`.
    Lifecycle,
    /// Name of the owner.
    Owner,
    /// Name of the system.
    System,
}

impl ListSort {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Name, Self::Problems, Self::Type, Self::Lifecycle, Self::Owner, Self::System];

    /// Value of the query parameter `sort`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Problems => "problems",
            Self::Type => "type",
            Self::Lifecycle => "lifecycle",
            Self::Owner => "owner",
            Self::System => "system",
        }
    }

    /// Reads [`ListSort::as_str`].
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text)
    }
}

impl ListEntities {
    /// The query string, without a question mark: `kind`, each facet's name repeated, `related`, `user`, `team` and `star` repeated,
    /// `problems`, `text`, `sort`, `order`, `offset`, `limit`, `columns`; what is at its default is left out.
    pub fn to_query(&self) -> String {
        let mut query = Serializer::new(String::new());
        if let Some(kind) = &self.kind {
            query.append_pair("kind", kind);
        }
        for (key, values) in &self.selected {
            query.extend_pairs(values.iter().map(|value| (key.as_str(), value)));
        }
        if let Some(related) = &self.related {
            query.append_pair("related", related);
        }
        if self.user != UserFilter::default() {
            query.append_pair("user", self.user.as_str());
        }
        query.extend_pairs(self.teams.iter().map(|team| ("team", team)));
        query.extend_pairs(self.stars.iter().map(|star| ("star", star)));
        if self.with_problems {
            query.append_pair("problems", "true");
        }
        if !self.text.is_empty() {
            query.append_pair("text", &self.text);
        }
        if self.sort != ListSort::default() {
            query.append_pair("sort", self.sort.as_str());
        }
        if self.order == Order::Desc {
            query.append_pair("order", "desc");
        }
        if self.offset > 0 {
            query.append_pair("offset", &self.offset.to_string());
        }
        if let Some(limit) = self.limit {
            query.append_pair("limit", &limit.to_string());
        }
        if !self.columns.is_empty() {
            query.append_pair("columns", &ListColumn::list_to_text(&self.columns));
        }
        query.finish()
    }

    /// Reads what [`ListEntities::to_query`] writes. Each pair must be known.
    ///
    /// # Errors
    /// Names the parameter, its value and what was expected.
    pub fn from_pairs<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, String> {
        let mut list = Self::default();
        for (name, value) in pairs {
            let number = || {
                value
                    .parse::<usize>()
                    .map_err(|_| format!("query parameter `{name}` must be a whole number, found `{value}`"))
            };
            let unknown =
                |expected: &str| format!("query parameter `{name}` must be one of {expected}, found `{value}`");
            match name {
                "kind" => list.kind = Some(value.to_owned()).filter(|kind| !kind.is_empty()),
                "related" if value.split(':').count() < 3 => {
                    let example = "`partOf:system:default/checkout`";
                    return Err(format!(
                        "query parameter `related` must be a relation type and a ref, for example {example}"
                    ));
                }
                "related" => list.related = Some(value.to_owned()),
                "user" => {
                    list.user = UserFilter::from_text(value).ok_or_else(|| unknown("all, owned, starred"))?;
                }
                "team" => list.teams.push(value.to_owned()),
                "star" => list.stars.push(value.to_owned()),
                "columns" => list.columns = ListColumn::list_from_text(value),
                "problems" => list.with_problems = parse_bool(value).ok_or_else(|| unknown("true, false"))?,
                "text" => value.clone_into(&mut list.text),
                "sort" => {
                    list.sort = ListSort::from_text(value)
                        .ok_or_else(|| unknown("name, problems, type, lifecycle, owner, system"))?;
                }
                "order" => {
                    list.order = match value {
                        "asc" => Order::Asc,
                        "desc" => Order::Desc,
                        _ => return Err(unknown("asc, desc")),
                    }
                }
                "offset" => list.offset = number()?,
                "limit" => list.limit = Some(number()?),
                _ => {
                    let key = FacetKey::from_text(name).ok_or_else(|| format!("unknown query parameter `{name}`"))?;
                    list.selected.entry(key).or_default().push(value.to_owned());
                }
            }
        }
        Ok(list)
    }
}

fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

/// The answer to [`ListEntities`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntityList {
    /// The rows of this page.
    pub items: Vec<EntityRow>,
    /// Rows that match on all pages.
    pub total: u64,
    /// Entities of the kind, whatever else is selected.
    pub total_of_kind: u64,
    /// Entities a kind, of all kinds that there are; the known ones first, in the order of the navigation.
    pub kinds: Vec<KindCount>,
    /// Values of each facet with counts that ignore the facet's own selection.
    pub facets: Vec<FacetGroup>,
    /// Entities that match and have problems, whether or not these are selected.
    pub with_problems: u64,
    /// Entities that match, whoever's are selected.
    #[serde(default)]
    pub everybodys: u64,
    /// Of these, how many the visitor's teams own.
    #[serde(default)]
    pub owned: u64,
    /// Of these, how many the visitor starred.
    #[serde(default)]
    pub starred: u64,
    /// Problems that belong to no entity of the whole catalog, for example of a file that can't be read; the worst first, at
    /// most [`EntityList::MAX_UNATTACHED`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unattached: Vec<Problem>,
    /// How many there are of these.
    #[serde(default)]
    pub unattached_total: u64,
    /// Rows to pass over that the answer begins after.
    pub offset: u64,
    /// Rows that a page has.
    pub limit: u64,
}

read_object!(EntityList {
    items = "items", total = "total", total_of_kind = "totalOfKind", kinds = "kinds", facets = "facets",
    with_problems = "withProblems", owned = "owned", starred = "starred", everybodys = "everybodys", unattached = "unattached", unattached_total = "unattachedTotal", offset = "offset",
    limit = "limit",
});

impl EntityList {
    /// Problems without an entity that a list holds at most.
    pub const MAX_UNATTACHED: usize = 10;
}

/// How many entities of a kind there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KindCount {
    /// For example `Component`.
    pub kind: String,
    /// For example `Components`.
    pub plural: String,
    /// Entities of it.
    pub count: u64,
}

read_object!(KindCount { kind = "kind", plural = "plural", count = "count" });

/// The values of one facet, the most frequent first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FacetGroup {
    /// Which facet.
    pub key: FacetKey,
    /// The most frequent values with their counts, at most [`FacetGroup::MAX_VALUES`], and in any case those that are selected (0 where
    /// nothing matches) and [`FacetKey::NO_OWNER`].
    pub values: Vec<FacetValue>,
    /// How many values there are.
    pub total: u64,
}

read_object!(FacetGroup { key = "key", values = "values", total = "total" });

impl FacetGroup {
    /// Frequent values that a group holds.
    pub const MAX_VALUES: usize = 40;
}

/// One entity of an [`EntityList`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntityRow {
    /// For example `Component`.
    pub kind: String,
    /// For example `default`.
    pub namespace: String,
    /// For example `checkout-api`.
    pub name: String,
    /// A name for people: the title, or the display name of a user or group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// One line on what it is for, cut at 200 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `spec.type`.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub entity_type: Option<String>,
    /// `spec.lifecycle`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<String>,
    /// First target of `ownedBy`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<RowRef>,
    /// First target of `partOf`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<RowRef>,
    /// `metadata.tags`, at most the first five.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Its worst problem.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<RowProblem>,
}

read_object!(EntityRow {
    kind = "kind", namespace = "namespace", name = "name", title = "title", description = "description",
    entity_type = "type", lifecycle = "lifecycle", owner = "owner", system = "system", tags = "tags", problem = "problem",
});

/// An entity that a row names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RowRef {
    /// Canonical ref.
    pub entity_ref: String,
    /// Its title, or its name.
    pub title: String,
    /// False if there is no such entity.
    pub exists: bool,
}

read_object!(RowRef { entity_ref = "entityRef", title = "title", exists = "exists" });

/// The worst problem of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RowProblem {
    /// How bad it is.
    pub level: Level,
    /// Two or three words, for example `Owner missing`.
    pub label: String,
    /// Problems of the entity in all.
    pub count: u64,
}

read_object!(RowProblem { level = "level", label = "label", count = "count" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_request_survives_its_query_string() {
        let list = ListEntities {
            kind: Some("component".to_owned()),
            selected: BTreeMap::from([(FacetKey::Tags, vec!["c++".to_owned(), "a&b".to_owned()])]),
            related: Some("partOf:system:default/a".to_owned()),
            user: UserFilter::Starred,
            teams: vec!["group:default/a".to_owned()],
            stars: vec!["api:default/x".to_owned(), "api:default/y".to_owned()],
            columns: vec![ListColumn::Type, ListColumn::Tags],
            with_problems: true,
            text: "größe =".to_owned(),
            sort: ListSort::Owner,
            order: Order::Desc,
            offset: 40,
            limit: Some(20),
        };
        let query = list.to_query();
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let parsed = ListEntities::from_pairs(pairs.iter().map(|(k, v)| (k.as_str(), v.as_str())));
        assert_eq!(parsed, Ok(list));
    }

    #[test]
    fn a_list_request_names_what_it_can_not_read() {
        let refused = |name, value| ListEntities::from_pairs([(name, value)]).unwrap_err();
        assert_eq!(refused("nonsense", "1"), "unknown query parameter `nonsense`");
        assert_eq!(refused("limit", "-1"), "query parameter `limit` must be a whole number, found `-1`");
        assert!(refused("related", "partOf:system").contains("`partOf:system:default/checkout`"));
        assert!(refused("sort", "size").contains("one of name, problems"));
    }
}
