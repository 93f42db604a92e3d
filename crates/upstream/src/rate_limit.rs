//! What a host says of its limits in headers.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, StatusCode};

/// A number of seconds above this is a point in time, below it a span: hosts write `…-reset` both ways.
const EPOCH_FROM: u64 = 1_000_000_000;

/// The limits as one answer states them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stated {
    pub(crate) limit: Option<u64>,
    pub(crate) remaining: Option<u64>,
    pub(crate) resets_at: Option<SystemTime>,
    pub(crate) retry_at: Option<SystemTime>,
}

impl Stated {
    /// Reads `x-ratelimit-*` (GitHub, Azure), `ratelimit-*` (GitLab), the one-line `ratelimit` of the IETF draft, and `retry-after`.
    pub(crate) fn read(headers: &HeaderMap, now: SystemTime) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let number = |what: &str| {
            ["x-ratelimit-", "ratelimit-"].iter().find_map(|prefix| leading_number(text(&format!("{prefix}{what}"))?))
        };
        let mut stated = Self {
            limit: number("limit"),
            remaining: number("remaining"),
            resets_at: number("reset").and_then(|seconds| point(seconds, now)),
            retry_at: text("retry-after").and_then(|value| retry_after(value, now)),
        };
        for part in text("ratelimit").unwrap_or_default().split([',', ';']) {
            let (key, value) = part.trim().split_once('=').unwrap_or_default();
            let value = leading_number(value);
            match key {
                "limit" | "q" => stated.limit = stated.limit.or(value),
                "remaining" | "r" => stated.remaining = stated.remaining.or(value),
                "reset" | "t" => stated.resets_at = stated.resets_at.or(value.and_then(|seconds| point(seconds, now))),
                _ => {}
            }
        }
        stated
    }

    /// Whether the answer means "not now". GitHub says so by 403, with the budget at zero or with a time to come back.
    pub(crate) fn says_later(&self, status: StatusCode) -> bool {
        match status {
            StatusCode::TOO_MANY_REQUESTS => true,
            StatusCode::FORBIDDEN => self.remaining == Some(0) || self.retry_at.is_some(),
            StatusCode::SERVICE_UNAVAILABLE => self.retry_at.is_some(),
            _ => false,
        }
    }
}

fn leading_number(text: &str) -> Option<u64> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    text[..digits].parse().ok()
}

fn point(seconds: u64, now: SystemTime) -> Option<SystemTime> {
    let from = if seconds >= EPOCH_FROM { UNIX_EPOCH } else { now };
    from.checked_add(Duration::from_secs(seconds))
}

/// Seconds or an HTTP date (RFC 9110, 10.2.3).
fn retry_after(value: &str, now: SystemTime) -> Option<SystemTime> {
    match value.parse::<u64>() {
        Ok(seconds) => now.checked_add(Duration::from_secs(seconds)),
        Err(_) => httpdate::parse_http_date(value).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stated(pairs: &[(&'static str, &str)], now: SystemTime) -> Stated {
        let headers =
            pairs.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect();
        Stated::read(&headers, now)
    }

    #[test]
    fn each_host_says_it_its_own_way() {
        let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let in_a_minute = Some(now + Duration::from_mins(1));
        let full = Stated { limit: Some(60), remaining: Some(7), resets_at: in_a_minute, retry_at: None };
        for pairs in [
            [("x-ratelimit-limit", "60"), ("x-ratelimit-remaining", "7"), ("x-ratelimit-reset", "1700000060")]
                .as_slice(),
            &[("ratelimit-limit", "60"), ("ratelimit-remaining", "7"), ("ratelimit-reset", "1700000060")],
            &[("ratelimit-limit", "60, 60;w=60"), ("ratelimit-remaining", "7"), ("ratelimit-reset", "60")],
            &[("ratelimit", "limit=60, remaining=7, reset=60")],
            &[("ratelimit", "\"default\";q=60;r=7;t=60")],
        ] {
            assert_eq!(stated(pairs, now), full, "{pairs:?}");
        }
        for value in ["60", "Tue, 14 Nov 2023 22:14:20 GMT"] {
            assert_eq!(stated(&[("retry-after", value)], now).retry_at, in_a_minute, "{value}");
        }
        for value in ["", "soon", "-5", "99999999999999999999999"] {
            assert_eq!(
                stated(&[("retry-after", value), ("x-ratelimit-limit", value)], now),
                Stated::default(),
                "{value}"
            );
        }
    }

    #[test]
    fn a_forbidden_file_is_no_rate_limit() {
        let now = UNIX_EPOCH;
        let forbidden = StatusCode::FORBIDDEN;
        assert!(!stated(&[("x-ratelimit-remaining", "12")], now).says_later(forbidden));
        assert!(stated(&[("x-ratelimit-remaining", "0")], now).says_later(forbidden));
        assert!(stated(&[("x-ratelimit-remaining", "12"), ("retry-after", "30")], now).says_later(forbidden));
        assert!(stated(&[], now).says_later(StatusCode::TOO_MANY_REQUESTS));
        assert!(!stated(&[], now).says_later(StatusCode::SERVICE_UNAVAILABLE));
    }
}
