use std::{
    collections::HashMap,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use model::catalog::{Position, Problem};
use sha2::{Digest as _, Sha256};

use super::{
    folder::{Stamp, read_file},
    remote::Question,
};
use crate::processing::{Body, BodyHash, LocationTargets, RefusedDocument};

/// What processing made of each file when it last changed, so that a scan of unchanged files neither reads nor parses.
#[derive(Debug, Default)]
pub(super) struct FileCache {
    files: HashMap<(Arc<str>, PathBuf), CachedFile>,
    remote: HashMap<(Arc<str>, Question), CachedRemote>,
    scan: u64,
    /// Files that the current scan has parsed.
    pub(super) parsed: usize,
}

/// What processing made of a file at a URL. As any file, it is processed once for each source that leads to it: rules and annotations
/// differ.
#[derive(Debug)]
struct CachedRemote {
    hash: Hash,
    /// Files that its documents include.
    included: Vec<(Question, Hash)>,
    outcome: FileOutcome,
    /// The last scan that met it.
    scan: u64,
}

/// SHA-256.
type Hash = [u8; 32];

#[derive(Debug)]
struct CachedFile {
    stamp: Option<Stamp>,
    hash: Hash,
    /// Files that its documents include.
    included: Vec<(PathBuf, Option<Stamp>)>,
    outcome: FileOutcome,
    /// The last scan that met it.
    scan: u64,
}

#[derive(Debug, Default)]
pub(super) struct FileOutcome {
    /// What kept documents from being parsed.
    pub(super) syntax: Vec<Problem>,
    pub(super) documents: Vec<Result<CachedEntity, RefusedDocument>>,
    /// Files that documents include.
    pub(super) included: Vec<PathBuf>,
}

#[derive(Debug)]
pub(super) struct CachedEntity {
    pub(super) entity_ref: String,
    /// Taken by the first scan that hands it to the store: the database keeps it from then on.
    pub(super) body: Option<Box<Body>>,
    pub(super) body_hash: BodyHash,
    pub(super) places_hash: u64,
    pub(super) targets: Option<Box<LocationTargets>>,
    pub(super) problems: Vec<Problem>,
    pub(super) position: Position,
}

impl FileCache {
    pub(super) fn begin_scan(&mut self) {
        self.scan += 1;
        self.parsed = 0;
    }

    /// Forgets what the current scan has not met.
    pub(super) fn end_scan(&mut self) {
        let scan = self.scan;
        self.files.retain(|_, file| file.scan == scan);
        self.remote.retain(|_, file| file.scan == scan);
    }

    /// Forgets a file in all sources, so that it is parsed again.
    pub(super) fn forget(&mut self, path: &Path) {
        self.files.retain(|(_, cached), _| cached != path);
    }

    /// The same for what is at a URL.
    pub(super) fn forget_remote(&mut self, url: &str) {
        self.remote.retain(|(_, cached), _| cached.url() != url);
    }

    pub(super) fn forget_all(&mut self) {
        self.files.clear();
        self.remote.clear();
    }

    /// What the answer to a question holds, as `hash` says that it is now; `None` if it has to be processed.
    pub(super) fn remote(
        &mut self,
        source: &Arc<str>,
        question: &Question,
        hash: Hash,
        hash_now: impl Fn(&Question) -> Option<Hash>,
    ) -> Option<&mut FileOutcome> {
        let cached = self.remote.get_mut(&(Arc::clone(source), question.clone()))?;
        let is_current =
            cached.hash == hash && cached.included.iter().all(|(question, hash)| hash_now(question) == Some(*hash));
        if !is_current {
            return None;
        }
        cached.scan = self.scan;
        Some(&mut cached.outcome)
    }

    /// Keeps what processing has made of the answer to a question.
    pub(super) fn put_remote(
        &mut self,
        source: &Arc<str>,
        question: &Question,
        hash: Hash,
        included: Vec<(Question, Hash)>,
        outcome: FileOutcome,
    ) -> &mut FileOutcome {
        self.parsed += 1;
        let key = (Arc::clone(source), question.clone());
        let cached = CachedRemote { hash, included, outcome, scan: self.scan };
        &mut self.remote.entry(key).insert_entry(cached).into_mut().outcome
    }

    /// What a file holds. `process` gets its bytes, at most one more than `limit`, and says also what they include.
    pub(super) fn read(
        &mut self,
        source: &Arc<str>,
        path: &Path,
        limit: u64,
        process: impl FnOnce(&[u8]) -> (FileOutcome, Vec<(PathBuf, Option<Stamp>)>),
    ) -> io::Result<&mut FileOutcome> {
        let key = (Arc::clone(source), path.to_owned());
        // Before reading: a change in between is then seen by the next scan.
        let stamp = Stamp::of(path);
        if let Some(cached) = self.files.get_mut(&key)
            && is_unchanged(cached.stamp, stamp)
            && cached.included.iter().all(|(path, earlier)| is_unchanged(*earlier, Stamp::of(path)))
        {
            cached.scan = self.scan;
        } else {
            let bytes = read_file(path, limit)?;
            let hash = Sha256::digest(&bytes).into();
            match self.files.get_mut(&key) {
                Some(cached) if cached.hash == hash && cached.included.is_empty() => {
                    (cached.stamp, cached.scan) = (stamp, self.scan);
                }
                _ => {
                    self.parsed += 1;
                    let (mut outcome, included) = process(&bytes);
                    outcome.included = included.iter().map(|(path, _)| path.clone()).collect();
                    self.files.insert(key.clone(), CachedFile { stamp, hash, included, outcome, scan: self.scan });
                }
            }
        }
        Ok(&mut self.files.get_mut(&key).expect("it was there or has just been inserted").outcome)
    }
}

fn is_unchanged(earlier: Option<Stamp>, now: Option<Stamp>) -> bool {
    match (earlier, now) {
        (Some(earlier), Some(now)) => now.proves_unchanged_since(&earlier),
        (None, None) => true,
        _ => false,
    }
}
