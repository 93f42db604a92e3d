//! How much one caller may ask of the API: `backend.rateLimit`.

use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicU64, Ordering},
};

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::HashMapStateStore,
};

use crate::{
    api::{ApiError, backstage_request},
    app::AppState,
    config::RateLimitSection,
    request::RequestContext,
};

/// How much there is, and how much of it is left: draft-ietf-httpapi-ratelimit-headers.
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LEFT: HeaderName = HeaderName::from_static("ratelimit");
/// After so many requests those who have all of their quota again are forgotten.
const REQUESTS_A_CLEANING: u64 = 10_000;

/// Who has asked how much lately, in this process.
pub struct RateLimits {
    limiter: RateLimiter<String, HashMapStateStore<String>, DefaultClock, StateInformationMiddleware>,
    clock: DefaultClock,
    requests: AtomicU64,
    /// As a header.
    policy: HeaderValue,
}

impl RateLimits {
    /// `None` where nothing is limited.
    pub fn new(section: &RateLimitSection) -> Option<Self> {
        let rate = NonZeroU32::new(section.requests_per_second)?;
        let burst = NonZeroU32::new(section.burst).unwrap_or(NonZeroU32::MIN);
        let clock = DefaultClock::default();
        let limiter = RateLimiter::hashmap_with_clock(Quota::per_second(rate).allow_burst(burst), clock.clone());
        // A quota that was used up is whole again after this window.
        let window = burst.get().div_ceil(rate.get());
        let policy = HeaderValue::from_str(&format!("\"default\";q={burst};w={window}")).ok()?;
        Some(Self { limiter: limiter.with_middleware(), clock, requests: AtomicU64::new(0), policy })
    }

    /// What is left for a caller, or in how many seconds there is something again.
    fn check(&self, caller: &str) -> Result<u32, u64> {
        if self.requests.fetch_add(1, Ordering::Relaxed) % REQUESTS_A_CLEANING == REQUESTS_A_CLEANING - 1 {
            self.limiter.retain_recent();
        }
        match self.limiter.check_key(&caller.to_owned()) {
            Ok(state) => Ok(state.remaining_burst_capacity()),
            Err(until) => Err(until.wait_time_from(self.clock.now()).as_secs() + 1),
        }
    }
}

/// Refuses a caller who has asked too much with 429; tells the others what they have left. A guest is told apart by address.
pub(crate) async fn limit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (Some(limits), Some(context)) = (&state.rate_limits, request.extensions().get::<RequestContext>()) else {
        return next.run(request).await;
    };
    let caller = match context.client.filter(|_| context.principal.is_guest()) {
        Some(client) => format!("guest {client}"),
        None => context.principal.key(),
    };
    let (left, mut response) = match limits.check(&caller) {
        Ok(left) => (format!("\"default\";r={left}"), next.run(request).await),
        Err(seconds) => {
            let error = ApiError::too_many(format!(
                "more requests than `backend.rateLimit` allows; the next one is taken in {seconds} s"
            ));
            let request_id = context.request_id.clone();
            let mut refused = match backstage_request(&request) {
                Some(request) => error.backstage(request),
                None => error.problem(Some(request_id)),
            };
            refused.headers_mut().insert(header::RETRY_AFTER, seconds.into());
            (format!("\"default\";r=0;t={seconds}"), refused)
        }
    };
    let headers = response.headers_mut();
    headers.insert(POLICY, limits.policy.clone());
    if let Ok(left) = HeaderValue::from_str(&left) {
        headers.insert(LEFT, left);
    }
    response
}
