//! Durations in Backstage's forms: `30s`, `10 minutes`, `PT1M`, a number of milliseconds, or `{ minutes: 1, seconds: 30 }`.

use std::{fmt, time::Duration};

use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, Visitor},
};

const EXPECTED: &str = "a duration like `30s`, `10 minutes`, `PT1M` or `{ minutes: 10 }`";

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    match deserializer.deserialize_any(IntervalVisitor)? {
        Interval::Every(duration) => Ok(duration),
        Interval::Never => Err(de::Error::custom(format_args!("expected {EXPECTED}"))),
    }
}

pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    let signed = SignedDuration::try_from(*duration).unwrap_or(SignedDuration::MAX);
    serializer.collect_str(&format_args!("{signed:#}"))
}

/// How often something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interval {
    Every(Duration),
    /// Written as `false`.
    Never,
}

impl Serialize for Interval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Every(duration) => serialize(duration, serializer),
            Self::Never => serializer.serialize_bool(false),
        }
    }
}

impl<'de> Deserialize<'de> for Interval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntervalVisitor)
    }
}

struct IntervalVisitor;

impl<'de> Visitor<'de> for IntervalVisitor {
    type Value = Interval;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Interval, E> {
        if value { Err(E::invalid_type(de::Unexpected::Bool(true), &self)) } else { Ok(Interval::Never) }
    }

    fn visit_u64<E: de::Error>(self, milliseconds: u64) -> Result<Interval, E> {
        Ok(Interval::Every(Duration::from_millis(milliseconds)))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Interval, E> {
        if text == "false" {
            return Ok(Interval::Never);
        }
        if let Ok(milliseconds) = text.parse() {
            return self.visit_u64(milliseconds);
        }
        let duration = parse(text).ok_or_else(|| E::custom(format_args!("expected {EXPECTED}, found `{text}`")))?;
        Ok(Interval::Every(duration))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Interval, A::Error> {
        let mut total = Duration::ZERO;
        while let Some(unit) = map.next_key::<String>()? {
            let seconds = match unit.as_str() {
                "weeks" => 604_800.0,
                "days" => 86_400.0,
                "hours" => 3_600.0,
                "minutes" => 60.0,
                "seconds" => 1.0,
                "milliseconds" => 0.001,
                "cron" | "trigger" => {
                    let message =
                        format!("`{unit}` is not supported; write how often, for example `{{ minutes: 30 }}`");
                    return Err(de::Error::custom(message));
                }
                _ => return Err(de::Error::custom(format_args!("unknown unit `{unit}`; expected {EXPECTED}"))),
            };
            let amount: f64 = map.next_value()?;
            let part = Duration::try_from_secs_f64(amount * seconds).map_err(de::Error::custom)?;
            total = total.saturating_add(part);
        }
        Ok(Interval::Every(total))
    }
}

/// Reads `30s`, `10 minutes`, `90d` or `PT1M`; days and weeks are those of a clock, 24 hours a day.
pub fn parse(text: &str) -> Option<Duration> {
    let span: Span = text.trim().parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    duration.try_into().ok()
}
