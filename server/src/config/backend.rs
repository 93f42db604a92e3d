use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize, Serializer};

use super::{BaseUrl, CorsSection, DatabaseSection, Listen, ReadingSection, TrustedProxies, duration};

/// `backend`: how the server runs.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BackendSection {
    /// Known for the sake of carried-over files: pages and API have one address here, `app.baseUrl`.
    pub base_url: Option<BaseUrl>,
    /// Where to listen.
    pub listen: Listen,
    /// Listen also where other machines can connect.
    pub allow_remote: bool,
    /// Whose `X-Forwarded-*` and `X-Request-Id` to believe.
    pub trust_proxy: TrustedProxies,
    pub database: DatabaseSection,
    /// Which other sites may call the API from a browser; none without it.
    pub cors: Option<CorsSection>,
    pub server: ServerSection,
    pub limits: LimitsSection,
    pub lifecycle: LifecycleSection,
    pub logger: LoggerSection,
    pub metrics: MetricsSection,
    pub reading: ReadingSection,
}

/// `backend.server`: patience with clients.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ServerSection {
    /// How long a client may take to send the head of a request.
    #[serde(with = "duration")]
    pub headers_timeout: Duration,
    /// How long a request may take until its answer begins.
    #[serde(with = "duration")]
    pub request_timeout: Duration,
}

impl Default for ServerSection {
    fn default() -> Self {
        Self { headers_timeout: Duration::from_secs(10), request_timeout: Duration::from_secs(30) }
    }
}

/// `backend.limits`: sizes.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LimitsSection {
    /// Bytes of a request's body.
    pub body_bytes: usize,
    /// Rows of a page of `/api/v1` lists.
    pub page_size: usize,
    /// Bytes of one catalog file.
    pub catalog_file_bytes: u64,
}

impl Default for LimitsSection {
    fn default() -> Self {
        Self { body_bytes: 1024 * 1024, page_size: 500, catalog_file_bytes: 5 * 1024 * 1024 }
    }
}

/// `backend.lifecycle`: how the server stops.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LifecycleSection {
    /// How long to say "not ready" and still answer, so that a load balancer stops sending.
    #[serde(with = "duration")]
    pub server_shutdown_delay: Duration,
    /// How long requests in flight may then take.
    #[serde(with = "duration")]
    pub server_shutdown_timeout: Duration,
}

impl Default for LifecycleSection {
    fn default() -> Self {
        Self { server_shutdown_delay: Duration::ZERO, server_shutdown_timeout: Duration::from_secs(10) }
    }
}

/// `backend.logger`: the log on standard error.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct LoggerSection {
    /// `error`, `warn`, `info`, `debug` or `trace`; or by module, as `tracing`'s filters have it: `info,catalog=debug`.
    pub level: String,
    pub format: LogFormat,
}

impl Default for LoggerSection {
    fn default() -> Self {
        Self { level: "info".to_owned(), format: LogFormat::Pretty }
    }
}

/// For people or for machines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One line an event, coloured on a terminal.
    #[default]
    Pretty,
    /// One JSON object an event.
    Json,
}

/// `backend.metrics`: Prometheus. Without either key there is no `/metrics`.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct MetricsSection {
    /// Serve `/metrics` at an address of its own, without a token.
    pub listen: Option<Listen>,
    /// Serve `/metrics` beside the API to those who bear this token.
    #[serde(serialize_with = "hidden")]
    pub token: Option<SecretString>,
}

impl MetricsSection {
    /// True if somebody may ask for metrics.
    pub fn is_enabled(&self) -> bool {
        self.listen.is_some() || self.token.is_some()
    }
}

/// How a secret prints.
pub(super) const HIDDEN: &str = "<hidden>";

#[expect(clippy::ref_option, reason = "serde gives it so")]
pub(super) fn hidden<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(|_| HIDDEN).serialize(serializer)
}

pub(super) fn hidden_always<S: Serializer>(_: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    HIDDEN.serialize(serializer)
}
