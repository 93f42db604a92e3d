use std::time::SystemTime;

use jiff::{Timestamp, Unit};

/// A time as the API tells it: RFC 3339 in UTC, in whole seconds. `None` beyond the years that can be written so.
pub(crate) fn in_utc(time: SystemTime) -> Option<String> {
    let time = Timestamp::try_from(time).ok()?;
    Some(time.round(Unit::Second).unwrap_or(time).to_string())
}
