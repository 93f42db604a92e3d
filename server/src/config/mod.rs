//! Configuration: defaults, then files, then `CALLBOARD__SECTION__KEY`, then flags. One struct a concern.
//!
//! Where Backstage's `app-config.yaml` has a key with the same meaning, ours has its name and shape.

mod app;
mod audit;
mod auth;
mod backend;
mod backstage;
mod catalog;
mod cors;
mod database;
mod de;
mod duration;
mod embed;
mod environment;
mod events;
mod external_access;
mod include;
mod integrations;
mod listen;
mod permission;
mod personal;
mod print;
mod providers;
mod proxies;
mod reading;
mod schedule;
mod text_list;
mod tokens;
mod tree;
mod yaml;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use self::tree::{Node, Value};
pub use self::{
    app::{AppSection, BaseUrl, OrganizationSection},
    audit::AuditSection,
    auth::{AuthSection, Provider, ProviderError},
    backend::{
        BackendSection, LifecycleSection, LimitsSection, LogFormat, LoggerSection, MetricsSection, RateLimitSection,
        ServerSection,
    },
    backstage::BackstageProvider,
    catalog::{
        AllowedKind, CatalogSection, LocationConfig, LocationMatcher, OrphanStrategy, OwnApiSection, RuleConfig,
    },
    cors::CorsSection,
    database::{Connection, DatabaseSection},
    de::UnknownKey,
    duration::{Interval, parse as parse_duration},
    embed::{EmbedConfigError, EmbedSection},
    environment::Environment,
    events::EventsSection,
    external_access::{BackendAuthSection, ExternalAccess},
    integrations::IntegrationsSection,
    listen::Listen,
    permission::PermissionSection,
    personal::PersonalSection,
    providers::ProvidersSection,
    proxies::TrustedProxies,
    reading::ReadingSection,
    schedule::ScheduleConfig,
    tree::{Origin, SourceFile},
};

/// Looked for in the working folder, in this order, where `--config` names no file.
const DEFAULT_FILES: [&str; 2] = ["callboard.yaml", "app-config.yaml"];

/// All of the configuration.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Config {
    pub app: AppSection,
    pub organization: OrganizationSection,
    pub auth: AuthSection,
    pub permission: PermissionSection,
    pub audit: AuditSection,
    pub personal: PersonalSection,
    pub embed: EmbedSection,
    pub backend: BackendSection,
    pub catalog: CatalogSection,
    pub integrations: IntegrationsSection,
    pub events: EventsSection,
}

/// What the command line says.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--listen`.
    pub listen: Option<String>,
    /// `--allow-remote`.
    pub allow_remote: bool,
}

/// The configuration in force, and what is worth knowing of how it came about.
#[derive(Debug)]
pub struct Loaded {
    pub config: Config,
    /// Keys of `app-config*.yaml` that we don't use.
    pub unused: Vec<UnknownKey>,
    tree: Node,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// No file was named, and none of the usual ones is there.
    #[error("there is neither `callboard.yaml` nor `app-config.yaml` in this folder; name the file with --config FILE")]
    NoFile,
    /// A file can't be read.
    #[error("can not read `{}`: {cause}", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
    /// A file is no YAML.
    #[error("{origin}: {message}")]
    Syntax { origin: Origin, message: String },
    /// `$env`, `$file` or `$include` can't be followed.
    #[error("{origin}: {message}")]
    Include { origin: Origin, message: String },
    /// Keys that nothing reads.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    UnknownKeys(Vec<UnknownKey>),
    /// A value of the wrong type or form.
    #[error("{origin}: `{path}`: {message}")]
    Invalid { origin: Origin, path: String, message: String },
}

impl Config {
    /// Reads the files in order, each laid over the one before, then the environment, then the flags.
    ///
    /// # Errors
    /// Every [`ConfigError`]; all unknown keys at once.
    pub fn load(files: &[PathBuf], environment: &Environment, overrides: &Overrides) -> Result<Loaded, ConfigError> {
        let found;
        let files = if files.is_empty() {
            found = default_files()?;
            &found
        } else {
            files
        };
        let mut tree = Node::empty();
        for path in files {
            tree.merge(read_file(path, environment)?);
        }
        tree.merge(environment.overrides()?);
        tree.merge(overrides.tree());
        Self::of_tree(tree)
    }

    /// True if rules decide who may do what: where that is said, or somebody can sign in.
    pub fn are_policies_enabled(&self) -> bool {
        self.permission.enabled.unwrap_or_else(|| self.auth.has_providers())
    }

    fn of_tree(tree: Node) -> Result<Loaded, ConfigError> {
        let (mut config, mut unknown) = de::from_tree::<Self>(&tree)?;
        unknown.sort_by(|a, b| a.path.cmp(&b.path));
        let (unused, mistaken): (Vec<_>, Vec<_>) = unknown.into_iter().partition(|key| key.origin.is_backstage());
        if !mistaken.is_empty() {
            return Err(ConfigError::UnknownKeys(mistaken));
        }
        config.catalog.resolve_targets(tree.get("catalog"));
        config.permission.resolve_paths(tree.get("permission"));
        Ok(Loaded { config, unused, tree })
    }
}

/// Reads a YAML file of its own, with the places of what is wrong in it.
///
/// # Errors
/// Every [`ConfigError`]; all unknown keys at once.
pub fn read_yaml<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, ConfigError> {
    let text = fs::read_to_string(path).map_err(|cause| ConfigError::Unreadable { path: path.to_owned(), cause })?;
    let file = Arc::new(SourceFile { path: path.to_owned(), backstage: false });
    let (value, unknown) = de::from_tree(&yaml::parse(&text, &file)?)?;
    if unknown.is_empty() { Ok(value) } else { Err(ConfigError::UnknownKeys(unknown)) }
}

impl Loaded {
    /// The configuration in force as YAML: secrets hidden, each value with a comment that says where it comes from.
    pub fn to_yaml(&self) -> String {
        print::to_yaml(&self.config, &self.tree)
    }
}

impl Overrides {
    fn tree(&self) -> Node {
        let mut tree = Node::empty();
        if let Some(listen) = &self.listen {
            tree.merge(Node::nested(&["backend", "listen"], Value::Text(listen.clone()), &Origin::Flag("--listen")));
        }
        if self.allow_remote {
            tree.merge(Node::nested(&["backend", "allowRemote"], Value::Bool(true), &Origin::Flag("--allow-remote")));
        }
        tree
    }
}

/// `callboard.yaml` or `app-config.yaml`, with its `.local` sibling over it as in Backstage.
fn default_files() -> Result<Vec<PathBuf>, ConfigError> {
    let file = DEFAULT_FILES.into_iter().find(|file| Path::new(file).exists()).ok_or(ConfigError::NoFile)?;
    let local = PathBuf::from(file.replace(".yaml", ".local.yaml"));
    let local = local.exists().then_some(local);
    Ok([PathBuf::from(file)].into_iter().chain(local).collect())
}

fn read_file(path: &Path, environment: &Environment) -> Result<Node, ConfigError> {
    let text = fs::read_to_string(path).map_err(|cause| ConfigError::Unreadable { path: path.to_owned(), cause })?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let file = Arc::new(SourceFile { path: path.to_owned(), backstage: name.starts_with("app-config") });
    let dir = path.parent().unwrap_or_else(|| Path::new(""));
    include::resolve(yaml::parse(&text, &file)?, dir, environment)
}
