//! Makes a [`Segment`] out of documents.
//!
//! Values are interned in a hash table over one buffer of text, so that a fact that many entities share is kept and sorted
//! once; what is sorted at the end are the distinct facts, not all of them.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
};

use bytes::Bytes;
use hashbrown::HashTable;
use serde_json::Value;

use super::{
    facts::each_fact,
    posting::{Doc, Posting, Postings},
    segment::{Document, Facts, Key, Segment, ValueEntry},
};

#[derive(Default)]
pub(super) struct Builder {
    hasher: RandomState,
    key_numbers: HashMap<Box<str>, u32>,
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
    /// Documents may come in any order; of several with one ref the last counts.
    pub(super) fn build(mut documents: Vec<Document>) -> Segment {
        documents.sort_by(|a, b| a.entity_ref.cmp(&b.entity_ref));
        // `dedup` keeps the first of equal neighbours: turn them round so that it is the last one given.
        documents.reverse();
        documents.dedup_by(|a, b| a.entity_ref == b.entity_ref);
        documents.reverse();

        let mut builder = Self::default();
        let mut json = Vec::with_capacity(documents.iter().map(|d| d.json.len()).sum());
        let mut json_ends = Vec::with_capacity(documents.len());
        let mut refs = String::with_capacity(documents.iter().map(|d| d.entity_ref.len()).sum());
        let mut ref_ends = Vec::with_capacity(documents.len());
        let mut problems = HashMap::new();
        for (doc, document) in documents.into_iter().enumerate() {
            let doc = doc as Doc;
            let value: Value = serde_json::from_slice(&document.json).expect("a stitched entity is JSON");
            each_fact(&value, &mut |path, value| builder.add(doc, path, value));
            json.extend_from_slice(&document.json);
            json_ends.push(json.len() as u64);
            refs.push_str(&document.entity_ref);
            ref_ends.push(refs.len() as u32);
            if !document.problems.is_empty() {
                problems.insert(doc, document.problems);
            }
        }
        Segment::new(Bytes::from(json), json_ends, refs, ref_ends, problems, builder.finish())
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
        let mut sorted: Vec<u32> = (0..interned.len() as u32).collect();
        sorted.sort_unstable_by_key(|number| {
            let fact = &interned[*number as usize];
            (rank[fact.key as usize], fact.lower(&texts), fact.original(&texts))
        });

        let docs = group(&pairs, interned.len());
        drop(pairs);
        let mut postings = Postings::default();
        let mut compact = String::with_capacity(texts.len());
        let mut values = Vec::with_capacity(interned.len());
        let mut counts = vec![0; names.len()];
        for number in sorted {
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

/// Documents of each fact, one after the other.
struct Grouped {
    ends: Vec<u32>,
    docs: Vec<Doc>,
}

impl Grouped {
    fn of(&self, fact: u32) -> &[Doc] {
        let at = fact as usize;
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.docs[start as usize..self.ends[at] as usize]
    }
}

/// Counting sort: keeps the documents of each fact in the order of the pairs.
fn group(pairs: &[(u32, Doc)], facts: usize) -> Grouped {
    let mut ends = vec![0_u32; facts];
    for (fact, _) in pairs {
        ends[*fact as usize] += 1;
    }
    let mut total = 0;
    for end in &mut ends {
        let count = *end;
        *end = total;
        total += count;
    }
    let mut docs = vec![0; pairs.len()];
    for (fact, doc) in pairs {
        let slot = &mut ends[*fact as usize];
        docs[*slot as usize] = *doc;
        *slot += 1;
    }
    Grouped { ends, docs }
}
