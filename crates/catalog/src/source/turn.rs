use std::time::{Duration, Instant, SystemTime};

/// When a source is asked, where that is another time than for all: `schedule` of a provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// How long an answer counts as new; as long as those of all sources where `None`.
    pub interval: Option<Duration>,
    /// How long an answer may take in all.
    pub timeout: Option<Duration>,
    /// How long after the start it is asked first.
    pub initial_delay: Option<Duration>,
}

/// When a question was answered, and when it is asked next.
#[derive(Debug, Default)]
pub(super) struct Turn {
    schedule: Schedule,
    /// Asked at once without it.
    pub(super) due: Option<Instant>,
    answered: Option<SystemTime>,
    /// It was asked or has its first time: a delay counts once.
    is_set: bool,
    /// When somebody wanted it to be asked again.
    forgotten: Option<Instant>,
}

/// Longer than a process lives, and short enough to be added to a time.
const LONGEST: Duration = Duration::from_hours(24 * 365);

impl Turn {
    /// Follows a schedule from now on.
    pub(super) fn follow(&mut self, schedule: &Schedule, now: Instant) {
        if !self.is_set {
            self.is_set = true;
            self.due = schedule.initial_delay.map(|delay| now + delay.min(LONGEST));
        }
        if self.schedule != *schedule {
            self.schedule = schedule.clone();
        }
    }

    /// Has it asked at once, also if it is being asked just now: that answer may be older than what is wanted.
    pub(super) fn forget(&mut self) {
        (self.due, self.forgotten) = (None, Some(Instant::now()));
    }

    /// Notes the answer to a question that was asked at some time; the next is due after `interval`, or what the schedule says, and not
    /// before `at_least`; or at once if it was forgotten meanwhile.
    pub(super) fn answered(&mut self, interval: Duration, at_least: Option<Duration>, asked: Instant, now: Instant) {
        let interval = self.schedule.interval.unwrap_or(interval).max(at_least.unwrap_or_default());
        let was_forgotten = self.forgotten.take().is_some_and(|forgotten| forgotten >= asked);
        self.due = (!was_forgotten).then(|| now + interval.min(LONGEST));
        self.answered = Some(SystemTime::now());
    }

    /// When it was answered, and when it is due.
    pub(super) fn times(&self, now: Instant) -> (Option<SystemTime>, Option<SystemTime>) {
        let left = self.due.map(|due| due.saturating_duration_since(now));
        (self.answered, left.and_then(|left| SystemTime::now().checked_add(left)))
    }

    pub(super) fn timeout(&self) -> Option<Duration> {
        self.schedule.timeout
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_says_when_instead_of_the_interval_of_all() {
        let now = Instant::now();
        let minutes = Duration::from_mins;
        let schedule = Schedule { interval: Some(minutes(30)), initial_delay: Some(minutes(1)), timeout: None };
        let mut turn = Turn::default();
        assert_eq!(turn.due, None);
        turn.follow(&schedule, now);
        assert_eq!(turn.due, Some(now + minutes(1)));
        turn.answered(minutes(2), None, now, now);
        assert_eq!(turn.due, Some(now + minutes(30)));
        turn.forget();
        turn.follow(&schedule, now);
        assert_eq!(turn.due, None, "the delay counts once, and a refresh is not delayed");
        turn.answered(minutes(2), Some(minutes(60)), now, now);
        assert_eq!(turn.due, None, "that answer was on its way when it was forgotten");
        turn.answered(minutes(2), Some(minutes(60)), Instant::now(), now);
        assert_eq!(turn.due, Some(now + minutes(60)), "a host that wants more patience gets it");
        turn.answered(minutes(2), Some(Duration::MAX), now, now);
        assert_eq!(turn.due, Some(now + LONGEST));
    }
}
