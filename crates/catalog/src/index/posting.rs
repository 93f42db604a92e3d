//! Which documents have a fact, in four bytes a fact.
//!
//! Four of five distinct facts stand on a single entity (measured on generated catalogs), so that one is the number itself. A few
//! documents are a run in one shared vector, and only frequent facts are worth a bitmap.

use std::borrow::Cow;

use roaring::RoaringBitmap;

/// Number of a document within its segment.
pub(super) type Doc = u32;

/// From how many documents on a bitmap is smaller and quicker than a run.
const BITMAP_FROM: usize = 48;

const TAG: u32 = 0b11 << 30;
const RUN: u32 = 0b01 << 30;
const BITMAP: u32 = 0b10 << 30;

/// A document's number, or the place of a run or bitmap in [`Postings`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Posting(u32);

/// What does not fit into a [`Posting`].
#[derive(Debug, Default)]
pub(super) struct Postings {
    /// Runs one after the other, each led by its length.
    runs: Vec<Doc>,
    bitmaps: Vec<RoaringBitmap>,
}

impl Postings {
    /// Keeps ascending documents without duplicates.
    pub(super) fn add(&mut self, docs: &[Doc]) -> Posting {
        match docs {
            [doc] => Posting(*doc),
            _ if docs.len() < BITMAP_FROM => {
                let at = self.runs.len() as u32;
                self.runs.push(docs.len() as u32);
                self.runs.extend_from_slice(docs);
                Posting(RUN | at)
            }
            _ => {
                let at = self.bitmaps.len() as u32;
                let mut bitmap = RoaringBitmap::from_sorted_iter(docs.iter().copied()).expect("documents ascend");
                bitmap.optimize();
                self.bitmaps.push(bitmap);
                Posting(BITMAP | at)
            }
        }
    }

    pub(super) fn shrink(&mut self) {
        self.runs.shrink_to_fit();
        self.bitmaps.shrink_to_fit();
    }

    fn run(&self, at: u32) -> &[Doc] {
        let at = at as usize;
        &self.runs[at + 1..at + 1 + self.runs[at] as usize]
    }

    /// The documents as a bitmap, which exists already for a frequent fact.
    pub(super) fn bitmap(&self, posting: Posting) -> Cow<'_, RoaringBitmap> {
        let at = posting.0 & !TAG;
        match posting.0 & TAG {
            BITMAP => Cow::Borrowed(&self.bitmaps[at as usize]),
            RUN => Cow::Owned(RoaringBitmap::from_sorted_iter(self.run(at).iter().copied()).expect("documents ascend")),
            _ => Cow::Owned(RoaringBitmap::from_iter([at])),
        }
    }

    /// Adds the documents to `set`.
    pub(super) fn union_into(&self, posting: Posting, set: &mut RoaringBitmap) {
        let at = posting.0 & !TAG;
        match posting.0 & TAG {
            BITMAP => *set |= &self.bitmaps[at as usize],
            RUN => set.extend(self.run(at).iter().copied()),
            _ => {
                set.insert(at);
            }
        }
    }

    /// How many of the documents are in `set`.
    pub(super) fn count_in(&self, posting: Posting, set: &RoaringBitmap) -> u64 {
        let at = posting.0 & !TAG;
        match posting.0 & TAG {
            BITMAP => self.bitmaps[at as usize].intersection_len(set),
            RUN => self.run(at).iter().filter(|doc| set.contains(**doc)).count() as u64,
            _ => u64::from(set.contains(at)),
        }
    }

    /// Calls `f` for each document, ascending.
    pub(super) fn for_each(&self, posting: Posting, mut f: impl FnMut(Doc)) {
        let at = posting.0 & !TAG;
        match posting.0 & TAG {
            BITMAP => self.bitmaps[at as usize].iter().for_each(f),
            RUN => self.run(at).iter().copied().for_each(f),
            _ => f(at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_gives_its_documents_back() {
        let mut postings = Postings::default();
        let sets: Vec<Vec<Doc>> =
            vec![vec![7], vec![1, 9], (0..47).collect(), (0..48).map(|d| d * 3).collect(), vec![0]];
        let kept: Vec<_> = sets.iter().map(|docs| postings.add(docs)).collect();
        let even: RoaringBitmap = (0..200).filter(|d| d % 2 == 0).collect();
        for (docs, posting) in sets.iter().zip(kept) {
            let mut seen = Vec::new();
            postings.for_each(posting, |doc| seen.push(doc));
            assert_eq!(&seen, docs);
            assert_eq!(postings.bitmap(posting).iter().collect::<Vec<_>>(), *docs);
            assert_eq!(postings.count_in(posting, &even), docs.iter().filter(|d| *d % 2 == 0).count() as u64);
            let mut union = RoaringBitmap::from_iter([500]);
            postings.union_into(posting, &mut union);
            assert_eq!(union.len(), docs.len() as u64 + 1);
        }
    }
}
