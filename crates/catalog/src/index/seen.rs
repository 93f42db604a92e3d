//! What of the catalog somebody may see: decided once for all entities of equal attributes, and kept until the catalog changes.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError, Weak},
};

use access::{Attribute, EntityFacts, ReadRule};
use arc_swap::ArcSwap;
use model::{entity::Relation, entity_ref::EntityRef};
use roaring::RoaringBitmap;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::watch;

use super::{
    Index,
    posting::Doc,
    segment::Segment,
    snapshot::{Hit, Snapshot},
};

/// Profiles whose sets are kept; one is some kilobytes at 100,000 entities.
const MAX_PROFILES: usize = 256;

/// What is kept of who may see what, by profile.
#[derive(Default)]
pub(super) struct SeenBy(Mutex<HashMap<Box<str>, Seen>>);

struct Seen {
    /// The base that `of_base` is about: it stays while the delta grows.
    base: Weak<Segment>,
    of_base: Arc<RoaringBitmap>,
    /// Of the newest state; gone with it.
    index: Option<Arc<Index>>,
}

impl SeenBy {
    /// Lets go of states that are not the newest any more: each holds a whole catalog.
    pub(super) fn outdate(&self) {
        for seen in self.0.lock().unwrap_or_else(PoisonError::into_inner).values_mut() {
            seen.index = None;
        }
    }
}

impl Index {
    /// The part of the catalog that a rule lets be seen, as an index of its own that stays as it is.
    pub(crate) fn seen_by(&self, rule: &dyn ReadRule) -> Arc<Self> {
        let whole = self.current.load_full();
        let known = {
            let seen = self.seen.0.lock().unwrap_or_else(PoisonError::into_inner);
            seen.get(rule.profile())
                .map(|seen| (Weak::clone(&seen.base), Arc::clone(&seen.of_base), seen.index.clone()))
        };
        let mut of_base = None;
        if let Some((base, bitmap, index)) = known {
            if let Some(index) =
                index.filter(|index| index.revision() == whole.revision && index.shows_base(&whole.base))
            {
                return index;
            }
            of_base = base.upgrade().filter(|base| Arc::ptr_eq(base, &whole.base)).map(|_| bitmap);
        }
        // Outside the lock: others go on, and who is decided twice at once is decided alike.
        let of_base = of_base.unwrap_or_else(|| Arc::new(readable(&whole.base, rule)));
        let veiled = Snapshot::veiled_to(&whole, &of_base, &readable(&whole.delta, rule));
        let index = Arc::new(Self {
            kinds: Arc::clone(&self.kinds),
            revision: watch::Sender::new(veiled.revision),
            current: ArcSwap::from_pointee(veiled),
            writer: Mutex::default(),
            seen: SeenBy::default(),
        });
        let mut seen = self.seen.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MAX_PROFILES {
            seen.clear();
        }
        let is_newest = Arc::ptr_eq(&whole, &self.current.load());
        let kept = is_newest.then(|| Arc::clone(&index));
        seen.insert(rule.profile().into(), Seen { base: Arc::downgrade(&whole.base), of_base, index: kept });
        index
    }

    fn shows_base(&self, base: &Arc<Segment>) -> bool {
        Arc::ptr_eq(&self.current.load().base, base)
    }

    /// What rules may know of an entity, by its ref in any case.
    pub fn facts(&self, entity_ref: &EntityRef) -> Option<EntityFacts> {
        let snapshot = self.current.load();
        snapshot.find(&entity_ref.canonical()).map(|hit| facts(&snapshot, hit))
    }
}

/// Documents of a segment for which a rule holds.
fn readable(segment: &Segment, rule: &dyn ReadRule) -> RoaringBitmap {
    let mut readable = RoaringBitmap::new();
    for (facts, docs) in classes(segment, rule) {
        if rule.may_read(&facts) {
            readable |= docs;
        }
    }
    readable
}

/// Documents by the attributes that a rule looks at.
fn classes(segment: &Segment, rule: &dyn ReadRule) -> Vec<(EntityFacts, RoaringBitmap)> {
    let mut classes = vec![(EntityFacts::default(), segment.all().clone())];
    for attribute in rule.attributes() {
        classes = match attribute {
            Attribute::Tags | Attribute::Owners => divided_by_all(segment, *attribute, classes),
            _ => divided(segment, *attribute, classes),
        };
    }
    for name in rule.named() {
        let Some(doc) = segment.find(name) else { continue };
        let Some(at) = classes.iter().position(|(_, docs)| docs.contains(doc)) else { continue };
        classes[at].1.remove(doc);
        let facts = EntityFacts { entity_ref: name.clone(), ..classes[at].0.clone() };
        classes.push((facts, RoaringBitmap::from_iter([doc])));
    }
    classes.retain(|(_, docs)| !docs.is_empty());
    classes
}

/// Where an attribute stands in the index.
fn path(attribute: Attribute) -> &'static str {
    match attribute {
        Attribute::Kind => "kind",
        Attribute::Namespace => "metadata.namespace",
        Attribute::Type => "spec.type",
        Attribute::Lifecycle => "spec.lifecycle",
        Attribute::Tags => "metadata.tags",
        Attribute::Owners => "relations.ownedby",
    }
}

type Class = (EntityFacts, RoaringBitmap);

/// By an attribute of one value.
fn divided(segment: &Segment, attribute: Attribute, classes: Vec<Class>) -> Vec<Class> {
    let column = segment.column(path(attribute));
    let mut divided = Vec::new();
    for (facts, docs) in classes {
        let mut by_value: HashMap<Option<&str>, RoaringBitmap> = HashMap::new();
        for doc in docs {
            let value = segment.facts.values.get(column[doc as usize] as usize).map(|entry| segment.facts.lower(entry));
            by_value.entry(value).or_default().insert(doc);
        }
        divided.extend(by_value.into_iter().map(|(value, docs)| (with(&facts, attribute, value), docs)));
    }
    divided
}

/// By an attribute of any number of values.
fn divided_by_all(segment: &Segment, attribute: Attribute, classes: Vec<Class>) -> Vec<Class> {
    let mut values: Vec<BTreeSet<&str>> = vec![BTreeSet::new(); segment.len() as usize];
    if let Some(key) = segment.facts.key(path(attribute)) {
        for entry in segment.facts.values_of(key) {
            let value = segment.facts.lower(entry);
            segment.facts.postings.for_each(entry.posting, |doc: Doc| _ = values[doc as usize].insert(value));
        }
    }
    let mut divided = Vec::new();
    for (facts, docs) in classes {
        let mut by_values: HashMap<&BTreeSet<&str>, RoaringBitmap> = HashMap::new();
        for doc in docs {
            by_values.entry(&values[doc as usize]).or_default().insert(doc);
        }
        divided.extend(by_values.into_iter().map(|(values, docs)| {
            let owned = values.iter().map(|value| (*value).to_owned()).collect();
            let mut facts = facts.clone();
            match attribute {
                Attribute::Tags => facts.tags = owned,
                _ => facts.owners = owned,
            }
            (facts, docs)
        }));
    }
    divided
}

fn with(facts: &EntityFacts, attribute: Attribute, value: Option<&str>) -> EntityFacts {
    let mut facts = facts.clone();
    let owned = value.map(str::to_owned);
    match attribute {
        Attribute::Kind => facts.kind = owned.unwrap_or_default(),
        Attribute::Namespace => facts.namespace = owned.unwrap_or_default(),
        Attribute::Type => facts.entity_type = owned,
        _ => facts.lifecycle = owned,
    }
    facts
}

/// The same attributes of one document.
fn facts(snapshot: &Snapshot, hit: Hit) -> EntityFacts {
    // What stands in the index can be read. Lists are read from the text: to look each value up would take longer.
    let Lists { metadata, relations } =
        serde_json::from_slice(&snapshot.segment(hit.part).json(hit.doc)).unwrap_or_default();
    let lower = |attribute: Attribute| snapshot.value(hit, path(attribute)).map(str::to_lowercase);
    let is_searchable = |text: &str| text.len() <= super::facts::MAX_LENGTH;
    let tags = metadata.tags.as_array().into_iter().flatten().filter_map(Value::as_str);
    let owners = relations.iter().filter(|relation| relation.relation_type == "ownedBy");
    EntityFacts {
        entity_ref: snapshot.entity_ref(hit).to_owned(),
        kind: lower(Attribute::Kind).unwrap_or_default(),
        namespace: lower(Attribute::Namespace).unwrap_or_default(),
        entity_type: lower(Attribute::Type),
        lifecycle: lower(Attribute::Lifecycle),
        tags: tags.filter(|tag| is_searchable(tag)).map(str::to_lowercase).collect(),
        owners: owners.map(|owner| owner.target_ref.to_lowercase()).filter(|owner| is_searchable(owner)).collect(),
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Lists {
    metadata: ListsMetadata,
    relations: Vec<Relation>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct ListsMetadata {
    tags: Value,
}
