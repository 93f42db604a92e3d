//! The event stream that keeps pages live.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{
        IntoResponse as _, Response, Sse,
        sse::{self, KeepAlive},
    },
};
use futures::{Stream, StreamExt as _, stream};
use model::events::Event;
use tokio::sync::watch;

use crate::{
    api::{ApiError, extract::Caller},
    app::AppState,
    ops::metrics::OpenStream,
};

const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a browser waits before it connects again.
const RECONNECT: Duration = Duration::from_secs(2);
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// Tells nginx to pass each event on at once.
const NO_BUFFERING: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

/// What happens, as it happens: `hello` first, then `catalog` for each change of the catalog.
///
/// A client that comes back with `Last-Event-ID` is told `catalog` if something changed meanwhile, or `reset` if its id is
/// not of this database.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    tag = "Events",
    params(("Last-Event-ID" = Option<i64>, Header, description = "Id of the last event that was received")),
    responses(
        (status = 200, description = "Server-sent events; a comment every 15 s keeps the connection open", body = Event, content_type = "text/event-stream"),
        (status = 401, description = "Nobody has signed in", body = model::error::ProblemDetails, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn stream_events(State(state): State<AppState>, Caller(who): Caller, headers: HeaderMap) -> Response {
    if who.is_guest() && !state.config.auth.lets_guests_in() {
        return ApiError::unauthenticated("nobody has signed in").problem(None);
    }
    let mut changes = state.catalog.changes();
    let revision = *changes.borrow_and_update();

    let hello = Event::Hello { build: state.build.clone(), revision };
    let first =
        stream::iter([Some(hello), missed(headers.get(LAST_EVENT_ID), revision)]).filter_map(async |event| event);
    let open = OpenStream::count();
    let events = first.chain(catalog_events(changes)).map(move |event| {
        // Counted as open for as long as the stream lives.
        let _ = &open;
        Ok::<_, Infallible>(encode(&event))
    });
    let stream =
        Sse::new(events.take_until(state.shutdown.streams_end())).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    ([no_store, NO_BUFFERING], stream).into_response()
}

/// What a client that comes back has to be told.
fn missed(last_seen: Option<&HeaderValue>, revision: i64) -> Option<Event> {
    let last_seen = last_seen?.to_str().ok().and_then(|id| id.parse::<i64>().ok());
    match last_seen {
        Some(seen) if seen == revision => None,
        Some(seen) if (0..revision).contains(&seen) => Some(Event::Catalog { revision }),
        _ => Some(Event::Reset { revision }),
    }
}

fn catalog_events(changes: watch::Receiver<i64>) -> impl Stream<Item = Event> {
    stream::unfold(changes, async |mut changes| {
        changes.changed().await.ok()?;
        let revision = *changes.borrow_and_update();
        Some((Event::Catalog { revision }, changes))
    })
}

fn encode(event: &Event) -> sse::Event {
    let data = serde_json::to_string(event).expect("an event is JSON");
    let encoded = sse::Event::default().id(event.revision().to_string()).event(event.name()).data(data);
    if matches!(event, Event::Hello { .. }) { encoded.retry(RECONNECT) } else { encoded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_back_is_told_what_they_missed() {
        let catalog = Some(Event::Catalog { revision: 7 });
        let reset = Some(Event::Reset { revision: 7 });
        for (last_seen, expected) in
            [("7", None), ("3", catalog), ("8", reset.clone()), ("-1", reset.clone()), ("x", reset)]
        {
            assert_eq!(missed(Some(&HeaderValue::from_static(last_seen)), 7), expected, "{last_seen}");
        }
        assert_eq!(missed(None, 7), None);
    }
}
