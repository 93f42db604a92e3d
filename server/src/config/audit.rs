//! `audit`: the log of who did what.

use std::{num::NonZeroU32, time::Duration};

use audit::{AuditError, AuditKey, AuditLimits, SegmentLimits};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use storage::DatabaseUrl;

use super::{backend::hidden, duration};

/// `audit`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AuditSection {
    /// What makes a change of the log visible, at least 32 characters. PostgreSQL needs one; for a SQLite file it is made beside it.
    #[serde(serialize_with = "hidden")]
    pub key: Option<SecretString>,
    /// How long entries are kept, at least: they go with their segment.
    #[serde(with = "duration")]
    pub keep: Duration,
    /// Entries of a segment.
    pub segment_entries: NonZeroU32,
    /// How long a segment stays open.
    #[serde(with = "duration")]
    pub segment_age: Duration,
    /// How often segments that are old enough are taken out.
    #[serde(with = "duration")]
    pub prune_interval: Duration,
    /// Segments that are taken out at one time.
    pub prune_segments: usize,
    /// Sums of what was refused and of tokens' use that wait for the end of their minute.
    pub sums: usize,
    /// How often it is looked for sums whose minute is over.
    #[serde(with = "duration")]
    pub flush_interval: Duration,
}

impl Default for AuditSection {
    fn default() -> Self {
        Self {
            key: None,
            keep: Duration::from_hours(365 * 24),
            segment_entries: NonZeroU32::new(1_000).expect("a thousand is not zero"),
            segment_age: Duration::from_hours(24),
            prune_interval: Duration::from_hours(1),
            prune_segments: 100,
            sums: 200,
            flush_interval: Duration::from_secs(10),
        }
    }
}

impl AuditSection {
    /// The key of the log in a database.
    ///
    /// # Errors
    /// As [`AuditKey::of_database`].
    pub fn key(&self, database: &DatabaseUrl) -> Result<AuditKey, AuditError> {
        AuditKey::of_database(database, self.key.as_ref())
    }

    /// As the log wants them.
    pub fn limits(&self) -> AuditLimits {
        AuditLimits {
            segments: SegmentLimits { entries: self.segment_entries.get().into(), age: self.segment_age },
            keep: self.keep,
            sums: self.sums,
            flush_interval: self.flush_interval,
            prune_interval: self.prune_interval,
            prune_segments: self.prune_segments,
        }
    }
}
