//! What each host still grants, and who waits for it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::config::Limits;
use crate::error::UpstreamError;
use crate::rate_limit::Stated;

/// Hosts that are remembered; beyond it those that nobody uses and that grant everything are forgotten. Wildcards make their number open.
const HOSTS: usize = 1_000;

/// A host's budget, for display.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostBudget {
    /// The host, with its port if it is not the scheme's own.
    pub host: String,
    /// Requests that it grants a period, if it says so.
    pub limit: Option<u64>,
    /// Requests that are left of them, as of the last answer.
    pub remaining: Option<u64>,
    /// When the period ends.
    pub resets_at: Option<SystemTime>,
    /// Until when nothing is asked of it, if it said "too many requests".
    pub blocked_until: Option<SystemTime>,
    /// What went wrong last; none after a request that went well.
    pub last_error: Option<String>,
    /// Requests that wait for their turn.
    pub waiting: usize,
}

/// All hosts that were asked so far.
#[derive(Debug, Default)]
pub(crate) struct Hosts {
    known: Mutex<HashMap<String, Arc<Host>>>,
}

impl Hosts {
    pub(crate) fn of(&self, host: &str, limits: &Limits) -> Arc<Host> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(host) {
            return Arc::clone(found);
        }
        if known.len() >= HOSTS {
            let now = SystemTime::now();
            known.retain(|_, host| {
                Arc::strong_count(host) > 1 || host.budget().blocked_until.is_some_and(|until| until > now)
            });
        }
        let new = Arc::new(Host::new(host, limits));
        known.insert(host.to_owned(), Arc::clone(&new));
        new
    }

    pub(crate) fn budgets(&self) -> Vec<HostBudget> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<_> = known.values().map(|host| host.budget()).collect();
        all.sort_by(|a, b| a.host.cmp(&b.host));
        all
    }

    pub(crate) fn budget(&self, host: &str) -> HostBudget {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .get(host)
            .map_or_else(|| HostBudget { host: host.to_owned(), ..HostBudget::default() }, |host| host.budget())
    }
}

/// One host: its budget and its queue.
#[derive(Debug)]
pub(crate) struct Host {
    state: Mutex<HostBudget>,
    waiting: AtomicUsize,
    turns: Arc<Semaphore>,
}

impl Host {
    fn new(host: &str, limits: &Limits) -> Self {
        Self {
            state: Mutex::new(HostBudget { host: host.to_owned(), ..HostBudget::default() }),
            waiting: AtomicUsize::new(0),
            turns: Arc::new(Semaphore::new(limits.concurrent_per_host.clamp(1, Semaphore::MAX_PERMITS))),
        }
    }

    fn budget(&self) -> HostBudget {
        let waiting = self.waiting.load(Ordering::Relaxed);
        HostBudget { waiting, ..self.state.lock().unwrap_or_else(PoisonError::into_inner).clone() }
    }

    /// Waits for a turn. Who is refused by the budget does not wait, and neither does who is refused while waiting.
    pub(crate) async fn turn(&self, limits: &Limits, urgent: bool) -> Result<OwnedSemaphorePermit, UpstreamError> {
        self.gate(SystemTime::now(), limits, urgent)?;
        let turn = {
            let _waiting = Waiting::new(&self.waiting);
            Arc::clone(&self.turns).acquire_owned().await.expect("the semaphore is never closed")
        };
        self.gate(SystemTime::now(), limits, urgent)?;
        Ok(turn)
    }

    /// Whether the budget allows a request now.
    pub(crate) fn gate(&self, now: SystemTime, limits: &Limits, urgent: bool) -> Result<(), UpstreamError> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let refuse = |until| Err(UpstreamError::RateLimited { host: state.host.clone(), until });
        if let Some(until) = state.blocked_until.filter(|&until| until > now) {
            return refuse(until);
        }
        let (Some(remaining), Some(resets_at)) = (state.remaining, state.resets_at.filter(|&at| at > now)) else {
            return Ok(());
        };
        let reserved = state.limit.unwrap_or(0).saturating_mul(u64::from(limits.reserve_percent)) / 100;
        let kept = if urgent { 0 } else { reserved };
        if remaining <= kept {
            return refuse(resets_at.min(now.checked_add(limits.rate_limit_longest).unwrap_or(resets_at)));
        }
        Ok(())
    }

    /// Notes what an answer says; the error if it says "not now".
    pub(crate) fn note(
        &self,
        status: StatusCode,
        stated: Stated,
        now: SystemTime,
        limits: &Limits,
    ) -> Result<(), UpstreamError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.limit = stated.limit.or(state.limit);
        state.remaining = stated.remaining.or(state.remaining);
        state.resets_at = stated.resets_at.or(state.resets_at);
        if !stated.says_later(status) {
            return Ok(());
        }
        let default = now.checked_add(limits.rate_limit_pause);
        let longest = now.checked_add(limits.rate_limit_longest);
        let reset = stated.resets_at.filter(|_| stated.remaining == Some(0));
        let until = stated.retry_at.or(reset).or(default).min(longest).unwrap_or(now).max(now);
        state.blocked_until = Some(until);
        Err(UpstreamError::RateLimited { host: state.host.clone(), until })
    }

    /// Notes how a request ended.
    pub(crate) fn ended(&self, error: Option<&UpstreamError>) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).last_error = error.map(ToString::to_string);
    }
}

/// Counts a waiting request, also one that is dropped while it waits.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_host_that_says_later_is_left_alone_until_then() {
        let limits = Limits::default();
        let now = SystemTime::now();
        let second = Duration::from_secs(1);
        for (stated, pause) in [
            (Stated::default(), limits.rate_limit_pause),
            (Stated { retry_at: Some(now + 5 * second), ..Stated::default() }, 5 * second),
            (Stated { remaining: Some(0), resets_at: Some(now + 9 * second), ..Stated::default() }, 9 * second),
            (
                Stated { retry_at: Some(now + Duration::from_hours(1000)), ..Stated::default() },
                limits.rate_limit_longest,
            ),
        ] {
            let host = Host::new("h", &limits);
            host.note(StatusCode::TOO_MANY_REQUESTS, stated, now, &limits).unwrap_err();
            let refused = UpstreamError::RateLimited { host: "h".to_owned(), until: now + pause };
            assert_eq!(host.gate(now, &limits, true), Err(refused));
            assert_eq!(host.gate(now + pause + second, &limits, true), Ok(()));
        }
    }

    #[test]
    fn the_reserve_is_for_urgent_requests() {
        let limits = Limits::default();
        let now = SystemTime::now();
        let host = Host::new("h", &limits);
        let resets_at = now + Duration::from_mins(1);
        for (remaining, normal, urgent) in [(11, true, true), (10, false, true), (1, false, true), (0, false, false)] {
            let stated =
                Stated { limit: Some(100), remaining: Some(remaining), resets_at: Some(resets_at), retry_at: None };
            host.note(StatusCode::OK, stated, now, &limits).unwrap();
            assert_eq!(host.gate(now, &limits, false).is_ok(), normal, "{remaining}");
            assert_eq!(host.gate(now, &limits, true).is_ok(), urgent, "{remaining}");
            assert!(host.gate(resets_at, &limits, false).is_ok(), "a new period");
        }
    }
}
