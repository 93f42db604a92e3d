//! What goes with a source, and what will then refer to nothing.

use std::collections::{BTreeSet, HashSet};

use model::{
    catalog::{DanglingAfter, EntityRemoval, RowRef},
    entity::{
        Entity, Relation,
        annotations::{MANAGED_BY_ORIGIN_LOCATION, ORPHAN},
    },
    entity_ref::EntityRef,
};
use serde::Deserialize;
use serde_json::Value;

use super::{
    Index,
    snapshot::{Hit, Snapshot},
};

/// Entities that go, and references to them.
#[derive(Debug, Default)]
pub(crate) struct Going {
    pub(crate) goes: Vec<RowRef>,
    pub(crate) goes_total: u64,
    pub(crate) dangling: Vec<DanglingAfter>,
    pub(crate) dangling_total: u64,
}

impl Index {
    /// True if no location leads to the entity any more; its ref in any case.
    pub(crate) fn is_orphan(&self, entity_ref: &EntityRef) -> bool {
        let entity = self.entity(entity_ref).and_then(|json| serde_json::from_slice::<Entity>(&json).ok());
        entity.is_some_and(|entity| entity.metadata.annotations.get(ORPHAN).is_some_and(|value| value == "true"))
    }
    /// What goes with one entity: itself.
    pub(crate) fn going_alone(&self, entity_ref: &EntityRef) -> Going {
        let snapshot = self.current.load();
        let hits: Vec<Hit> = snapshot.find(&entity_ref.canonical()).into_iter().collect();
        self.going(&snapshot, &hits, None)
    }

    /// What goes with a source, `type:target`, but for the `Location` of the ref `root`, which stands for the source itself.
    pub(crate) fn going_with(&self, source: &str, root: &str) -> Going {
        let snapshot = self.current.load();
        let key = format!("metadata.annotations.{MANAGED_BY_ORIGIN_LOCATION}");
        let source = [source.to_lowercase()];
        let mut hits: Vec<Hit> = snapshot.each(|segment| segment.having_any(&key, &source)).hits().collect();
        hits.sort_by_key(|hit| snapshot.entity_ref(*hit));
        self.going(&snapshot, &hits, Some(root))
    }

    fn going(&self, snapshot: &Snapshot, hits: &[Hit], root: Option<&str>) -> Going {
        let goes: HashSet<&str> = hits.iter().map(|hit| snapshot.entity_ref(*hit)).collect();
        let mut neighbours: BTreeSet<String> = BTreeSet::new();
        for hit in hits {
            let WithRelations { relations } = serde_json::from_slice(&snapshot.json(*hit)).unwrap_or_default();
            let others = relations.into_iter().map(|relation| relation.target_ref);
            neighbours.extend(others.filter(|other| !goes.contains(other.as_str())));
        }
        let mut going = Going::default();
        for hit in hits.iter().filter(|hit| root != Some(snapshot.entity_ref(**hit))) {
            going.goes_total += 1;
            if going.goes.len() < EntityRemoval::MAX_ITEMS {
                going.goes.push(snapshot.row_ref(snapshot.entity_ref(*hit)));
            }
        }
        for neighbour in neighbours {
            let Some(hit) = snapshot.find(&neighbour) else { continue };
            let entity: Value = serde_json::from_slice(&snapshot.json(hit)).unwrap_or_default();
            // What it names itself; the relations back go with what is gone.
            for reference in self.kinds.references(&entity) {
                if !goes.contains(reference.target_ref.as_str()) {
                    continue;
                }
                going.dangling_total += 1;
                if going.dangling.len() < EntityRemoval::MAX_ITEMS {
                    going.dangling.push(DanglingAfter {
                        entity: snapshot.row_ref(&neighbour),
                        relation_type: reference.relation_type,
                        target: snapshot.row_ref(&reference.target_ref),
                    });
                }
            }
        }
        going
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct WithRelations {
    relations: Vec<Relation>,
}
