use std::time::{Duration, SystemTime};

use model::{
    catalog::{CatalogSource, Problem},
    entity::Level,
};

use crate::{
    source::{Reading, Scanner, pushed},
    utc::in_utc,
};

/// How each source is after a scan.
pub(super) fn states(scanner: &mut Scanner, readings: &[Reading], rescan: Duration) -> Vec<CatalogSource> {
    let now = SystemTime::now();
    let state = |reading: &Reading| {
        let problems = || reading.claims.iter().flat_map(|claim| &claim.problems).chain(&reading.problems);
        let count = |level: Level| problems().filter(|problem| problem.level == level).count() as u64;
        let is_error = |problem: &&Problem| problem.level == Level::Error;
        // The first claim is the location itself.
        let own = reading.claims.first().and_then(|claim| claim.problems.iter().find(is_error));
        let (read_at, next) = match reading.source.split_once(':') {
            // It is read when it is pushed.
            Some((pushed::LOCATION_TYPE, _)) => (None, None),
            Some((location_type, url)) if location_type != "file" => scanner.remote().times(url),
            _ => (Some(now), now.checked_add(rescan)),
        };
        CatalogSource {
            source: reading.source.clone(),
            is_registered: scanner.is_registered(&reading.source),
            entities: reading.claims.len().saturating_sub(1) as u64,
            errors: count(Level::Error),
            warnings: count(Level::Warning),
            error: own.map(|problem| problem.message.clone()),
            read_at: read_at.and_then(in_utc),
            next_read_at: next.and_then(in_utc),
        }
    };
    readings.iter().map(state).collect()
}
