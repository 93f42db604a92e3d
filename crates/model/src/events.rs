//! What the event stream `/api/v1/events` says.
//!
//! Each server-sent event has as its `id` the revision of the database's change counter after which it was sent, so that any
//! process can resume after `Last-Event-ID`; its `event` field is the name below and its `data` the JSON of the variant.

use serde::{Deserialize, Serialize};

/// One event of the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "event", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    /// First event of each connection.
    Hello {
        /// Changes when the server runs another build: a page of the old one should reload.
        build: String,
        /// The catalog's revision at that moment.
        revision: i64,
    },
    /// Entities or problems of the catalog changed.
    Catalog {
        /// The catalog's revision after the change.
        revision: i64,
    },
    /// The stream can't say what happened since `Last-Event-ID`: fetch again what is shown.
    Reset {
        /// The catalog's revision at that moment.
        revision: i64,
    },
}

impl Event {
    /// The `event` field of the server-sent event.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Hello { .. } => "hello",
            Self::Catalog { .. } => "catalog",
            Self::Reset { .. } => "reset",
        }
    }

    /// The revision that it tells of.
    pub fn revision(&self) -> i64 {
        match self {
            Self::Hello { revision, .. } | Self::Catalog { revision } | Self::Reset { revision } => *revision,
        }
    }
}
