//! `/metrics` for Prometheus.

use std::{
    fmt::Write as _,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use access::Principal;
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use model::catalog::FacetsQuery;
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};

use crate::app::AppState;

const REQUEST_DURATION: &str = "http_server_request_duration_seconds";
const BUCKETS: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
static OPEN_STREAMS: AtomicU64 = AtomicU64::new(0);

/// How often what was observed is sorted into buckets; until then each observation is kept.
const UPKEEP_INTERVAL: Duration = Duration::from_secs(5);

/// Collects from now on; a second call does nothing. Somebody must [`upkeep`].
///
/// # Errors
/// If something else in the process collects already.
pub fn install() -> Result<(), BuildError> {
    if RECORDER.get().is_none() {
        let name = Matcher::Full(REQUEST_DURATION.to_owned());
        let handle = PrometheusBuilder::new().set_buckets_for_metric(name, &BUCKETS)?.install_recorder()?;
        metrics::describe_histogram!(REQUEST_DURATION, "Time until an answer began, by method, route and status");
        // Lost only if two threads install at once, and then the other's handle serves.
        _ = RECORDER.set(handle);
    }
    Ok(())
}

/// Keeps the memory of what was observed bounded, whether or not anybody asks for it. Never ends.
pub async fn upkeep() {
    loop {
        tokio::time::sleep(UPKEEP_INTERVAL).await;
        if let Some(handle) = RECORDER.get() {
            handle.run_upkeep();
        }
    }
}

/// Counts a request.
pub(crate) fn observe_request(method: &str, route: String, status: u16, elapsed: Duration) {
    let labels = [("method", method.to_owned()), ("route", route), ("status", status.to_string())];
    metrics::histogram!(REQUEST_DURATION, &labels).record(elapsed);
}

/// An event stream that is open while this lives.
pub(crate) struct OpenStream(());

impl OpenStream {
    pub(crate) fn count() -> Self {
        OPEN_STREAMS.fetch_add(1, Ordering::Relaxed);
        Self(())
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        OPEN_STREAMS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Beside the API: 404 where no token is configured, 401 without it.
pub(crate) async fn get_metrics(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let Some(token) = &state.config.backend.metrics.token else { return StatusCode::NOT_FOUND.into_response() };
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.as_bytes().strip_prefix(b"Bearer "));
    // Digests are compared, so that the time taken says nothing about the token.
    if given.map(Sha256::digest) != Some(Sha256::digest(token.expose_secret())) {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer")]).into_response();
    }
    answer(&state)
}

/// On a listener of its own.
pub(crate) async fn get_metrics_openly(State(state): State<AppState>) -> Response {
    answer(&state)
}

fn answer(state: &AppState) -> Response {
    let mut text = RECORDER.get().map(PrometheusHandle::render).unwrap_or_default();
    write_gauges(&mut text, state).expect("writing to a text does not fail");
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response()
}

/// What is looked up at the time of asking. Written here and not recorded, so that a kind that is gone is gone.
fn write_gauges(text: &mut String, state: &AppState) -> std::fmt::Result {
    let mut gauge = |name: &str, help: &str, value: u64| {
        writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n")
    };
    let revision = u64::try_from(state.catalog.revision()).unwrap_or_default();
    gauge("callboard_catalog_revision", "Revision of the catalog that is shown", revision)?;
    gauge("callboard_event_streams", "Open event streams", OPEN_STREAMS.load(Ordering::Relaxed))?;
    if let Some(bytes) = resident_bytes() {
        gauge("process_resident_memory_bytes", "Resident memory", bytes)?;
    }
    let kinds = FacetsQuery { facets: vec!["kind".to_owned()], ..FacetsQuery::default() };
    let facets = state.catalog.facets(&Principal::service("metrics"), &kinds).unwrap_or_default();
    writeln!(text, "# HELP callboard_catalog_entities Entities by kind\n# TYPE callboard_catalog_entities gauge")?;
    for kind in facets.facets.values().flatten() {
        // A kind is letters and digits: nothing to escape.
        writeln!(text, "callboard_catalog_entities{{kind=\"{}\"}} {}", kind.value, kind.count)?;
    }
    Ok(())
}

/// Linux tells it in pages; elsewhere it is left out.
fn resident_bytes() -> Option<u64> {
    const PAGE_BYTES: u64 = 4096;
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    Some(statm.split_whitespace().nth(1)?.parse::<u64>().ok()? * PAGE_BYTES)
}
