//! What a person sees of one entity first: `/api/v1/catalog/entities/{kind}/{namespace}/{name}`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Problem, RowRef};
use crate::{entity::Link, entity_ref::EntityRef};

/// One entity with what is around it, in the size of a page: an API's definition of a megabyte is not in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
    /// Its problems, the worst first.
    pub problems: Vec<Problem>,
}

impl EntityOverview {
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct RelationGroup {
    /// For example `ownedBy`.
    pub relation_type: String,
    /// The first of them, at most [`RelationGroup::MAX_TARGETS`].
    pub targets: Vec<RowRef>,
    /// How many there are.
    pub total: u64,
}

impl RelationGroup {
    /// Targets that a group holds at most.
    pub const MAX_TARGETS: usize = 24;
}

/// What may have been meant by a ref that names nothing: a member of the problem details that answer it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NearEntities {
    /// The nearest name first, at most [`NearEntities::MAX_ITEMS`].
    #[serde(default)]
    pub near: Vec<NearEntity>,
}

impl NearEntities {
    /// Entities offered at most.
    pub const MAX_ITEMS: usize = 4;
}

/// An entity whose name is near.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NearEntity {
    /// The entity.
    pub entity: RowRef,
    /// First target of `ownedBy`.
    pub owner: Option<RowRef>,
}
