use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use model::{
    catalog::{Problem, ProblemCode},
    entity::Level,
};

use super::{
    Claim, ConfiguredLocation, Content, Folder, Known, Reading, Scanner, Schedule, backstage,
    cache::{CachedEntity, FileOutcome},
    folder::{check_inside, in_words, normalised},
    pattern::{Pattern, is_pattern},
    pushed,
    retention::{Retention, Scope},
    scan::generated_location,
    walk::walk,
    watch::Interest,
};
use crate::{
    descriptor,
    processing::{Budget, Context, LocationTargets, RefusedDocument, SourceLinks, process, syntax_problems},
    provenance::hash_of,
};

/// One walk through a configured location and everything that it leads to.
pub(super) struct SourceScan<'a> {
    pub(super) scanner: &'a mut Scanner,
    /// `type:target` of the configured location.
    pub(super) source: Arc<str>,
    pub(super) known: &'a Known,
    /// When hosts are asked for what the location itself names.
    pub(super) schedule: Schedule,
    interest: &'a mut Interest,
    /// Canonical; nothing outside of it is read.
    root: PathBuf,
    pub(super) reading: Reading,
    /// Refs that the reading claims.
    pub(super) claimed: HashSet<String>,
    /// Canonical paths: each file is read once, also where locations lead in a circle.
    visited: HashSet<PathBuf>,
    pub(super) visited_urls: HashSet<String>,
    /// What to keep of what could not be read. Looked at when all else has been read, so that an entity that has moved
    /// to another file is not kept in its old place as well.
    pub(super) retentions: Vec<Retention>,
}

/// What leads to files: the claim of a `Location`, whether they may be missing, and the `Location`s that led to it.
#[derive(Clone, Copy)]
pub(super) struct Lead {
    pub(super) claim: usize,
    pub(super) optional: bool,
    pub(super) depth: usize,
}

/// What processing made of the documents of one file, by what becomes of it.
#[derive(Default)]
pub(super) struct Sorted {
    claims: Vec<(Claim, Option<Box<LocationTargets>>)>,
    retentions: Vec<Retention>,
    /// Problems of what the rules forbid. It is not kept: it must go when they change.
    forbidden: Vec<Problem>,
}

impl<'a> SourceScan<'a> {
    pub(super) fn new(
        scanner: &'a mut Scanner,
        location: &ConfiguredLocation,
        known: &'a Known,
        interest: &'a mut Interest,
    ) -> Self {
        Self {
            scanner,
            source: location.origin().into(),
            known,
            schedule: location.schedule.clone(),
            interest,
            root: PathBuf::new(),
            reading: Reading { source: location.origin(), ..Reading::default() },
            claimed: HashSet::new(),
            visited: HashSet::new(),
            visited_urls: HashSet::new(),
            retentions: Vec::new(),
        }
    }

    /// Reads it all; says also how many files there were.
    pub(super) fn run(mut self, location: &ConfiguredLocation) -> (Reading, usize) {
        let claim = self.claim(generated_location(location));
        let lead = Lead { claim, optional: false, depth: 0 };
        match location.location_type.as_str() {
            "file" => self.follow_configured(&location.target, lead),
            "url" => self.follow_url(&location.target, lead),
            // Only the configuration may ask for people.
            "github-org" | "gitlab-org" => self.follow_organisation(&location.target, lead),
            pushed::LOCATION_TYPE => self.follow_pushed(&location.target, lead),
            backstage::LOCATION_TYPE => self.follow_backstage(&location.target, lead),
            other => self.report_type(other, claim),
        }
        while let Some(retention) = self.retentions.pop() {
            self.retain(retention);
        }
        (self.reading, self.visited.len() + self.visited_urls.len())
    }

    fn follow_configured(&mut self, target: &str, lead: Lead) {
        let path = normalised(Path::new(target));
        let (folder, pattern) = if is_pattern(target) {
            match Pattern::new(target) {
                Ok(pattern) => (pattern.folder(), Some(pattern)),
                Err(why) => return self.report(lead.claim, format!("can not read `{target}`: {why}")),
            }
        } else {
            (path.parent().map_or_else(PathBuf::new, Path::to_owned), None)
        };
        self.interest.add_folder(folder.clone());
        // Where the folder is missing, so is what is in it, and that is reported.
        self.root = folder.canonicalize().unwrap_or(folder);
        match pattern {
            Some(pattern) => self.follow_pattern(target, pattern, lead),
            None => self.follow_file(&path, lead),
        }
    }

    /// Follows the targets of a `Location` that stands in the file at a location.
    pub(super) fn follow_targets(&mut self, targets: &LocationTargets, holder: &str, lead: Lead) {
        if lead.depth > self.scanner.limits.location_depth {
            let limit = self.scanner.limits.location_depth;
            return self.report(lead.claim, format!("more than {limit} locations lead to each other"));
        }
        let lead = Lead { optional: targets.optional, ..lead };
        let (holder_type, place) = holder.split_once(':').unwrap_or(("", holder));
        match (holder_type, targets.location_type.as_deref().unwrap_or(holder_type)) {
            ("file", "file") => self.follow_paths(targets, Path::new(place), lead),
            (_, "url") => {
                for target in &targets.targets {
                    match self.scanner.hosts.resolve(if holder_type == "url" { place } else { target }, target) {
                        Ok(url) => self.follow_url(&url, lead),
                        Err(why) => {
                            let mut problem = unreadable(format!("can not read `{target}`: {why}"));
                            let hint = if holder_type == "file" {
                                "write a whole URL, or remove `type: url` if a file beside this one is meant"
                            } else {
                                "write a whole URL, or one relative to the file"
                            };
                            problem.hint = Some(hint.to_owned());
                            self.attach(lead.claim, problem);
                        }
                    }
                }
            }
            // A file of this machine is none of what somebody writes elsewhere.
            ("url", "file") => {
                self.report(
                    lead.claim,
                    "locations of type `file` can not be read from a URL, only those of type `url`".to_owned(),
                );
            }
            (_, other) => self.report_type(other, lead.claim),
        }
    }

    fn follow_paths(&mut self, targets: &LocationTargets, holder: &Path, lead: Lead) {
        for target in &targets.targets {
            let path = normalised(&holder.parent().unwrap_or(Path::new("/")).join(target));
            if !is_pattern(target) {
                self.follow_file(&path, lead);
                continue;
            }
            let pattern = path.to_str().ok_or_else(|| "the path is not UTF-8".to_owned()).and_then(Pattern::new);
            match pattern {
                Ok(pattern) => self.follow_pattern(target, pattern, lead),
                Err(why) => self.report(lead.claim, format!("can not read `{target}`: {why}")),
            }
        }
    }

    fn follow_pattern(&mut self, text: &str, pattern: Pattern, lead: Lead) {
        let found = walk(&pattern);
        self.interest.add_pattern(pattern);
        if found.files.is_empty() && found.unreadable.is_empty() && !lead.optional {
            let mut problem = unreadable(format!("`{text}` matches no file"));
            problem.level = Level::Warning;
            self.attach(lead.claim, problem);
        }
        for (folder, why) in found.unreadable {
            let missing = !folder.exists();
            if lead.optional && missing {
                continue;
            }
            let mut problem = unreadable(format!("can not read the folder `{}`: {why}", folder.display()));
            problem.hint = Some(CHECK_PATH.to_owned());
            self.attach(lead.claim, problem.clone());
            self.retentions.push(Retention {
                scope: Scope::Folder(folder),
                problems: vec![problem],
                depth: lead.depth,
                tell_always: false,
            });
        }
        for file in found.files {
            self.follow_file(&file, lead);
        }
    }

    fn follow_file(&mut self, path: &Path, lead: Lead) {
        let Some(location) = path.to_str().map(|path| format!("file:{path}")) else {
            return self.report(lead.claim, format!("can not read `{}`: its name is not UTF-8", path.display()));
        };
        self.interest.add_file(path.to_owned());
        let real = match path.canonicalize() {
            Ok(real) => real,
            Err(error) if lead.optional && error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => return self.keep_unreadable(path, location, &in_words(&error), lead),
        };
        // What the configuration itself names may be a link to anywhere.
        let is_configured = lead.depth == 0 && self.reading.source == location;
        if !is_configured && let Err(why) = check_inside(&self.root, path) {
            let mut problem = unreadable(format!("can not read `{}`: {why}", path.display()));
            problem.hint = Some("name it in `catalog.locations` if it is meant".to_owned());
            return self.attach(lead.claim, problem);
        }
        self.interest.add_file(real.clone());
        if !self.visited.insert(real) {
            return;
        }
        if self.is_full(lead) {
            return;
        }
        match self.read(path, &location, lead) {
            Ok(leads) => {
                for (claim, targets) in leads {
                    self.follow_targets(&targets, &location, Lead { claim, optional: false, depth: lead.depth + 1 });
                }
            }
            Err(error) => self.keep_unreadable(path, location, &in_words(&error), lead),
        }
    }

    /// True, and reported, if the source has led to as many files as it may.
    pub(super) fn is_full(&mut self, lead: Lead) -> bool {
        let limit = self.scanner.limits.files;
        let is_full = self.visited.len() + self.visited_urls.len() > limit;
        if is_full {
            self.report(lead.claim, format!("it leads to more than {limit} files"));
        }
        is_full
    }

    /// Claims what a file defines; says which claims are `Location`s, and where they lead.
    fn read(&mut self, path: &Path, location: &str, lead: Lead) -> io::Result<Vec<(usize, Box<LocationTargets>)>> {
        let parent = self.reading.claims[lead.claim].entity_ref.clone();
        let Scanner { kinds, limits, rules, cache, .. } = &mut *self.scanner;
        let own = path.parent().unwrap_or(Path::new("/")).canonicalize()?;
        let (root, origin) = (&self.root, &*self.source);
        let outcome = cache.read(&self.source, path, limits.file_bytes, |bytes| {
            let folder = Folder::new(root.clone(), own, limits.file_bytes);
            let context = Context {
                kinds,
                limits,
                rules: Some(rules),
                include: &folder,
                location,
                origin,
                links: SourceLinks::default(),
                commit: None,
                budget: Budget::of(limits),
            };
            let outcome = process_file(bytes, &context);
            (outcome, folder.into_asked())
        })?;
        self.interest.add_files(outcome.included.iter().cloned());
        let sorted = Sorted::of(outcome, location, &parent);
        Ok(self.take(sorted))
    }

    /// Takes what a file defines into the reading; says which claims are `Location`s, and where they lead.
    pub(super) fn take(&mut self, sorted: Sorted) -> Vec<(usize, Box<LocationTargets>)> {
        self.reading.problems.extend(sorted.forbidden);
        self.retentions.extend(sorted.retentions);
        let claims = sorted.claims.into_iter().map(|(claim, targets)| (self.claim(claim), targets));
        claims.filter_map(|(claim, targets)| Some((claim, targets?))).collect()
    }

    pub(super) fn claim(&mut self, claim: Claim) -> usize {
        self.claimed.insert(claim.entity_ref.clone());
        self.reading.claims.push(claim);
        self.reading.claims.len() - 1
    }

    pub(super) fn attach(&mut self, claim: usize, mut problem: Problem) {
        let claim = &mut self.reading.claims[claim];
        problem.entity_ref = Some(claim.entity_ref.clone());
        if problem.location.is_none() {
            // Of what stands in the file of the claim itself: a `Location` whose target is wrong.
            problem.location = Some(claim.location.to_string());
            problem.position = problem.position.or(claim.position);
        }
        claim.problems.push(problem);
    }

    pub(super) fn report(&mut self, claim: usize, message: String) {
        let problem = unreadable(message);
        self.attach(claim, problem);
    }

    fn report_type(&mut self, location_type: &str, claim: usize) {
        self.report(
            claim,
            format!("locations of type `{location_type}` can not be read, only those of types `file` and `url`"),
        );
    }
}

pub(super) const CHECK_PATH: &str = "correct the path in the location that names it, or what stands there";

pub(super) fn unreadable(message: String) -> Problem {
    Problem {
        code: ProblemCode::UnreadableLocation,
        level: Level::Error,
        message,
        hint: None,
        entity_ref: None,
        location: None,
        position: None,
        target_ref: None,
    }
}

impl Sorted {
    pub(super) fn of(outcome: &mut FileOutcome, location: &str, parent: &str) -> Self {
        let (shared_location, shared_parent) = (location.into(), parent.into());
        let mut sorted = Self::default();
        let mut lost = outcome.syntax.clone();
        for document in &mut outcome.documents {
            match document {
                Ok(entity) => {
                    let targets = entity.targets.clone();
                    sorted.claims.push((claim_of(entity, &shared_location, &shared_parent), targets));
                }
                Err(refused) if is_forbidden(refused) => sorted.forbidden.extend(refused.problems.clone()),
                Err(RefusedDocument { entity_ref: None, problems }) => lost.extend(problems.clone()),
                Err(RefusedDocument { entity_ref: Some(entity_ref), problems }) => sorted.retentions.push(Retention {
                    scope: Scope::Entity { entity_ref: entity_ref.clone(), location: location.to_owned() },
                    problems: problems.clone(),
                    depth: 0,
                    tell_always: true,
                }),
            }
        }
        if !lost.is_empty() {
            // Nobody knows which entities these were: those of the file that are not there any more.
            let scope = Scope::File(location.to_owned());
            sorted.retentions.push(Retention { scope, problems: lost, depth: 0, tell_always: true });
        }
        sorted
    }
}

fn is_forbidden(refused: &RefusedDocument) -> bool {
    refused.problems.iter().any(|problem| problem.code == ProblemCode::NotAllowed)
}

pub(super) fn process_file(bytes: &[u8], context: &Context<'_>) -> FileOutcome {
    let parsed = descriptor::parse(bytes, context.limits);
    let syntax = syntax_problems(parsed.errors, context);
    let documents = parsed.documents.iter().map(|document| {
        let entity = process(document, context)?;
        Ok(CachedEntity {
            entity_ref: entity.entity_ref,
            places_hash: hash_of(&entity.body.places),
            body: Some(Box::new(entity.body)),
            body_hash: entity.body_hash,
            targets: entity.targets,
            problems: entity.problems,
            position: document.position("/metadata/name"),
        })
    });
    FileOutcome { included: Vec::new(), documents: documents.collect(), syntax }
}

fn claim_of(entity: &mut CachedEntity, location: &Arc<str>, parent: &Arc<str>) -> Claim {
    Claim {
        entity_ref: entity.entity_ref.clone(),
        location: Arc::clone(location),
        parent: Arc::clone(parent),
        position: Some(entity.position),
        content: Content::Read {
            body: entity.body.take(),
            body_hash: entity.body_hash,
            places_hash: entity.places_hash,
        },
        problems: entity.problems.clone(),
    }
}
