use std::time::Duration;

use catalog::descriptor::Limits;
use secrecy::SecretString;
use serde::{Deserialize, Serialize, Serializer};

use super::{
    BackendAuthSection, BaseUrl, CorsSection, DatabaseSection, Listen, ReadingSection, TrustedProxies, duration,
};

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
    pub rate_limit: RateLimitSection,
    pub idempotency: IdempotencySection,
    pub lifecycle: LifecycleSection,
    pub logger: LoggerSection,
    pub metrics: MetricsSection,
    pub reading: ReadingSection,
    pub auth: BackendAuthSection,
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
    /// Problems of one answer of `/api/v1/catalog/problems`.
    pub problems: usize,
    /// Rows of the catalog as CSV.
    pub export_rows: usize,
    /// Bytes of one catalog file.
    pub catalog_file_bytes: u64,
    /// Documents of one catalog file.
    pub catalog_file_documents: usize,
    /// Objects, lists and plain values of one catalog file; in memory each takes up to 600 bytes while the file is read.
    pub catalog_file_values: usize,
    /// The same of one of its documents.
    pub catalog_document_values: usize,
    /// Tokens of one document, as far as its brackets, colons and commas tell; in memory each takes some 260 bytes while it is read.
    pub catalog_document_tokens: usize,
    /// Objects, lists and plain values of what the aliases of one document stand for.
    pub catalog_alias_values: usize,
    /// Files that one document may include.
    pub catalog_inclusions: usize,
    /// Bytes of all files that the documents of one file include.
    pub catalog_included_bytes: u64,
    /// Problems that are told of one file.
    pub catalog_file_problems: usize,
    /// `Location` entities that lead from one to the next.
    pub catalog_location_depth: usize,
    /// Files that one configured location may lead to.
    pub catalog_location_files: usize,
}

impl LimitsSection {
    /// As the catalog wants them.
    pub fn catalog(&self) -> Limits {
        Limits {
            file_bytes: self.catalog_file_bytes,
            documents: self.catalog_file_documents,
            nodes: self.catalog_file_values,
            document_nodes: self.catalog_document_values,
            document_tokens: self.catalog_document_tokens,
            alias_nodes: self.catalog_alias_values,
            inclusions: self.catalog_inclusions,
            included_bytes: self.catalog_included_bytes,
            problems: self.catalog_file_problems,
            location_depth: self.catalog_location_depth,
            files: self.catalog_location_files,
            // More than this no reader of JSON takes, so there is nothing to configure.
            depth: Limits::default().depth,
        }
    }
}

impl Default for LimitsSection {
    fn default() -> Self {
        let catalog = Limits::default();
        Self {
            body_bytes: 1024 * 1024,
            page_size: 500,
            problems: 10_000,
            export_rows: 100_000,
            catalog_file_bytes: catalog.file_bytes,
            catalog_file_documents: catalog.documents,
            catalog_file_values: catalog.nodes,
            catalog_document_values: catalog.document_nodes,
            catalog_document_tokens: catalog.document_tokens,
            catalog_alias_values: catalog.alias_nodes,
            catalog_inclusions: catalog.inclusions,
            catalog_included_bytes: catalog.included_bytes,
            catalog_file_problems: catalog.problems,
            catalog_location_depth: catalog.location_depth,
            catalog_location_files: catalog.files,
        }
    }
}

/// `backend.rateLimit`: how much of the API one caller may ask. Pages count as nothing, only what a browser or a script asks of `/api`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct RateLimitSection {
    /// Requests that come to be allowed each second; 0 limits nothing.
    pub requests_per_second: u32,
    /// Requests that may come at once after a pause.
    pub burst: u32,
}

impl Default for RateLimitSection {
    fn default() -> Self {
        Self { requests_per_second: 200, burst: 2_000 }
    }
}

/// `backend.idempotency`: creating requests that are sent again.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct IdempotencySection {
    /// How long an `Idempotency-Key` and what was answered to it are kept.
    #[serde(with = "duration")]
    pub keep: Duration,
}

impl Default for IdempotencySection {
    fn default() -> Self {
        Self { keep: Duration::from_hours(24) }
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
