//! The load generator.

use std::{process::Command, time::Duration};

const CONNECTIONS: &str = "-c32";

/// What `wrk` saw.
pub(crate) struct Load {
    pub(crate) per_second: f64,
    /// Milliseconds.
    pub(crate) p50: f64,
    /// Milliseconds.
    pub(crate) p99: f64,
    /// Answers that were no success.
    pub(crate) failed: u64,
}

/// Asks for a URL over and over, by 32 connections.
pub(crate) fn run(url: &str, time: Duration) -> Load {
    let seconds = format!("-d{}s", time.as_secs());
    let output = Command::new("wrk").args(["-t1", CONNECTIONS, &seconds, "--latency", url]).output();
    let output = output.expect("wrk is installed: `scripts/apt.sh wrk=wrk`").stdout;
    let text = String::from_utf8_lossy(&output);
    let value = |label: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(label));
        line.unwrap_or_else(|| panic!("wrk did not say {label}: {text}")).trim().to_owned()
    };
    let failed = text.lines().find_map(|line| line.trim().strip_prefix("Non-2xx or 3xx responses:"));
    Load {
        per_second: value("Requests/sec:").parse().expect("a number"),
        p50: milliseconds(&value("50%")),
        p99: milliseconds(&value("99%")),
        failed: failed.map_or(0, |count| count.trim().parse().expect("a number")),
    }
}

/// Reads `1.23ms`.
fn milliseconds(text: &str) -> f64 {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let number: f64 = text[..text.len() - unit.len()].parse().expect("a number");
    number
        * match unit {
            "us" => 0.001,
            "ms" => 1.0,
            "s" => 1_000.0,
            other => panic!("`{other}` is no unit that wrk writes"),
        }
}
