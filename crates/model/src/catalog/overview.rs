//! What a person sees of one entity first: `/api/v1/catalog/entities/{kind}/{namespace}/{name}`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Problem, RowProblem, RowRef};
use crate::{entity::Link, entity_ref::EntityRef, reading::read_object};

/// One entity with what is around it, in the size of a page: an API's definition of a megabyte is not in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntityOverview {
    /// For example `Component`.
    pub kind: String,
    /// For example `default`.
    pub namespace: String,
    /// For example `checkout-api`.
    pub name: String,
    /// The title, or the display name of a user or group, or the name.
    pub title: String,
    /// What the entity is for.
    pub description: Option<String>,
    /// `spec.type`.
    #[serde(rename = "type")]
    pub entity_type: Option<String>,
    /// `spec.lifecycle`.
    pub lifecycle: Option<String>,
    /// `spec.profile.email`, of a user or group.
    pub email: Option<String>,
    /// `metadata.tags`.
    pub tags: Vec<String>,
    /// `metadata.labels`.
    pub labels: BTreeMap<String, String>,
    /// `metadata.annotations`.
    pub annotations: BTreeMap<String, String>,
    /// `metadata.links`.
    pub links: Vec<Link>,
    /// The relations by type, in the order of the types' names.
    pub relations: Vec<RelationGroup>,
    /// The domain of the system that the entity is part of.
    pub domain: Option<RowRef>,
    /// Its problems, the worst first, at most [`EntityOverview::MAX_PROBLEMS`].
    pub problems: Vec<Problem>,
    /// How many there are.
    pub problems_total: u64,
    /// Fields of `spec` that hold one short value, refer to nothing, and stand nowhere else in this answer; at most
    /// [`EntityOverview::MAX_FIELDS`].
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
    /// What a person looks for on the page of the entity's kind, for example the members of a group; none of these is empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<OverviewSection>,
    /// What changed last, the newest first, at most [`EntityOverview::MAX_CHANGES`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<RecentChange>,
    /// What whoever asks may do with it, of `refresh` and `delete`.
    pub can: Vec<String>,
    /// Why they may not do the others, in words that name the rule.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub why_not: BTreeMap<String, String>,
}

read_object!(EntityOverview {
    kind = "kind", namespace = "namespace", name = "name", title = "title", description = "description",
    entity_type = "type", lifecycle = "lifecycle", email = "email", tags = "tags", labels = "labels",
    annotations = "annotations", links = "links", relations = "relations", domain = "domain", problems = "problems",
    problems_total = "problemsTotal", fields = "fields", sections = "sections", changes = "changes",
    can = "can", why_not = "whyNot",
});

impl EntityOverview {
    /// In `can` and `why_not`: have the source read again.
    pub const REFRESH: &str = "refresh";
    /// In `can` and `why_not`: take it out of the catalog, by what the removal says is the way.
    pub const DELETE: &str = "delete";
    /// Problems that are told at most.
    pub const MAX_PROBLEMS: usize = 20;
    /// Fields of `spec` that are told at most.
    pub const MAX_FIELDS: usize = 20;
    /// Relation types that are told at most.
    pub const MAX_RELATION_TYPES: usize = 40;
    /// Changes that are told at most.
    pub const MAX_CHANGES: usize = 4;

    /// The ref of the entity.
    pub fn entity_ref(&self) -> EntityRef {
        EntityRef::new(&*self.kind, &*self.namespace, &*self.name)
    }

    /// The first target of a relation type.
    pub fn related(&self, relation_type: &str) -> Option<RowRef> {
        self.relations.iter().find(|group| group.relation_type == relation_type)?.targets.first().cloned()
    }
}

/// The relations of one type.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RelationGroup {
    /// For example `ownedBy`.
    pub relation_type: String,
    /// The first of them, at most [`RelationGroup::MAX_TARGETS`].
    pub targets: Vec<RowRef>,
    /// How many there are.
    pub total: u64,
    /// The query of `/api/v1/catalog/entities` that lists those that exist; missing for a type that has no opposite.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub query: String,
}

read_object!(RelationGroup {
    relation_type = "relationType", targets = "targets", total = "total", query = "query",
});

/// Entities that matter to another one, in a way that its heading says.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OverviewSection {
    /// For example `Members`.
    pub title: String,
    /// How many there are.
    pub total: u64,
    /// How many of them have problems.
    pub with_problems: u64,
    /// The query of `/api/v1/catalog/entities` that lists them all; empty where none does.
    pub query: String,
    /// The first of them, those with problems before others, at most [`OverviewSection::MAX_ROWS`]; a tree in its own order.
    pub rows: Vec<OverviewRow>,
}

read_object!(OverviewSection {
    title = "title", total = "total", with_problems = "withProblems", query = "query", rows = "rows",
});

impl OverviewSection {
    /// Rows that a section holds at most.
    pub const MAX_ROWS: usize = 15;
}

/// One entity of an [`OverviewSection`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OverviewRow {
    /// The entity.
    pub entity: RowRef,
    /// In a tree, how far below the first level it stands.
    #[serde(skip_serializing_if = "is_zero")]
    pub depth: u32,
    /// What it is for, cut at 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `spec.type`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub entity_type: Option<String>,
    /// `spec.lifecycle`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifecycle: Option<String>,
    /// `spec.profile.email`, of a user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// First target of `ownedBy`, where that is not the entity whose section it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<RowRef>,
    /// Its worst problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<RowProblem>,
}

read_object!(OverviewRow {
    entity = "entity", depth = "depth", description = "description", entity_type = "type", lifecycle = "lifecycle",
    email = "email", owner = "owner", problem = "problem",
});

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants it so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// A change of an entity, in words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RecentChange {
    /// When, RFC 3339 in UTC; missing where it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<String>,
    /// For example ``changed `spec.owner` from `a` to `b` ``; what stands between backticks is code.
    pub what: String,
    /// The commit that it came with, where the host or its webhook said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

read_object!(RecentChange {
    changed_at = "changedAt",
    what = "what",
    commit = "commit",
});

impl RelationGroup {
    /// Targets that a group holds at most.
    pub const MAX_TARGETS: usize = 24;
}

/// What may have been meant by a ref that names nothing: a member of the problem details that answer it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NearEntities {
    /// The nearest name first, at most [`NearEntities::MAX_ITEMS`].
    #[serde(default)]
    pub near: Vec<NearEntity>,
}

read_object!(NearEntities { near = "near" });

impl NearEntities {
    /// Entities offered at most.
    pub const MAX_ITEMS: usize = 4;
}

/// An entity whose name is near.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NearEntity {
    /// The entity.
    pub entity: RowRef,
    /// First target of `ownedBy`.
    pub owner: Option<RowRef>,
}

read_object!(NearEntity { entity = "entity", owner = "owner" });

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::reading::Read as _;

    #[test]
    fn an_overview_survives_its_json() {
        let named = |name: &str| RowRef { entity_ref: name.into(), title: "A".into(), exists: true };
        let problem = RowProblem { level: crate::entity::Level::Error, label: "No owner".into(), count: 2 };
        let row = OverviewRow {
            entity: named("user:default/a"),
            depth: 2,
            description: Some("b".into()),
            entity_type: Some("c".into()),
            lifecycle: Some("d".into()),
            email: Some("e".into()),
            owner: Some(named("group:default/f")),
            problem: Some(problem),
        };
        let title = || "g".to_owned();
        let overview = EntityOverview {
            kind: "h".into(),
            namespace: "i".into(),
            name: "j".into(),
            title: title(),
            description: Some("k".into()),
            entity_type: Some("l".into()),
            lifecycle: Some("m".into()),
            email: Some("n".into()),
            tags: vec!["o".into()],
            labels: [("p".into(), "q".into())].into(),
            annotations: [("r".into(), "s".into())].into(),
            links: vec![Link { url: "t".into(), ..Link::default() }],
            relations: vec![RelationGroup {
                relation_type: "u".into(),
                targets: vec![named("a:b/c")],
                total: 3,
                query: "v".into(),
            }],
            domain: Some(named("domain:default/w")),
            problems: vec![Problem::read(&&json!({ "code": "orphan", "level": "error", "message": "x" })).unwrap()],
            problems_total: 4,
            fields: [("y".into(), "z".into())].into(),
            sections: vec![OverviewSection {
                title: title(),
                total: 5,
                with_problems: 6,
                query: "0".into(),
                rows: vec![row],
            }],
            changes: vec![RecentChange { changed_at: Some("1".into()), what: "2".into(), commit: Some("3".into()) }],
            can: vec!["refresh".into()],
            why_not: [("delete".into(), "4".into())].into(),
        };
        let json = serde_json::to_value(&overview).unwrap();
        assert_eq!(EntityOverview::read(&&json), Some(overview));
        let unknown = json!({ "kind": "API", "new": [{ "a": 1 }], "description": null });
        assert_eq!(EntityOverview::read(&&unknown).unwrap().kind, "API");
    }
}
