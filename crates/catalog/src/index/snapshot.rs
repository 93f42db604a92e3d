//! A state of the whole catalog: a large base, a small delta over it, and what of the base the delta hides.

use std::{
    borrow::Cow,
    cmp::Ordering,
    iter::Peekable,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use model::{
    catalog::{Problem, RowRef},
    filter::{Condition, EntityFilter},
};
use roaring::RoaringBitmap;

use super::{
    findings::Findings,
    order::{OrderSpec, SortKey},
    posting::Doc,
    segment::{Document, NO_VALUE, Segment},
    veil::Veil,
};
use crate::kinds::KindRegistry;

/// One state of the catalog; never changes.
pub(super) struct Snapshot {
    pub(super) base: Arc<Segment>,
    /// What changed since the base was made.
    pub(super) delta: Arc<Segment>,
    /// Documents of the base that the delta replaces or that are gone.
    pub(super) hidden: Arc<RoaringBitmap>,
    pub(super) unattached: Arc<Vec<Problem>>,
    pub(super) revision: i64,
    findings: OnceLock<Findings>,
    /// What is there besides, where this holds only what somebody may see.
    pub(super) veil: Option<Veil>,
}

/// A document of one of the two segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Hit {
    pub(super) part: Part,
    pub(super) doc: Doc,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Base,
    Delta,
}

/// Documents of both segments.
#[derive(Clone)]
pub(super) struct Matches<'a> {
    pub(super) base: Cow<'a, RoaringBitmap>,
    pub(super) delta: Cow<'a, RoaringBitmap>,
}

impl Matches<'_> {
    pub(super) fn len(&self) -> u64 {
        self.base.len() + self.delta.len()
    }

    /// All of them, in the order of the refs within each segment.
    pub(super) fn hits(&self) -> impl Iterator<Item = Hit> {
        [Part::Base, Part::Delta].into_iter().flat_map(|part| self.of(part).iter().map(move |doc| Hit { part, doc }))
    }

    pub(super) fn of(&self, part: Part) -> &RoaringBitmap {
        match part {
            Part::Base => &self.base,
            Part::Delta => &self.delta,
        }
    }

    pub(super) fn contains(&self, hit: Hit) -> bool {
        self.of(hit.part).contains(hit.doc)
    }
}

impl<'a> Matches<'a> {
    pub(super) fn and(self, other: &Matches<'_>) -> Matches<'a> {
        Matches { base: intersection(self.base, &other.base), delta: intersection(self.delta, &other.delta) }
    }

    pub(super) fn without(self, other: &Matches<'_>) -> Matches<'a> {
        let left = |set: &RoaringBitmap, other: &RoaringBitmap| Cow::Owned(set - other);
        Matches { base: left(&self.base, &other.base), delta: left(&self.delta, &other.delta) }
    }
}

/// From where a page begins.
#[derive(Clone, Debug)]
pub(super) enum Start {
    /// This many documents from the first.
    Offset(usize),
    /// Behind this place.
    After(SortKey),
    /// The last ones before this place.
    Before(SortKey),
}

impl Snapshot {
    pub(super) fn new(
        base: Arc<Segment>,
        delta: Arc<Segment>,
        hidden: RoaringBitmap,
        unattached: Arc<Vec<Problem>>,
        revision: i64,
    ) -> Self {
        let findings = OnceLock::new();
        Self { base, delta, hidden: Arc::new(hidden), unattached, revision, findings, veil: None }
    }

    pub(super) fn len(&self) -> u64 {
        self.all().len()
    }

    pub(super) fn segment(&self, part: Part) -> &Segment {
        match part {
            Part::Base => &self.base,
            Part::Delta => &self.delta,
        }
    }

    /// The document of a canonical ref.
    pub(super) fn find(&self, entity_ref: &str) -> Option<Hit> {
        if let Some(doc) = self.delta.find(entity_ref) {
            return Some(Hit { part: Part::Delta, doc }).filter(|hit| self.shows(*hit));
        }
        let doc = self.base.find(entity_ref).filter(|doc| !self.hidden.contains(*doc))?;
        Some(Hit { part: Part::Base, doc })
    }

    pub(super) fn json(&self, hit: Hit) -> Bytes {
        let json = self.segment(hit.part).json(hit.doc);
        match &self.veil {
            Some(veil) => self.veiled(veil, hit, json),
            None => json,
        }
    }

    pub(super) fn entity_ref(&self, hit: Hit) -> &str {
        self.segment(hit.part).entity_ref(hit.doc)
    }

    pub(super) fn document(&self, hit: Hit) -> Document {
        self.segment(hit.part).document(hit.doc)
    }

    /// The first value at a path, in its own spelling.
    pub(super) fn value(&self, hit: Hit, key: &str) -> Option<&str> {
        let segment = self.segment(hit.part);
        let number = segment.column(key)[hit.doc as usize];
        (number != NO_VALUE).then(|| segment.facts.original(&segment.facts.values[number as usize]))
    }

    /// A name for people, if it has one: a user's stands in the profile.
    pub(super) fn title(&self, hit: Hit) -> Option<&str> {
        ["metadata.title", "spec.profile.displayname"].into_iter().find_map(|key| self.value(hit, key))
    }

    /// What a page needs to name an entity, by its canonical ref.
    pub(super) fn row_ref(&self, entity_ref: &str) -> RowRef {
        let found = self.find(entity_ref);
        let title = found.and_then(|hit| self.title(hit).or_else(|| self.value(hit, "metadata.name")));
        let name = || entity_ref.rsplit_once('/').map_or(entity_ref, |(_, name)| name);
        RowRef {
            title: title.unwrap_or_else(name).to_owned(),
            exists: found.is_some(),
            entity_ref: entity_ref.to_owned(),
        }
    }

    /// False for a document that is not there: the delta hides it, or it is not to be seen.
    pub(super) fn shows(&self, hit: Hit) -> bool {
        match hit.part {
            Part::Base => !self.hidden.contains(hit.doc),
            Part::Delta => self.veil.as_ref().is_none_or(|veil| !veil.of_delta.contains(hit.doc)),
        }
    }

    /// Problems that follow from what other entities there are, found when they are first asked for. What nobody may see has some too.
    pub(super) fn findings(&self, kinds: &KindRegistry) -> &Findings {
        match &self.veil {
            Some(veil) => veil.whole.findings(kinds),
            None => self.findings.get_or_init(|| Findings::of(self, kinds)),
        }
    }

    /// All documents.
    pub(super) fn all(&self) -> Matches<'_> {
        self.each(|segment| Cow::Borrowed(segment.all()))
    }

    /// Runs a look-up on both segments, and leaves out what is hidden.
    pub(super) fn each<'a>(&'a self, look_up: impl Fn(&'a Segment) -> Cow<'a, RoaringBitmap>) -> Matches<'a> {
        let mut base = look_up(&self.base);
        if !self.hidden.is_empty() {
            base = Cow::Owned(base.as_ref() - self.hidden.as_ref());
        }
        let mut delta = look_up(&self.delta);
        if let Some(veil) = self.veil.as_ref().filter(|veil| !veil.of_delta.is_empty()) {
            delta = Cow::Owned(delta.as_ref() - &veil.of_delta);
        }
        Matches { base, delta }
    }

    /// Documents that pass a filter.
    pub(super) fn filter(&self, filter: &EntityFilter) -> Matches<'_> {
        if filter.is_empty() {
            return self.all();
        }
        self.each(|segment| {
            let mut alternatives = filter.any_of.iter().map(|all| self.conditions(segment, all));
            let first = alternatives.next().expect("the filter is not empty");
            alternatives.fold(first, |set, other| Cow::Owned(set.as_ref() | other.as_ref()))
        })
    }

    fn conditions<'a>(&'a self, segment: &'a Segment, all: &[Condition]) -> Cow<'a, RoaringBitmap> {
        let mut sets = all.iter().map(|condition| match condition.values.as_slice() {
            [] => self.having(segment, &condition.key),
            values => self.having_any(segment, &condition.key, values),
        });
        let first = sets.next().unwrap_or_else(|| Cow::Borrowed(segment.all()));
        sets.fold(first, |set, other| intersection(set, &other))
    }

    /// Documents with a relation of a type, in lower case, to a canonical ref.
    pub(super) fn related(&self, relation_type: &str, target_ref: &str) -> Matches<'_> {
        let key = format!("relations.{relation_type}");
        let target = [target_ref.to_owned()];
        self.each(|segment| self.having_any(segment, &key, &target))
    }

    /// The documents of some refs, in any case; those that there are.
    pub(super) fn those<'b>(&self, refs: impl Iterator<Item = &'b str>) -> Matches<'static> {
        let (mut base, mut delta) = (RoaringBitmap::new(), RoaringBitmap::new());
        for hit in refs.filter_map(|entity_ref| self.find(&entity_ref.to_lowercase())) {
            match hit.part {
                Part::Base => base.insert(hit.doc),
                Part::Delta => delta.insert(hit.doc),
            };
        }
        Matches { base: Cow::Owned(base), delta: Cow::Owned(delta) }
    }

    /// Documents that hold a text, without regard to case, at one of some paths in lower case.
    pub(super) fn with_text(&self, keys: &[String], text: &str) -> Matches<'_> {
        let lower = text.to_lowercase();
        self.each(|segment| Cow::Owned(self.having_text(segment, keys, &lower)))
    }

    /// Leaves out what the order leaves out.
    pub(super) fn orderable<'a>(&self, matches: Matches<'a>, spec: &OrderSpec) -> Matches<'a> {
        if spec.fields.is_empty() || spec.keep_missing {
            return matches;
        }
        let members = |part: Part, set: Cow<'a, RoaringBitmap>| match &self.segment(part).order(spec).members {
            Some(members) => intersection(set, members),
            None => set,
        };
        Matches { base: members(Part::Base, matches.base), delta: members(Part::Delta, matches.delta) }
    }

    /// At most `limit` of the matching documents, in order. All of them must be in the order: see [`Snapshot::orderable`].
    pub(super) fn page(&self, matches: &Matches<'_>, spec: &OrderSpec, start: &Start, limit: usize) -> Vec<Hit> {
        match start {
            Start::Offset(offset) => self.merged(matches, spec, None, false).skip(*offset).take(limit).collect(),
            Start::After(key) => self.merged(matches, spec, Some(key), false).take(limit).collect(),
            Start::Before(key) => {
                let mut hits: Vec<_> = self.merged(matches, spec, Some(key), true).take(limit).collect();
                hits.reverse();
                hits
            }
        }
    }

    /// The place of a document in an order.
    pub(super) fn sort_key(&self, hit: Hit, spec: &OrderSpec) -> SortKey {
        SortKey::of(self.segment(hit.part), hit.doc, spec)
    }

    fn merged<'a>(
        &'a self,
        matches: &'a Matches<'_>,
        spec: &'a OrderSpec,
        bound: Option<&SortKey>,
        backward: bool,
    ) -> impl Iterator<Item = Hit> + 'a {
        let stream = |part: Part| {
            let docs = ordered(self.segment(part), matches.of(part), spec, bound, backward);
            docs.map(move |doc| Hit { part, doc }).peekable()
        };
        Merge { snapshot: self, spec, backward, base: stream(Part::Base), delta: stream(Part::Delta) }
    }
}

fn intersection<'a>(set: Cow<'a, RoaringBitmap>, other: &RoaringBitmap) -> Cow<'a, RoaringBitmap> {
    match set {
        Cow::Owned(mut set) => {
            set &= other;
            Cow::Owned(set)
        }
        Cow::Borrowed(set) => Cow::Owned(set & other),
    }
}

/// The matching documents of one segment in order, from `bound` (exclusive) on, or backward from it.
fn ordered<'a>(
    segment: &'a Segment,
    matches: &'a RoaringBitmap,
    spec: &'a OrderSpec,
    bound: Option<&SortKey>,
    backward: bool,
) -> Box<dyn Iterator<Item = Doc> + 'a> {
    if spec.fields.is_empty() {
        // Numbers of documents are in the order of refs already.
        let (from, to) = match bound.map(|key| segment.place(&key.entity_ref)) {
            None => (0, segment.len()),
            Some(Ok(doc)) if backward => (0, doc),
            Some(Ok(doc)) => (doc + 1, segment.len()),
            Some(Err(place)) if backward => (0, place),
            Some(Err(place)) => (place, segment.len()),
        };
        let docs = matches.range(from..to);
        return if backward { Box::new(docs.rev()) } else { Box::new(docs) };
    }
    let order = segment.order(spec);
    let (from, to) = match bound {
        None => (0, order.docs.len()),
        Some(bound) => {
            let compare = |doc: &Doc| SortKey::of(segment, *doc, spec).compare(bound, spec);
            if backward {
                (0, order.docs.partition_point(|doc| compare(doc).is_lt()))
            } else {
                (order.docs.partition_point(|doc| compare(doc).is_le()), order.docs.len())
            }
        }
    };
    // Few matches are sorted by rank; of many, the order itself is walked along.
    if matches.len() * 16 < order.docs.len() as u64 {
        let (from, to) = (from as u32, to as u32);
        let ranks = matches.iter().map(|doc| order.ranks[doc as usize]);
        let mut ranks: Vec<u32> = ranks.filter(|rank| (from..to).contains(rank)).collect();
        ranks.sort_unstable();
        if backward {
            ranks.reverse();
        }
        return Box::new(ranks.into_iter().map(move |rank| order.docs[rank as usize]));
    }
    let docs = (from..to).map(move |at| order.docs[at]);
    if backward {
        Box::new(docs.rev().filter(|doc| matches.contains(*doc)))
    } else {
        Box::new(docs.filter(|doc| matches.contains(*doc)))
    }
}

/// Merges the ordered documents of base and delta.
struct Merge<'a, B: Iterator<Item = Hit>, D: Iterator<Item = Hit>> {
    snapshot: &'a Snapshot,
    spec: &'a OrderSpec,
    backward: bool,
    base: Peekable<B>,
    delta: Peekable<D>,
}

impl<B: Iterator<Item = Hit>, D: Iterator<Item = Hit>> Iterator for Merge<'_, B, D> {
    type Item = Hit;

    fn next(&mut self) -> Option<Hit> {
        let (Some(base), Some(delta)) = (self.base.peek(), self.delta.peek()) else {
            return self.base.next().or_else(|| self.delta.next());
        };
        let key = |hit: &Hit| self.snapshot.sort_key(*hit, self.spec);
        let wanted = if self.backward { Ordering::Greater } else { Ordering::Less };
        if key(base).compare(&key(delta), self.spec) == wanted { self.base.next() } else { self.delta.next() }
    }
}
