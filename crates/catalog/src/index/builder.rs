//! Makes a [`Segment`] out of documents.
//!
//! Values are interned in a hash table over one buffer of text, so that a fact that many entities share is kept and sorted
//! once; what is sorted at the end are the distinct facts, not all of them.

use std::{collections::HashMap, hash::BuildHasher};

use bytes::Bytes;
use hashbrown::{DefaultHashBuilder, HashTable};
use model::{catalog::Problem, entity::Relation};
use serde_json::Value;

use super::{
    document,
    facts::{fact_of_relation, fact_of_uid, facts_of_body, facts_of_entity},
    grouped::Grouped,
    parallel::in_order,
    parse,
    posting::{Doc, Posting, Postings},
    segment::{Document, Facts, Key, Segment, ValueEntry},
    stitch::Relations,
};
use crate::{kinds::KindRegistry, stored::StoredEntity};

/// Entities that one thread works on at a time.
const CHUNK: usize = 256;

#[derive(Default)]
pub(super) struct Builder {
    hasher: DefaultHashBuilder,
    key_numbers: HashMap<Box<str>, u32, DefaultHashBuilder>,
    /// Documents that have each key.
    present: Vec<Vec<Doc>>,
    texts: String,
    table: HashTable<u32>,
    interned: Vec<Interned>,
    /// Number of an interned fact, and a document that has it; documents ascend.
    pairs: Vec<(u32, Doc)>,
}

/// A distinct fact.
struct Interned {
    key: u32,
    start: u32,
    lower_len: u16,
    original_len: u16,
    last_doc: Doc,
}

impl Interned {
    fn lower<'a>(&self, texts: &'a str) -> &'a str {
        &texts[self.start as usize..][..self.lower_len as usize]
    }

    fn original<'a>(&self, texts: &'a str) -> &'a str {
        if self.original_len == 0 {
            return self.lower(texts);
        }
        &texts[self.start as usize + self.lower_len as usize..][..self.original_len as usize]
    }
}

impl Builder {
    /// A segment of stitched entities. They may come in any order; of several with one ref the last counts.
    pub(super) fn build(mut documents: Vec<Document>) -> Segment {
        sort(&mut documents, |document| &document.entity_ref);
        let mut builder = Self::default();
        let mut texts = Texts::with_capacity(documents.iter().map(|d| d.json.len()).sum(), documents.len());
        for (doc, document) in documents.into_iter().enumerate() {
            let doc = doc as Doc;
            let entity: Value = serde_json::from_slice(&document.json).expect("a stitched entity is JSON");
            facts_of_entity(&entity, &mut |path: &str, value: Option<&str>| builder.add(doc, path, value));
            texts.push(doc, document);
        }
        texts.into_segment(builder.finish())
    }

    /// A segment of what the store keeps, stitched here: each body is parsed once, for its facts and its edges.
    pub(super) fn stitch_all(mut entities: Vec<StoredEntity>, kinds: &KindRegistry) -> Segment {
        sort(&mut entities, |stored| &stored.entity_ref);
        let mut builder = Self::default();
        let mut relations: HashMap<String, Relations> = HashMap::with_capacity(entities.len());
        let mut doc = 0;
        let mut is_readable = Vec::with_capacity(entities.len());
        let read = |stored| {
            let entity = parse(stored)?;
            let edges = kinds.relations(&entity);
            Some((entity, edges))
        };
        in_order(entities.iter().collect(), CHUNK, read, |entity| {
            is_readable.push(entity.is_some());
            let Some((entity, edges)) = entity else { return };
            facts_of_body(&entity, &mut |path: &str, value: Option<&str>| builder.add(doc, path, value));
            for edge in edges {
                let relation = Relation { relation_type: edge.relation_type, target_ref: edge.target_ref };
                relations.entry(edge.source_ref).or_default().insert(relation);
            }
            doc += 1;
        });
        let mut is_readable = is_readable.into_iter();
        entities.retain(|_| is_readable.next() == Some(true));

        let mut texts = Texts::with_capacity(entities.iter().map(|e| e.body.len() + 400).sum(), entities.len());
        let mut with_relations = Vec::with_capacity(entities.len());
        for (doc, stored) in entities.into_iter().enumerate() {
            let relations = relations.remove(&stored.entity_ref).unwrap_or_default();
            let mut emit = |path: &str, value: Option<&str>| builder.add(doc as Doc, path, value);
            fact_of_uid(Some(&stored.uid), &mut emit);
            for relation in &relations {
                fact_of_relation(&relation.relation_type, &relation.target_ref, &mut emit);
            }
            with_relations.push((stored, relations));
        }
        let mut doc = 0;
        in_order(
            with_relations,
            CHUNK,
            |(stored, relations)| document(stored, &relations),
            |document| {
                texts.push(doc, document);
                doc += 1;
            },
        );
        texts.into_segment(builder.finish())
    }

    fn add(&mut self, doc: Doc, path: &str, value: Option<&str>) {
        let key = self.key(path);
        let present = &mut self.present[key as usize];
        if present.last() != Some(&doc) {
            present.push(doc);
        }
        if let Some(value) = value {
            let fact = self.intern(key, value, doc);
            if self.interned[fact as usize].last_doc != doc {
                self.interned[fact as usize].last_doc = doc;
                self.pairs.push((fact, doc));
            }
        }
    }

    fn key(&mut self, path: &str) -> u32 {
        if let Some(number) = self.key_numbers.get(path) {
            return *number;
        }
        let number = self.present.len() as u32;
        self.key_numbers.insert(path.into(), number);
        self.present.push(Vec::new());
        number
    }

    fn intern(&mut self, key: u32, value: &str, doc: Doc) -> u32 {
        let hash = self.hasher.hash_one((key, value));
        let Self { hasher, texts, table, interned, .. } = self;
        let same = |number: &u32| {
            let fact = &interned[*number as usize];
            fact.key == key && fact.original(texts) == value
        };
        if let Some(number) = table.find(hash, same) {
            return *number;
        }
        let start = texts.len() as u32;
        let original_len = push_lower(texts, value);
        let number = interned.len() as u32;
        let lower_len = texts.len() - start as usize - original_len;
        interned.push(Interned {
            key,
            start,
            lower_len: lower_len as u16,
            original_len: original_len as u16,
            // No document has it yet: anything but `doc` will do.
            last_doc: doc.wrapping_add(1),
        });
        table.insert_unique(hash, number, |number| {
            let fact = &interned[*number as usize];
            hasher.hash_one((fact.key, fact.original(texts)))
        });
        number
    }

    fn finish(self) -> Facts {
        let Self { key_numbers, present, texts, interned, pairs, .. } = self;
        let mut names: Vec<_> = key_numbers.into_iter().collect();
        names.sort_unstable();
        let mut rank = vec![0; names.len()];
        for (at, (_, number)) in names.iter().enumerate() {
            rank[*number as usize] = at as u32;
        }
        let of_key: Vec<_> =
            interned.iter().enumerate().map(|(at, fact)| (rank[fact.key as usize], at as u32)).collect();
        let mut of_key = Grouped::new(&of_key, names.len());
        in_order(of_key.each_mut(), 1, |facts| sort_facts(facts, &interned, &texts), |()| ());

        let docs = Grouped::new(&pairs, interned.len());
        drop(pairs);
        let mut postings = Postings::default();
        let mut compact = String::with_capacity(texts.len());
        let mut values = Vec::with_capacity(interned.len());
        let mut counts = vec![0; names.len()];
        for number in of_key.into_members() {
            let fact = &interned[number as usize];
            let start = compact.len() as u32;
            compact.push_str(&texts[fact.start as usize..][..fact.lower_len as usize + fact.original_len as usize]);
            let posting = postings.add(docs.of(number));
            values.push(ValueEntry { start, lower_len: fact.lower_len, original_len: fact.original_len, posting });
            counts[rank[fact.key as usize] as usize] += 1;
        }
        let mut keys = Vec::with_capacity(names.len());
        let mut from = 0;
        for ((name, number), count) in names.into_iter().zip(counts) {
            let present: Posting = postings.add(&present[number as usize]);
            keys.push(Key { name, values: from..from + count, present });
            from += count;
        }
        postings.shrink();
        Facts { texts: compact, keys, values, postings }
    }
}

/// Sorts by ref, and of several with one ref keeps the last.
fn sort<T>(items: &mut Vec<T>, entity_ref: impl Fn(&T) -> &String) {
    items.sort_by(|a, b| entity_ref(a).cmp(entity_ref(b)));
    // `dedup` keeps the first of equal neighbours: turned round, that is the last one given.
    items.reverse();
    items.dedup_by(|a, b| entity_ref(a) == entity_ref(b));
    items.reverse();
}

/// JSON, refs and problems of the documents, one after the other.
#[derive(Default)]
struct Texts {
    json: Vec<u8>,
    json_ends: Vec<u64>,
    refs: String,
    ref_ends: Vec<u32>,
    problems: HashMap<Doc, Vec<Problem>>,
}

impl Texts {
    fn with_capacity(json: usize, documents: usize) -> Self {
        Self {
            json: Vec::with_capacity(json),
            json_ends: Vec::with_capacity(documents),
            ref_ends: Vec::with_capacity(documents),
            ..Self::default()
        }
    }

    fn push(&mut self, doc: Doc, document: Document) {
        self.json.extend_from_slice(&document.json);
        self.json_ends.push(self.json.len() as u64);
        self.refs.push_str(&document.entity_ref);
        self.ref_ends.push(self.refs.len() as u32);
        if !document.problems.is_empty() {
            self.problems.insert(doc, document.problems);
        }
    }

    fn into_segment(mut self, facts: Facts) -> Segment {
        self.json.shrink_to_fit();
        self.refs.shrink_to_fit();
        Segment::new(Bytes::from(self.json), self.json_ends, self.refs, self.ref_ends, self.problems, facts)
    }
}

/// Sorts facts of one key by their texts.
fn sort_facts(facts: &mut [u32], interned: &[Interned], texts: &str) {
    facts.sort_unstable_by_key(|number| {
        let fact = &interned[*number as usize];
        (fact.lower(texts), fact.original(texts))
    });
}

/// Appends the lower-case form of `value`, then `value` itself if it differs; returns the length of the latter, or zero.
fn push_lower(texts: &mut String, value: &str) -> usize {
    let is_lower = value.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase());
    if is_lower {
        texts.push_str(value);
        return 0;
    }
    let lower = value.to_lowercase();
    texts.push_str(&lower);
    if lower == value {
        return 0;
    }
    texts.push_str(value);
    value.len()
}
