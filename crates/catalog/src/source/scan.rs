use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use model::{
    catalog::{Position, Problem},
    entity::annotations::{MANAGED_BY_LOCATION, MANAGED_BY_ORIGIN_LOCATION, VIEW_URL},
};
use serde_json::{Map, json};
use sha1::{Digest as _, Sha1};

use super::{
    ConfiguredLocation, Hosts, Known, NoHosts, Pushed, RemoteFiles, cache::FileCache, source_scan::SourceScan,
    watch::Interest,
};
use crate::{
    descriptor::Limits,
    engine::Refresh,
    kinds::KindRegistry,
    processing::{Body, BodyHash, InvalidRuleError, Rule, Rules, hex},
    provenance::hash_of,
};

/// Reads all configured locations, again and again.
pub struct Scanner {
    pub(super) kinds: Arc<KindRegistry>,
    pub(super) limits: Limits,
    pub(super) rules: Rules,
    locations: Vec<ConfiguredLocation>,
    /// Those that were registered while the server runs.
    registered: Vec<ConfiguredLocation>,
    /// By name.
    pub(super) pushed: BTreeMap<String, Arc<Pushed>>,
    pub(super) cache: FileCache,
    pub(super) remote: RemoteFiles,
    pub(super) hosts: Arc<dyn Hosts>,
}

/// What all sources say at one moment.
#[derive(Debug, Default)]
pub struct Scan {
    /// One a source, in the order of the configuration.
    pub readings: Vec<Reading>,
    /// Files that were met.
    pub files: usize,
    /// Files among them that had changed.
    pub parsed: usize,
    /// What a later scan depends on.
    pub(crate) interest: Interest,
}

/// What one source says at one moment.
#[derive(Debug, Default)]
pub struct Reading {
    /// The configured location, `type:target`.
    pub source: String,
    /// Entities that it defines, in the order in which they were found.
    pub claims: Vec<Claim>,
    /// Problems that belong to no entity.
    pub problems: Vec<Problem>,
    /// Its claims give way to those of other sources: it only tells of a catalog that is kept elsewhere.
    pub yields: bool,
}

/// "This entity is defined here."
#[derive(Debug)]
pub struct Claim {
    /// Canonical ref.
    pub entity_ref: String,
    /// The file, `type:target`.
    pub location: Arc<str>,
    /// Canonical ref of the `Location` that led to the file; empty for the one that stands for a source.
    pub parent: Arc<str>,
    /// Where in the file.
    pub position: Option<Position>,
    /// How it is now.
    pub content: Content,
    /// What processing found about it.
    pub problems: Vec<Problem>,
}

/// How an entity is now.
#[derive(Debug)]
pub enum Content {
    /// It was read.
    Read {
        /// `None` if an earlier scan has handed it over and the file has not changed since.
        body: Option<Box<Body>>,
        /// Of the body.
        body_hash: BodyHash,
        /// [`hash_of`](crate::provenance::hash_of) the places of its values.
        places_hash: u64,
    },
    /// It could not be read: what is stored stays.
    LastGood,
}

impl Scanner {
    /// A scanner that has read nothing yet. A location that is configured twice counts once.
    ///
    /// # Errors
    /// [`InvalidRuleError`].
    pub fn new(
        locations: Vec<ConfiguredLocation>,
        rules: &[Rule],
        limits: Limits,
        kinds: Arc<KindRegistry>,
    ) -> Result<Self, InvalidRuleError> {
        let mut unique: Vec<ConfiguredLocation> = Vec::with_capacity(locations.len());
        for location in locations {
            if unique.iter().any(|earlier| earlier.origin() == location.origin()) {
                tracing::warn!(location = location.origin(), "the location is configured twice");
            } else {
                unique.push(location);
            }
        }
        let of_locations = unique.iter().map(|l| (l.location_type.as_str(), l.target.as_str(), l.rules.as_slice()));
        let rules = Rules::new(rules, of_locations)?;
        Ok(Self {
            kinds,
            limits,
            rules,
            locations: unique,
            registered: Vec::new(),
            pushed: BTreeMap::new(),
            cache: FileCache::default(),
            remote: RemoteFiles::new(Duration::MAX),
            hosts: Arc::new(NoHosts),
        })
    }

    /// Reads URLs as well, each again after an interval.
    #[must_use]
    pub fn with_hosts(self, hosts: Arc<dyn Hosts>, interval: Duration) -> Self {
        Self { hosts, remote: RemoteFiles::new(interval), ..self }
    }

    /// Sets what has been registered beside the configuration, the oldest first.
    pub fn set_registered(&mut self, mut locations: Vec<ConfiguredLocation>) {
        locations.retain(|location| !self.is_configured(location));
        self.registered = locations;
    }

    /// True if a source, `type:target`, was registered or pushed while the server ran.
    pub(crate) fn is_registered(&self, source: &str) -> bool {
        self.registered.iter().any(|location| location.origin() == source)
            || self.pushed.values().any(|pushed| pushed.location().origin() == source)
    }

    /// True if these are the locations of [`Scanner::set_registered`].
    pub fn same_registered(&self, locations: &[ConfiguredLocation]) -> bool {
        let others = locations.iter().filter(|location| !self.is_configured(location));
        others.eq(self.registered.iter())
    }

    fn is_configured(&self, location: &ConfiguredLocation) -> bool {
        self.locations.iter().any(|configured| configured.origin() == location.origin())
    }

    /// The hosts that URLs lead to.
    pub fn hosts(&self) -> Arc<dyn Hosts> {
        Arc::clone(&self.hosts)
    }

    /// What is known of files at URLs.
    pub fn remote(&mut self) -> &mut RemoteFiles {
        &mut self.remote
    }

    /// Reads everything that changed since the last scan. Blocks while it reads files.
    pub fn scan(&mut self, known: &Known) -> Scan {
        self.cache.begin_scan();
        self.remote.begin_scan();
        let mut scan = Scan::default();
        let pushed = self.pushed.values().map(|pushed| pushed.location()).collect();
        for location in [self.locations.clone(), self.registered.clone(), pushed].concat() {
            let source = SourceScan::new(self, &location, known, &mut scan.interest);
            let (reading, files) = source.run(&location);
            scan.readings.push(reading);
            scan.files += files;
        }
        self.cache.end_scan();
        self.remote.end_scan();
        scan.parsed = self.cache.parsed;
        scan
    }

    /// Notes of which commits the files are that pushes have touched, if they turn out to have changed.
    pub(crate) fn note_pushes(&mut self, touched: &[Refresh]) {
        for Refresh { location, commit } in touched {
            if let (Some(url), Some(commit)) = (location.strip_prefix("url:"), commit) {
                self.remote.note_push(url, commit);
            }
        }
    }

    /// Has files parsed again by the next scan, with their entities' bodies.
    pub fn forget(&mut self, locations: &[String]) {
        for location in locations {
            match location.split_once(':') {
                Some(("file", path)) => self.cache.forget(Path::new(path)),
                Some((_, url)) => {
                    self.cache.forget_remote(url);
                    self.remote.forget(url);
                }
                None => {}
            }
        }
    }

    /// Has the next scan hand over the bodies of all entities again, of what is still at hand.
    pub(crate) fn forget_processed(&mut self) {
        self.cache.forget_all();
    }

    /// Has all files parsed again by the next scan.
    pub fn forget_all(&mut self) {
        self.cache.forget_all();
        self.remote.forget_all();
    }
}

/// The name of the `Location` that stands for a source, `type:target`.
pub(crate) fn generated_name(origin: &str) -> String {
    format!("generated-{}", hex(&Sha1::digest(origin)))
}

/// The `Location` entity that stands for a configured location, as Backstage's ConfigLocationEntityProvider makes it.
pub(super) fn generated_location(location: &ConfiguredLocation) -> Claim {
    let origin = location.origin();
    let name = generated_name(&origin);
    let mut annotations = Map::new();
    annotations.insert(MANAGED_BY_LOCATION.to_owned(), origin.clone().into());
    annotations.insert(MANAGED_BY_ORIGIN_LOCATION.to_owned(), origin.clone().into());
    if location.location_type == "url" {
        annotations.insert(VIEW_URL.to_owned(), location.target.clone().into());
    }
    let json = json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "Location",
        "metadata": {
            "name": name,
            "namespace": "default",
            "annotations": annotations,
        },
        "spec": { "type": location.location_type, "target": location.target },
    })
    .to_string();
    let body = Body { json, ..Body::default() };
    Claim {
        entity_ref: format!("location:default/{name}"),
        location: origin.into(),
        parent: "".into(),
        position: None,
        content: Content::Read {
            body_hash: BodyHash::of(&body.json),
            places_hash: hash_of(&body.places),
            body: Some(Box::new(body)),
        },
        problems: Vec::new(),
    }
}
