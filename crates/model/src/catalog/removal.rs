//! What goes when an entity is unregistered: `/api/v1/catalog/entities/{kind}/{namespace}/{name}/removal`.

use serde::{Deserialize, Serialize};

use super::RowRef;
use crate::reading::{read_object, read_text};

/// How an entity may be taken out of the catalog, and what would go with it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EntityRemoval {
    /// The entity.
    pub entity: RowRef,
    /// How.
    pub way: RemovalWay,
    /// The source that the entity came in through, `type:target`.
    pub source: String,
    /// Names what is removed: the id of the location, or the canonical ref of the entity. Empty where nothing can be.
    pub key: String,
    /// True if `catalog.readonly` forbids it.
    pub is_read_only: bool,
    /// True if entities stay without a location, as `catalog.orphanStrategy: keep` has it.
    pub keeps_orphans: bool,
    /// What goes, in the order of the refs, at most [`EntityRemoval::MAX_ITEMS`].
    pub goes: Vec<RowRef>,
    /// How many these are.
    pub goes_total: u64,
    /// References of what stays to what goes, at most [`EntityRemoval::MAX_ITEMS`].
    pub dangling: Vec<DanglingAfter>,
    /// How many these are.
    pub dangling_total: u64,
}

read_object!(EntityRemoval {
    entity = "entity", way = "way", source = "source", key = "key", is_read_only = "isReadOnly",
    keeps_orphans = "keepsOrphans", goes = "goes", goes_total = "goesTotal", dangling = "dangling",
    dangling_total = "danglingTotal",
});

impl EntityRemoval {
    /// Entities, and references, that are told at most.
    pub const MAX_ITEMS: usize = 100;
}

/// How an entity may be taken out of the catalog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub enum RemovalWay {
    /// Its location was registered while the server ran: it can be unregistered.
    Location,
    /// No location leads to it any more: it can be deleted.
    Entity,
    /// The configuration names its location: that must be changed.
    #[default]
    Configuration,
    /// It comes from another catalog: it must be removed there.
    Backstage,
}

read_text!(RemovalWay { Location = "location", Entity = "entity", Configuration = "configuration", Backstage = "backstage" });

/// A reference that will name nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DanglingAfter {
    /// What stays.
    pub entity: RowRef,
    /// For example `dependsOn`.
    pub relation_type: String,
    /// What goes.
    pub target: RowRef,
}

read_object!(DanglingAfter { entity = "entity", relation_type = "relationType", target = "target" });
