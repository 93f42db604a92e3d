//! One immutable part of the index: documents as JSON bytes, and their facts.

use std::{
    borrow::Cow,
    collections::HashMap,
    hash::BuildHasher as _,
    ops::Range,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use bytes::Bytes;
use hashbrown::{DefaultHashBuilder, HashTable};
use model::catalog::Problem;
use roaring::RoaringBitmap;

use super::{
    builder::Builder,
    order::{Order, OrderSpec},
    parallel::in_order,
    posting::{Doc, Posting, Postings},
    stitch,
};

/// Orders that a segment keeps; one is some eight bytes a document.
const MAX_ORDERS: usize = 16;

/// Stands for "has no value" in a column.
pub(super) const NO_VALUE: u32 = u32::MAX;

/// A stitched entity on its way into a segment.
#[derive(Clone, Debug)]
pub(super) struct Document {
    /// Canonical ref.
    pub(super) entity_ref: String,
    /// The stitched entity as JSON.
    pub(super) json: Bytes,
    /// What processing found about it.
    pub(super) problems: Vec<Problem>,
}

/// Entities that one thread works on at a time.
const CHUNK: usize = 256;

/// What keys of relations begin with.
pub(super) const RELATIONS: &str = "relations.";

/// Stands for "not in this segment" among the ends of relations.
pub(super) const ELSEWHERE: Doc = Doc::MAX;

/// The other ends of all documents' relations, one document after the other.
struct Targets {
    docs: Vec<Doc>,
    ends: Vec<u32>,
}

/// An order, once somebody has asked for it.
type OrderSlot = Arc<OnceLock<Arc<Order>>>;

/// Documents in the order of their refs, so that their numbers compare as their refs do, and the facts of all of them.
pub(super) struct Segment {
    /// All documents' JSON, one after the other.
    json: Bytes,
    json_ends: Vec<u64>,
    /// All canonical refs, one after the other.
    refs: String,
    ref_ends: Vec<u32>,
    /// The same by hash: to search them in half by half takes several times as long.
    by_ref: HashTable<Doc>,
    hasher: DefaultHashBuilder,
    problems: HashMap<Doc, Vec<Problem>>,
    all: RoaringBitmap,
    pub(super) facts: Facts,
    targets: OnceLock<Targets>,
    /// The document that each value of a relation names, or [`ELSEWHERE`].
    named: OnceLock<Vec<Doc>>,
    columns: Mutex<HashMap<u32, Arc<Vec<u32>>>>,
    orders: Mutex<Vec<(OrderSpec, OrderSlot)>>,
}

/// Facts by key, then by value in lower case.
#[derive(Default)]
pub(super) struct Facts {
    /// All texts: of each value its lower-case form, then its own spelling where that differs.
    pub(super) texts: String,
    /// Sorted by name.
    pub(super) keys: Vec<Key>,
    /// Sorted by key, then by lower-case form, then by spelling.
    pub(super) values: Vec<ValueEntry>,
    pub(super) postings: Postings,
}

/// One path.
pub(super) struct Key {
    pub(super) name: Box<str>,
    /// Its values in [`Facts::values`].
    pub(super) values: Range<u32>,
    /// Documents that have the path, with or without a searchable value.
    pub(super) present: Posting,
}

/// One value of a path.
#[derive(Clone, Copy)]
pub(super) struct ValueEntry {
    pub(super) start: u32,
    pub(super) lower_len: u16,
    /// Zero where the value is in lower case.
    pub(super) original_len: u16,
    pub(super) posting: Posting,
}

impl Facts {
    pub(super) fn lower(&self, entry: &ValueEntry) -> &str {
        let start = entry.start as usize;
        &self.texts[start..start + entry.lower_len as usize]
    }

    pub(super) fn original(&self, entry: &ValueEntry) -> &str {
        if entry.original_len == 0 {
            return self.lower(entry);
        }
        let start = entry.start as usize + entry.lower_len as usize;
        &self.texts[start..start + entry.original_len as usize]
    }

    /// The key of a path in lower case.
    pub(super) fn key(&self, name: &str) -> Option<&Key> {
        self.keys.binary_search_by(|key| (*key.name).cmp(name)).ok().map(|at| &self.keys[at])
    }

    pub(super) fn values_of(&self, key: &Key) -> &[ValueEntry] {
        &self.values[key.values.start as usize..key.values.end as usize]
    }

    /// The entries of `key` whose value is `lower`: one a spelling.
    pub(super) fn entries(&self, key: &Key, lower: &str) -> &[ValueEntry] {
        let values = self.values_of(key);
        let from = values.partition_point(|entry| self.lower(entry) < lower);
        let to = from + values[from..].iter().take_while(|entry| self.lower(entry) == lower).count();
        &values[from..to]
    }

    /// The entries of `key` whose value holds `lower` anywhere.
    pub(super) fn entries_with(&self, key: &Key, lower: &str, mut found: impl FnMut(&ValueEntry)) {
        let values = self.values_of(key);
        let (Some(first), Some(last)) = (values.first(), values.last()) else { return };
        if lower.is_empty() {
            return values.iter().for_each(found);
        }
        // A key's texts lie side by side, so one search runs over all of them.
        let from = first.start as usize;
        let to = last.start as usize + last.lower_len as usize + last.original_len as usize;
        let texts = &self.texts.as_bytes()[from..to];
        let finder = memchr::memmem::Finder::new(lower.as_bytes());
        let mut next = 0;
        let mut at = 0;
        while let Some(hit) = finder.find(&texts[at..]).map(|offset| from + at + offset) {
            let index = next + values[next..].partition_point(|entry| entry.start as usize <= hit) - 1;
            let entry = &values[index];
            if hit + lower.len() <= entry.start as usize + entry.lower_len as usize {
                found(entry);
            }
            next = index + 1;
            match values.get(next) {
                // A hit that is not within the lower-case form (it is in the spelling, or reaches into the next value) counts
                // only if the form itself has another one, which comes before it; so the entry is done either way.
                Some(following) => at = following.start as usize - from,
                None => break,
            }
        }
    }
}

impl Segment {
    pub(super) fn build(documents: Vec<Document>) -> Self {
        Builder::build(documents)
    }

    pub(super) fn new(
        json: Bytes,
        json_ends: Vec<u64>,
        refs: String,
        ref_ends: Vec<u32>,
        problems: HashMap<Doc, Vec<Problem>>,
        facts: Facts,
    ) -> Self {
        let all = (0..ref_ends.len() as u32).collect();
        let by_ref = HashTable::with_capacity(ref_ends.len());
        let mut segment = Self {
            json,
            json_ends,
            refs,
            ref_ends,
            by_ref,
            hasher: DefaultHashBuilder::default(),
            problems,
            all,
            facts,
            targets: OnceLock::new(),
            named: OnceLock::new(),
            columns: Mutex::default(),
            orders: Mutex::default(),
        };
        for doc in 0..segment.len() {
            let hash = segment.hash(segment.entity_ref(doc));
            // There is room for all of them: none is hashed again.
            segment.by_ref.insert_unique(hash, doc, |_| unreachable!("the table does not grow"));
        }
        segment
    }

    fn hash(&self, entity_ref: &str) -> u64 {
        self.hasher.hash_one(entity_ref)
    }

    pub(super) fn len(&self) -> u32 {
        self.ref_ends.len() as u32
    }

    pub(super) fn all(&self) -> &RoaringBitmap {
        &self.all
    }

    /// The stitched entity as JSON.
    pub(super) fn json(&self, doc: Doc) -> Bytes {
        let at = doc as usize;
        let start = if at == 0 { 0 } else { self.json_ends[at - 1] };
        self.json.slice(start as usize..self.json_ends[at] as usize)
    }

    /// The other ends of a document's relations, in their order, or [`ELSEWHERE`]; looked up when they are first asked for, four bytes each.
    pub(super) fn targets(&self, doc: Doc) -> &[Doc] {
        let Targets { docs, ends } = self.targets.get_or_init(|| {
            let mut targets = Targets { docs: Vec::new(), ends: Vec::with_capacity(self.ref_ends.len()) };
            let found = |(_, target): (Range<usize>, &str)| self.find(target).unwrap_or(ELSEWHERE);
            let of = |doc| stitch::targets(&self.json(doc)).map(found).collect::<Vec<_>>();
            in_order((0..self.len()).collect(), CHUNK, of, |of_doc| {
                targets.docs.extend(of_doc);
                targets.ends.push(targets.docs.len() as u32);
            });
            targets.docs.shrink_to_fit();
            targets
        });
        let at = doc as usize;
        let start = if at == 0 { 0 } else { ends[at - 1] };
        &docs[start as usize..ends[at] as usize]
    }

    /// The documents that the values of a key of relations name, in their order, or [`ELSEWHERE`]; looked up when they are first asked for.
    pub(super) fn named(&self, key: &Key) -> &[Doc] {
        // Keys are in the order of their names, so those of relations stand together.
        let mut of_relations = self.facts.keys.iter().filter(|key| key.name.starts_with(RELATIONS));
        let Some(first) = of_relations.next() else { return &[] };
        let from = first.values.start;
        let named = self.named.get_or_init(|| {
            let to = of_relations.next_back().unwrap_or(first).values.end;
            let found = |entry: &ValueEntry| self.find(self.facts.lower(entry)).unwrap_or(ELSEWHERE);
            self.facts.values[from as usize..to as usize].iter().map(found).collect()
        });
        &named[(key.values.start - from) as usize..(key.values.end - from) as usize]
    }

    /// The canonical ref.
    pub(super) fn entity_ref(&self, doc: Doc) -> &str {
        let at = doc as usize;
        let start = if at == 0 { 0 } else { self.ref_ends[at - 1] };
        &self.refs[start as usize..self.ref_ends[at] as usize]
    }

    /// The document of a canonical ref.
    pub(super) fn find(&self, entity_ref: &str) -> Option<Doc> {
        if self.by_ref.is_empty() {
            return None;
        }
        self.by_ref.find(self.hash(entity_ref), |doc| self.entity_ref(*doc) == entity_ref).copied()
    }

    /// The document of a canonical ref, or where it would stand.
    pub(super) fn place(&self, entity_ref: &str) -> Result<Doc, Doc> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.entity_ref(middle).cmp(entity_ref) {
                std::cmp::Ordering::Equal => return Ok(middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        Err(low)
    }

    /// What processing found about a document.
    pub(super) fn problems(&self, doc: Doc) -> &[Problem] {
        self.problems.get(&doc).map_or(&[], Vec::as_slice)
    }

    pub(super) fn docs_with_problems(&self) -> impl Iterator<Item = Doc> {
        self.problems.keys().copied()
    }

    /// Takes a document out again, to put it into another segment.
    pub(super) fn document(&self, doc: Doc) -> Document {
        Document {
            entity_ref: self.entity_ref(doc).to_owned(),
            json: self.json(doc),
            problems: self.problems(doc).to_vec(),
        }
    }

    /// Documents that have a path.
    pub(super) fn having(&self, key: &str) -> Cow<'_, RoaringBitmap> {
        match self.facts.key(key) {
            Some(key) => self.facts.postings.bitmap(key.present),
            None => Cow::Owned(RoaringBitmap::new()),
        }
    }

    /// Documents that have one of some values, in lower case, at a path.
    pub(super) fn having_any(&self, key: &str, values: &[String]) -> Cow<'_, RoaringBitmap> {
        let Some(key) = self.facts.key(key) else { return Cow::Owned(RoaringBitmap::new()) };
        if let [value] = values
            && let [entry] = self.facts.entries(key, value)
        {
            return self.facts.postings.bitmap(entry.posting);
        }
        let mut set = RoaringBitmap::new();
        for value in values {
            for entry in self.facts.entries(key, value) {
                self.facts.postings.union_into(entry.posting, &mut set);
            }
        }
        Cow::Owned(set)
    }

    /// Documents that have a value which begins with a text, in lower case, at a path.
    pub(super) fn having_prefix(&self, key: &str, prefix: &str) -> RoaringBitmap {
        let mut set = RoaringBitmap::new();
        let Some(key) = self.facts.key(key) else { return set };
        let values = self.facts.values_of(key);
        let from = values.partition_point(|entry| self.facts.lower(entry) < prefix);
        for entry in values[from..].iter().take_while(|entry| self.facts.lower(entry).starts_with(prefix)) {
            self.facts.postings.union_into(entry.posting, &mut set);
        }
        set
    }

    /// Documents that hold a text, in lower case, in a value at one of some paths.
    pub(super) fn having_text(&self, keys: &[String], lower: &str) -> RoaringBitmap {
        let mut set = RoaringBitmap::new();
        for key in keys.iter().filter_map(|key| self.facts.key(key)) {
            self.facts.entries_with(key, lower, |entry| self.facts.postings.union_into(entry.posting, &mut set));
        }
        set
    }

    /// For each document the number of its first value at a path in [`Facts::values`], or [`NO_VALUE`].
    pub(super) fn column(&self, key: &str) -> Arc<Vec<u32>> {
        let Some(key) = self.facts.key(key) else { return Arc::new(vec![NO_VALUE; self.len() as usize]) };
        let mut columns = self.columns.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(column) = columns.get(&key.values.start).filter(|_| !key.values.is_empty()) {
            return Arc::clone(column);
        }
        let mut column = vec![NO_VALUE; self.len() as usize];
        for number in key.values.clone() {
            self.facts.postings.for_each(self.facts.values[number as usize].posting, |doc| {
                let slot = &mut column[doc as usize];
                *slot = number.min(*slot);
            });
        }
        let column = Arc::new(column);
        if columns.len() >= MAX_ORDERS {
            columns.clear();
        }
        columns.insert(key.values.start, Arc::clone(&column));
        column
    }

    /// The documents in an order, made when it is first asked for.
    pub(super) fn order(&self, spec: &OrderSpec) -> Arc<Order> {
        let slot = {
            let mut orders = self.orders.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((_, slot)) = orders.iter().find(|(kept, _)| kept == spec) {
                Arc::clone(slot)
            } else {
                if orders.len() >= MAX_ORDERS {
                    orders.remove(0);
                }
                orders.push((spec.clone(), Arc::default()));
                Arc::clone(&orders.last().expect("an order was pushed").1)
            }
        };
        // Made outside the lock: other orders stay available meanwhile, and nobody makes this one twice.
        Arc::clone(slot.get_or_init(|| Arc::new(Order::build(self, spec))))
    }
}
