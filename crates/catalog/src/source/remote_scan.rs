//! The part of a scan that follows URLs.

use std::{
    sync::{Mutex, PoisonError},
    time::Instant,
};

use model::entity::Level;

use super::{
    Scanner,
    discovery::Discovery,
    hosts::Hosts,
    remote::{Question, RemoteFiles, UNREADABLE},
    retention::Scope,
    source_scan::{Lead, Sorted, SourceScan, process_file, unreadable},
};
use crate::processing::{Budget, Context, Include, LocationTargets, SourceLinks};

/// True if a URL stands for those that match it.
fn is_url_pattern(url: &str) -> bool {
    // A question mark begins the query here.
    url.contains('*')
}

impl SourceScan<'_> {
    pub(super) fn follow_url(&mut self, url: &str, lead: Lead) {
        if !["http://", "https://"].iter().any(|scheme| url.starts_with(scheme)) {
            return self.report(lead.claim, format!("can not read `{url}`: only http and https URLs can be read"));
        }
        if is_url_pattern(url) {
            return self.follow_url_pattern(url, lead);
        }
        if !self.visited_urls.insert(url.to_owned()) {
            return;
        }
        if self.is_full(lead) {
            return;
        }
        let location = format!("url:{url}");
        let question = Question::File(url.to_owned());
        let file = self.scanner.remote.file(&question);
        file.is_optional = lead.optional;
        let (hash, fault) = (file.hash, file.fault.clone());
        match fault {
            Some(fault) if fault.is_missing && lead.optional => {}
            Some(fault) => self.keep_remote(Scope::File(location), url, Some(fault), lead),
            None => match hash.and_then(|hash| self.read_url(&question, &location, hash, lead)) {
                Some(leads) => {
                    for (claim, targets) in leads {
                        self.follow_targets(
                            &targets,
                            &location,
                            Lead { claim, optional: false, depth: lead.depth + 1 },
                        );
                    }
                }
                None => self.keep_remote(Scope::File(location), url, None, lead),
            },
        }
    }

    /// Follows what a host tells of the people and teams of an organisation.
    pub(super) fn follow_organisation(&mut self, url: &str, lead: Lead) {
        let location = format!("url:{url}");
        let question = Question::People(url.to_owned());
        let file = self.scanner.remote.file(&question);
        file.turn.follow(&self.schedule, Instant::now());
        match (file.hash, file.fault.clone()) {
            (_, Some(fault)) => self.keep_remote(Scope::File(location), url, Some(fault), lead),
            (hash, None) => {
                if hash.and_then(|hash| self.read_url(&question, &location, hash, lead)).is_none() {
                    self.keep_remote(Scope::File(location), url, None, lead);
                }
            }
        }
    }

    fn follow_url_pattern(&mut self, pattern: &str, lead: Lead) {
        let is_open = Discovery::is_meant(pattern);
        let question = if is_open { Question::Repositories } else { Question::Pattern }(pattern.to_owned());
        let found = self.scanner.remote.pattern(&question);
        if is_open
            && lead.depth == 0
            && let Some(turn) = self.scanner.remote.turn(&question)
        {
            turn.follow(&self.schedule, Instant::now());
        }
        let parent = self.reading.claims[lead.claim].entity_ref.clone();
        match (found.urls, found.fault) {
            (_, Some(fault)) => self.keep_remote(Scope::Children(parent), pattern, Some(fault), lead),
            (None, None) => self.keep_remote(Scope::Children(parent), pattern, None, lead),
            (Some(urls), None) => {
                if urls.is_empty() && !lead.optional {
                    let mut problem = unreadable(format!("`{pattern}` matches no file"));
                    problem.level = Level::Warning;
                    self.attach(lead.claim, problem);
                }
                // Nobody has looked whether each repository has the file.
                let optional = lead.optional || is_open;
                for url in urls {
                    self.follow_url(&url, Lead { optional, ..lead });
                }
            }
        }
    }

    /// Claims what the answer to a question defines; `None` if its content, or that of a file which it includes, is not at hand.
    fn read_url(
        &mut self,
        question: &Question,
        location: &str,
        hash: [u8; 32],
        lead: Lead,
    ) -> Option<Vec<(usize, Box<LocationTargets>)>> {
        let url = question.url();
        let parent = self.reading.claims[lead.claim].entity_ref.clone();
        let Scanner { kinds, limits, rules, cache, remote, hosts, .. } = &mut *self.scanner;
        let remote = Mutex::new(remote);
        let locked = || remote.lock().unwrap_or_else(PoisonError::into_inner);
        let is_cached =
            cache.remote(&self.source, question, hash, |included| locked().file(included).stamp()).is_some();
        if !is_cached {
            let (bytes, commit) = {
                let mut remote = locked();
                let file = remote.file(question);
                (file.bytes.clone(), file.commit.clone())
            };
            let Some(bytes) = bytes else {
                locked().forget(url);
                return None;
            };
            let links = match question {
                Question::File(url) => SourceLinks {
                    view_url: Some(url.clone()),
                    edit_url: hosts.edit_url(url),
                    source_location: hosts.source_folder(url).map(|folder| format!("url:{folder}")),
                },
                // No person finds a descriptor there.
                _ => SourceLinks::default(),
            };
            let include = RemoteInclude::new(&remote, &**hosts, url);
            let origin = &*self.source;
            let budget = Budget::of(limits);
            let context = Context {
                kinds,
                limits,
                rules: Some(rules),
                include: &include,
                location,
                origin,
                links,
                commit,
                budget,
            };
            let outcome = process_file(&bytes, &context);
            let included = include.into_included()?;
            cache.put_remote(&self.source, question, hash, included, outcome);
        }
        let outcome = cache.remote(&self.source, question, hash, |included| locked().file(included).stamp())?;
        let sorted = Sorted::of(outcome, location, &parent);
        Some(self.take(sorted))
    }
}

/// What a document at a URL includes: from the same host's files, as far as they are at hand.
struct RemoteInclude<'a> {
    remote: &'a Mutex<&'a mut RemoteFiles>,
    hosts: &'a dyn Hosts,
    base: &'a str,
    /// What was asked for; without a hash where it is not at hand.
    asked: Mutex<Vec<(Question, Option<[u8; 32]>)>>,
}

impl<'a> RemoteInclude<'a> {
    fn new(remote: &'a Mutex<&'a mut RemoteFiles>, hosts: &'a dyn Hosts, base: &'a str) -> Self {
        Self { remote, hosts, base, asked: Mutex::default() }
    }

    /// What was included; `None` if some of it was not at hand, so that the outcome means nothing.
    fn into_included(self) -> Option<Vec<(Question, [u8; 32])>> {
        let asked = self.asked.into_inner().unwrap_or_else(PoisonError::into_inner);
        asked.into_iter().map(|(question, hash)| Some((question, hash?))).collect()
    }
}

impl Include for RemoteInclude<'_> {
    fn read(&self, relative: &str) -> Result<Vec<u8>, String> {
        let question = Question::File(self.hosts.resolve(self.base, relative)?);
        let mut remote = self.remote.lock().unwrap_or_else(PoisonError::into_inner);
        let file = remote.file(&question);
        let (hash, content) = match (&file.fault, &file.bytes, file.hash) {
            (Some(fault), _, _) => (Some(UNREADABLE), Err(fault.why.clone())),
            (None, Some(bytes), hash) => (hash, Ok(bytes.clone())),
            (None, None, _) => {
                remote.forget(question.url());
                (None, Err("it has not been read yet".to_owned()))
            }
        };
        drop(remote);
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push((question, hash));
        content
    }
}
