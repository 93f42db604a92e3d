//! A state of the catalog of which some is not to be seen: as if it were not there.
//!
//! Documents keep their numbers, so what has been found out of the whole state holds here too. What a visible entity says of itself
//! stays; a relation that it only has because something hidden names it goes.

use std::{borrow::Cow, sync::Arc};

use bytes::Bytes;
use roaring::RoaringBitmap;

use super::{
    posting::Doc,
    segment::{ELSEWHERE, Key, RELATIONS, Segment, ValueEntry},
    snapshot::{Hit, Part, Snapshot},
    stitch::without_relations,
};

/// What is there besides what somebody may see.
pub(super) struct Veil {
    /// Everything.
    pub(super) whole: Arc<Snapshot>,
    /// Documents of the delta that are not to be seen; those of the base are in [`Snapshot::hidden`].
    pub(super) of_delta: RoaringBitmap,
}

impl Snapshot {
    /// The same state without what is not among some documents of each part.
    pub(super) fn veiled_to(whole: &Arc<Self>, of_base: &RoaringBitmap, of_delta: &RoaringBitmap) -> Self {
        let hidden = (whole.base.all() - of_base) | whole.hidden.as_ref();
        let mut veiled =
            Self::new(Arc::clone(&whole.base), Arc::clone(&whole.delta), hidden, Arc::default(), whole.revision);
        veiled.veil = Some(Veil { whole: Arc::clone(whole), of_delta: whole.delta.all() - of_delta });
        // What is wrong with a file that holds no entity may name anything.
        let is_seen = |entity_ref: &String| veiled.find(entity_ref).is_some();
        let unattached = whole.unattached.iter().filter(|problem| problem.entity_ref.as_ref().is_some_and(is_seen));
        veiled.unattached = Arc::new(unattached.cloned().collect());
        veiled
    }

    /// True for the canonical ref of an entity that is there and not to be seen.
    pub(super) fn veils(&self, entity_ref: &str) -> bool {
        self.veil.as_ref().is_some_and(|veil| self.find(entity_ref).is_none() && veil.whole.find(entity_ref).is_some())
    }

    /// An entity without its relations to what is not to be seen.
    pub(super) fn veiled(&self, veil: &Veil, hit: Hit, json: Bytes) -> Bytes {
        // The delta is small and soon gone: what is in it is looked up each time.
        if hit.part == Part::Delta {
            return without_relations(json, |_, target| self.veils(target));
        }
        let targets = self.base.targets(hit.doc);
        let may_be_veiled = |target: &Doc| match *target {
            ELSEWHERE => self.delta.len() > 0,
            doc => self.hidden.contains(doc),
        };
        if !targets.iter().any(may_be_veiled) {
            return json;
        }
        without_relations(json, |at, target| self.veils_named(veil, targets[at], target))
    }

    /// [`Snapshot::veils`] of the canonical ref of a document of the base, or of what is [`ELSEWHERE`]: most need no look at the ref.
    fn veils_named(&self, veil: &Veil, doc: Doc, entity_ref: &str) -> bool {
        match doc {
            ELSEWHERE => self.delta.len() > 0 && self.veils(entity_ref),
            doc if !self.hidden.contains(doc) => false,
            // What is hidden from everybody may stand in the delta anew.
            doc => !veil.whole.hidden.contains(doc) || self.veils(entity_ref),
        }
    }

    /// The values at a path, without those of relations to what is not to be seen.
    pub(super) fn values_of<'a>(&'a self, part: Part, key: &'a Key) -> impl Iterator<Item = &'a ValueEntry> {
        let facts = &self.segment(part).facts;
        let veil = self.veil.as_ref().filter(|_| self.may_veil(&key.name));
        let named = match part {
            Part::Base if veil.is_some() => self.base.named(key),
            _ => &[],
        };
        facts
            .values_of(key)
            .iter()
            .enumerate()
            .filter(move |(at, entry)| {
                veil.is_none_or(|veil| match named.get(*at) {
                    Some(doc) => !self.veils_named(veil, *doc, facts.lower(entry)),
                    None => !self.veils(facts.lower(entry)),
                })
            })
            .map(|(_, entry)| entry)
    }

    /// Whether values at a path have to be looked at one by one: they may name what is not to be seen.
    pub(super) fn may_veil(&self, key: &str) -> bool {
        self.veil.is_some() && key.starts_with(RELATIONS)
    }

    /// [`Segment::having`], of relations only to what is to be seen.
    pub(super) fn having<'a>(&'a self, segment: &'a Segment, key: &str) -> Cow<'a, RoaringBitmap> {
        if self.may_veil(key) { Cow::Owned(self.related_to(segment, key, |_| true)) } else { segment.having(key) }
    }

    /// [`Segment::having_any`], of relations only to what is to be seen.
    pub(super) fn having_any<'a>(
        &'a self,
        segment: &'a Segment,
        key: &str,
        values: &[String],
    ) -> Cow<'a, RoaringBitmap> {
        if !self.may_veil(key) {
            return segment.having_any(key, values);
        }
        let seen: Vec<String> = values.iter().filter(|value| !self.veils(value)).cloned().collect();
        Cow::Owned(segment.having_any(key, &seen).into_owned())
    }

    /// [`Segment::having_prefix`], of relations only to what is to be seen.
    pub(super) fn having_prefix(&self, segment: &Segment, key: &str, prefix: &str) -> RoaringBitmap {
        if self.may_veil(key) {
            self.related_to(segment, key, |value| value.starts_with(prefix))
        } else {
            segment.having_prefix(key, prefix)
        }
    }

    /// [`Segment::having_text`], of relations only to what is to be seen.
    pub(super) fn having_text(&self, segment: &Segment, keys: &[String], lower: &str) -> RoaringBitmap {
        let (relations, others): (Vec<String>, Vec<String>) = keys.iter().cloned().partition(|key| self.may_veil(key));
        let found = segment.having_text(&others, lower);
        relations.iter().fold(found, |found, key| found | self.related_to(segment, key, |value| value.contains(lower)))
    }

    fn related_to(&self, segment: &Segment, key: &str, is_wanted: impl Fn(&str) -> bool) -> RoaringBitmap {
        let mut set = RoaringBitmap::new();
        let Some(key) = segment.facts.key(key) else { return set };
        let is_seen = |entry: &&ValueEntry| {
            let value = segment.facts.lower(entry);
            is_wanted(value) && !self.veils(value)
        };
        for entry in segment.facts.values_of(key).iter().filter(is_seen) {
            segment.facts.postings.for_each(entry.posting, |doc: Doc| _ = set.insert(doc));
        }
        set
    }
}
