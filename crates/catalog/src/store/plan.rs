use std::{collections::HashMap, sync::Arc};

use model::{
    catalog::{Problem, ProblemCode},
    entity::Level,
};

use crate::{
    processing::{Body, BodyHash},
    source::{Claim, Content, Known, Reading},
};

/// What has to be written so that the store says what the sources say.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// In the order of their refs.
    pub(super) upserts: Vec<Upsert>,
    /// Refs, sorted.
    pub(super) removed: Vec<String>,
    /// JSON by source.
    pub(super) unattached: HashMap<String, String>,
}

/// A row to write.
#[derive(Debug)]
pub(super) struct Upsert {
    pub(super) entity_ref: String,
    pub(super) source: Arc<str>,
    pub(super) location: Arc<str>,
    pub(super) parent: Arc<str>,
    /// `None` if it is as stored.
    pub(super) body: Option<Box<Body>>,
    pub(super) body_hash: BodyHash,
    pub(super) places_hash: u64,
    pub(super) problems: Vec<Problem>,
    pub(super) problems_json: String,
}

impl Plan {
    pub(super) fn is_empty(&self) -> bool {
        self.upserts.is_empty() && self.removed.is_empty() && self.unattached.is_empty()
    }
}

/// Who claims.
struct Source {
    name: Arc<str>,
    yields: bool,
}

/// A claim and the source that makes it.
struct Candidate {
    source_index: usize,
    claim: Claim,
}

/// Compares what the sources say with what is known.
///
/// # Errors
/// Locations of entities that have come into force with a body that is not at hand.
pub(super) fn plan(known: &Known, readings: Vec<Reading>) -> Result<Plan, Vec<String>> {
    let mut plan = Plan::default();
    let sources: Vec<Source> = readings
        .iter()
        .map(|reading| Source { name: reading.source.as_str().into(), yields: reading.yields })
        .collect();
    let mut candidates: HashMap<String, Vec<Candidate>> = HashMap::with_capacity(known.entities.len());
    for (source_index, reading) in readings.into_iter().enumerate() {
        compare_unattached(known, &reading, &mut plan);
        for claim in reading.claims {
            candidates.entry(claim.entity_ref.clone()).or_default().push(Candidate { source_index, claim });
        }
    }
    for source in known.unattached.keys().filter(|name| !sources.iter().any(|source| *source.name == **name)) {
        if known.unattached[source] != NO_PROBLEMS {
            plan.unattached.insert(source.clone(), NO_PROBLEMS.to_owned());
        }
    }
    plan.removed = known.entities.keys().filter(|entity_ref| !candidates.contains_key(*entity_ref)).cloned().collect();
    plan.removed.sort_unstable();
    let mut losses = HashMap::new();
    let mut winners: Vec<Candidate> = Vec::with_capacity(candidates.len());
    for (entity_ref, candidates) in candidates {
        winners.push(choose(known, &sources, &entity_ref, candidates, &mut losses));
    }
    let mut missing = Vec::new();
    for mut winner in winners {
        let mut lost = losses.remove(&winner.claim.entity_ref).unwrap_or_default();
        lost.sort_unstable_by(|a, b| (&a.location, &a.message).cmp(&(&b.location, &b.message)));
        winner.claim.problems.append(&mut lost);
        match compare(known, &sources, winner) {
            Ok(upsert) => plan.upserts.extend(upsert),
            Err(location) => missing.push(location),
        }
    }
    if !missing.is_empty() {
        return Err(missing);
    }
    plan.upserts.sort_unstable_by(|a, b| a.entity_ref.cmp(&b.entity_ref));
    Ok(plan)
}

const NO_PROBLEMS: &str = "[]";

fn compare_unattached(known: &Known, reading: &Reading, plan: &mut Plan) {
    let problems = to_json(&reading.problems);
    if known.unattached.get(&reading.source).map_or(NO_PROBLEMS, String::as_str) != problems {
        plan.unattached.insert(reading.source.clone(), problems);
    }
}

/// What is lost, by the ref of the `Location` that led to it.
type Losses = HashMap<String, Vec<Problem>>;

/// The claim that has the entity, with the others as its problems, and as problems of what led to them.
fn choose(
    known: &Known,
    sources: &[Source],
    entity_ref: &str,
    mut candidates: Vec<Candidate>,
    losses: &mut Losses,
) -> Candidate {
    let has_it = known.entities.get(entity_ref);
    // Sorting is stable: of two documents in one file the first comes first.
    candidates.sort_by(|a, b| {
        let rank = |candidate: &Candidate| {
            let in_place = has_it.is_some_and(|known| known.location == candidate.claim.location);
            let in_source = has_it.is_some_and(|known| known.source == sources[candidate.source_index].name);
            let yields = sources[candidate.source_index].yields;
            (yields, !in_place, !in_source, candidate.source_index)
        };
        (rank(a), &a.claim.location).cmp(&(rank(b), &b.claim.location))
    });
    let mut candidates = candidates.into_iter();
    let mut winner = candidates.next().expect("an entity is only here because it is claimed");
    for other in candidates {
        // The same file by way of two sources is no second definition.
        if other.claim.location == winner.claim.location && other.source_index != winner.source_index {
            continue;
        }
        // To give way is what it is for, and no fault.
        if sources[other.source_index].yields && !sources[winner.source_index].yields {
            continue;
        }
        let Claim { location, parent, position, .. } = other.claim;
        let conflict = |holder: &str, message: String| Problem {
            code: ProblemCode::Conflict,
            level: Level::Warning,
            message,
            hint: Some("rename one of them, or remove it".to_owned()),
            entity_ref: Some(holder.to_owned()),
            location: Some(location.to_string()),
            position,
            target_ref: None,
        };
        let has_it = &winner.claim.location;
        let message = if location == *has_it {
            format!("`{entity_ref}` is defined twice in this file; the first definition counts")
        } else {
            let lost =
                format!("what `{location}` says of `{entity_ref}` does not count: `{has_it}` defines it as well");
            losses.entry(parent.to_string()).or_default().push(conflict(&parent, lost));
            format!("`{entity_ref}` is also defined in `{location}`; what `{has_it}` says counts")
        };
        winner.claim.problems.push(conflict(entity_ref, message));
    }
    winner
}

/// The row to write, if it differs from what is known.
///
/// # Errors
/// The location, if its body differs and is not at hand.
fn compare(known: &Known, sources: &[Source], candidate: Candidate) -> Result<Option<Upsert>, String> {
    let Candidate { source_index, claim } = candidate;
    let stored = known.entities.get(&claim.entity_ref);
    let source = &sources[source_index].name;
    let problems_json = to_json(&claim.problems);
    let (body, body_hash, places_hash) = match claim.content {
        Content::Read { body, body_hash, places_hash } => (body, body_hash, places_hash),
        Content::LastGood => match stored {
            Some(stored) => (None, stored.body_hash, stored.places_hash),
            None => return Err(claim.location.to_string()),
        },
    };
    let same_body = stored.is_some_and(|stored| stored.body_hash == body_hash && stored.places_hash == places_hash);
    if !same_body && body.is_none() {
        return Err(claim.location.to_string());
    }
    let unchanged = same_body
        && stored.is_some_and(|stored| {
            stored.source == *source
                && stored.location == claim.location
                && stored.parent == claim.parent
                && *stored.problems == *problems_json
        });
    Ok((!unchanged).then(|| Upsert {
        entity_ref: claim.entity_ref,
        source: Arc::clone(source),
        location: claim.location,
        parent: claim.parent,
        body: body.filter(|_| !same_body),
        body_hash,
        places_hash,
        problems: claim.problems,
        problems_json,
    }))
}

fn to_json(problems: &[Problem]) -> String {
    serde_json::to_string(problems).expect("problems are plain data")
}
