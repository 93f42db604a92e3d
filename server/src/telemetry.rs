//! The log.

use std::io::{self, IsTerminal as _};

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _};

use crate::config::{LogFormat, LoggerSection};

/// Writes the log to standard error from now on. `LOG_LEVEL` stands above the configuration, as in Backstage.
///
/// # Errors
/// If the level is none.
pub fn install(section: &LoggerSection) -> Result<(), tracing_subscriber::filter::ParseError> {
    let level = std::env::var("LOG_LEVEL").unwrap_or_else(|_| section.level.clone());
    let registry = tracing_subscriber::registry().with(EnvFilter::builder().parse(level)?);
    // Installed already: that one stays.
    _ = match section.format {
        LogFormat::Pretty => {
            let layer = fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
            registry.with(layer).try_init()
        }
        LogFormat::Json => registry
            .with(fmt::layer().json().flatten_event(true).with_span_list(false).with_writer(io::stderr))
            .try_init(),
    };
    Ok(())
}
