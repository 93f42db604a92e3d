//! Another Backstage as a source: what its catalog lists is kept in step, and gives way to all other sources.

use std::{collections::BTreeMap, sync::Arc, time::Instant};

use tokio::task::spawn_blocking;
use upstream::{BackstageCatalog, Upstream, UpstreamError};

use super::{
    Claim, Content,
    listing::StoredHashes,
    remote::{Question, Response},
    retention::{Retention, Scope},
    source_scan::{Lead, SourceScan},
};
use crate::{
    kinds::KindRegistry,
    processing::{Body, ListedEntity, process_listed},
    provenance::hash_of,
};

/// The type of locations that stand for a Backstage.
pub(super) const LOCATION_TYPE: &str = "backstage";

/// Reads all entities, a page in memory at a time; of those that are stored only the hash stays.
pub(super) async fn read(
    upstream: &Upstream,
    catalog: &BackstageCatalog,
    kinds: &Arc<KindRegistry>,
    stored: &Arc<StoredHashes>,
) -> Result<Response, UpstreamError> {
    let location: Arc<str> = format!("{LOCATION_TYPE}:{}", catalog.target()).into();
    let mut entities: BTreeMap<String, ListedEntity> = BTreeMap::new();
    let mut refused = Vec::new();
    let mut pages = upstream.backstage_entities(catalog);
    while let Some(page) = pages.next().await? {
        let (kinds, stored, location) = (Arc::clone(kinds), Arc::clone(stored), Arc::clone(&location));
        let processing = spawn_blocking(move || {
            let processed = page.into_iter().map(|entity| process_listed(entity, &kinds, &location));
            let without_stored = processed.map(|processed| {
                processed.map(|mut entity| {
                    entity.body.take_if(|_| stored.get(&entity.entity_ref) == Some(&entity.body_hash));
                    entity
                })
            });
            without_stored.collect::<Vec<_>>()
        });
        for processed in processing.await.expect("processing does not panic") {
            match processed {
                Ok(entity) => drop(entities.insert(entity.entity_ref.clone(), entity)),
                Err(problem) => refused.push(*problem),
            }
        }
    }
    Ok(Response::Entities { entities: entities.into_values().collect(), refused })
}

impl SourceScan<'_> {
    pub(super) fn follow_backstage(&mut self, target: &str, lead: Lead) {
        let parent: Arc<str> = self.reading.claims[lead.claim].entity_ref.as_str().into();
        let location = self.source.to_string();
        let known = self.known;
        // The location that stands for the source has no parent.
        let stored = known.of_source(&location).filter(|(_, known)| !known.parent.is_empty());
        let mut stored: StoredHashes =
            stored.map(|(entity_ref, known)| (entity_ref.to_owned(), known.body_hash)).collect();
        let listing = self.scanner.remote.listing(&Question::Entities(target.to_owned()));
        listing.turn.follow(&self.schedule, Instant::now());
        if !listing.is_stale {
            // Those too that gave way to another source: if the store wants their bodies all the same, it says so.
            let handed_over = listing.entities.iter().flatten();
            stored.extend(handed_over.map(|entity| (entity.entity_ref.clone(), entity.body_hash)));
        }
        listing.stored = Arc::new(stored);
        let (fault, is_stale) = (listing.fault.clone(), listing.is_stale);
        let is_read = listing.entities.is_some();
        let mut claims = Vec::new();
        for entity in listing.entities.iter_mut().flatten() {
            let content = match entity.body.take() {
                None if is_stale && !known.entities.contains_key(&entity.entity_ref) => continue,
                None if is_stale => Content::LastGood,
                json => Content::Read {
                    // Where things stand in its files, the other side does not tell.
                    body: json.map(|json| Box::new(Body { json, ..Body::default() })),
                    body_hash: entity.body_hash,
                    places_hash: hash_of(""),
                },
            };
            claims.push(Claim {
                entity_ref: entity.entity_ref.clone(),
                location: Arc::clone(&self.source),
                parent: Arc::clone(&parent),
                position: None,
                content,
                problems: entity.problems.clone(),
            });
        }
        self.reading.yields = true;
        self.reading.problems.extend(listing.refused.iter().cloned());
        for claim in claims {
            self.claim(claim);
        }
        if !is_read {
            let scope = Scope::Listing(location);
            self.retentions.push(Retention { scope, problems: Vec::new(), depth: lead.depth, tell_always: false });
        }
        // Not of each entity: they are as they were, and there may be many.
        if let Some(fault) = fault {
            self.report(lead.claim, format!("can not read the catalog of `{target}`: {}", fault.why));
        }
    }
}
