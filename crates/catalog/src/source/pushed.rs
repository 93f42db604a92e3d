//! Sources whose entities are pushed: what they hold is in the database.

use std::{collections::HashMap, sync::Arc};

use super::{
    ConfiguredLocation,
    remote::Question,
    scan::Scanner,
    source_scan::{Lead, Sorted, SourceScan, process_file},
};
use crate::processing::{Budget, Context, Include, SourceLinks, hex};

/// The type of locations that stand for what is pushed.
pub(crate) const LOCATION_TYPE: &str = "push";

/// What a pushed source holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pushed {
    /// Names it among pushed sources.
    pub name: String,
    /// The entities, each as JSON on a line, as YAML documents.
    pub content: String,
    /// SHA-256 of the content.
    pub hash: [u8; 32],
    /// The commit that the push named.
    pub commit: Option<String>,
}

impl Pushed {
    /// The location that stands for it.
    pub fn location(&self) -> ConfiguredLocation {
        ConfiguredLocation {
            location_type: LOCATION_TYPE.to_owned(),
            target: self.name.clone(),
            ..ConfiguredLocation::default()
        }
    }
}

/// A pushed entity brings no files along.
struct NoFiles;

impl Include for NoFiles {
    fn read(&self, _: &str) -> Result<Vec<u8>, String> {
        Err("a pushed entity has no files beside it; push it with its content".to_owned())
    }
}

impl SourceScan<'_> {
    pub(super) fn follow_pushed(&mut self, name: &str, lead: Lead) {
        let Some(pushed) = self.scanner.pushed.get(name).cloned() else {
            return self.report(lead.claim, format!("nothing was pushed as `{name}`"));
        };
        let parent = self.reading.claims[lead.claim].entity_ref.clone();
        let (location, question) = (self.source.to_string(), Question::File(name.to_owned()));
        let Scanner { kinds, limits, rules, cache, .. } = &mut *self.scanner;
        if cache.remote(&self.source, &question, pushed.hash, |_| None).is_none() {
            let context = Context {
                kinds,
                limits,
                rules: Some(rules),
                include: &NoFiles,
                location: &location,
                origin: &self.source,
                links: SourceLinks::default(),
                commit: pushed.commit.clone(),
                budget: Budget::of(limits),
            };
            let outcome = process_file(pushed.content.as_bytes(), &context);
            cache.put_remote(&self.source, &question, pushed.hash, Vec::new(), outcome);
        }
        let outcome = cache.remote(&self.source, &question, pushed.hash, |_| None).expect("it has just been put there");
        let sorted = Sorted::of(outcome, &location, &parent);
        for (claim, targets) in self.take(sorted) {
            self.follow_targets(&targets, &location, Lead { claim, optional: false, depth: lead.depth + 1 });
        }
    }
}

impl Scanner {
    /// Sets what has been pushed.
    pub fn set_pushed(&mut self, pushed: impl IntoIterator<Item = Arc<Pushed>>) {
        self.pushed = pushed.into_iter().map(|pushed| (pushed.name.clone(), pushed)).collect();
    }

    /// True if these are the hashes in hex, by name, of what was set.
    pub(crate) fn same_pushed(&self, hashes: &HashMap<String, String>) -> bool {
        hashes.len() == self.pushed.len()
            && self
                .pushed
                .values()
                .all(|pushed| hashes.get(&pushed.name).is_some_and(|hash| *hash == hex(&pushed.hash)))
    }

    /// What a pushed source held at the last [`Scanner::set_pushed`].
    pub(crate) fn pushed(&self, name: &str) -> Option<&Arc<Pushed>> {
        self.pushed.get(name)
    }
}
