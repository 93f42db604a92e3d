use std::time::Duration;

use catalog::source::Schedule;
use serde::{Deserialize, Serialize};

use super::Interval;

/// `schedule` of a provider, in Backstage's shape (`SchedulerServiceTaskScheduleDefinitionConfig`) but for `cron`.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ScheduleConfig {
    /// How often it is asked; as `catalog.urlInterval` says without it.
    pub frequency: Option<Interval>,
    /// How long one answer may take in all; no bound but those of single requests where `false` or without it.
    pub timeout: Option<Interval>,
    /// How long after the start it is asked first; at once without it.
    pub initial_delay: Option<Interval>,
}

impl ScheduleConfig {
    /// As the catalog wants it.
    pub fn schedule(&self) -> Schedule {
        let bound = |interval: Option<Interval>| match interval {
            Some(Interval::Every(duration)) => Some(duration),
            Some(Interval::Never) | None => None,
        };
        Schedule {
            interval: self.frequency.map(|frequency| bound(Some(frequency)).unwrap_or(Duration::MAX)),
            timeout: bound(self.timeout),
            initial_delay: bound(self.initial_delay),
        }
    }
}
