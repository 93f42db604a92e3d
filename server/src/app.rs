//! Builds the running parts out of the configuration.

use std::{sync::Arc, time::Duration};

use audit::{AuditError, AuditLog, AuthorisedAudit};
use catalog::{
    AuthorisedCatalog, CatalogParts, Previewer,
    engine::{Engine, EngineError, SourcesConfig},
    index::Index,
    kinds::{InvalidKindError, KindRegistry},
    processing::{AllowedKind, Rule, RuleLocation},
    source::{ConfiguredLocation, UpstreamHosts},
    store::{CatalogStore, OrphanStrategy, StoreError},
};
use identity::{SessionStore, TokenStore};
use personal::{AuthorisedPersonal, PersonalStore};
use policy::PolicyError;
use storage::{Database, IdempotencyKeys, StorageError};
use tokio::{sync::watch, task::JoinHandle, time::timeout};
use upstream::{AllowedTarget, BackstageCatalog, Upstream, UpstreamConfig, UpstreamError};

use crate::{
    assets::Site,
    auth::{SignIn, prune},
    authorisation::{Admins, authoriser},
    config::{self, BaseUrl, Config, EmbedConfigError, Interval, Provider, ProviderError, RuleConfig},
    embed::Embedding,
    middleware::rate_limit::RateLimits,
    own_api,
    personal::CatalogEntities,
    shutdown::Shutdown,
};

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    pub config: Arc<Config>,
    pub catalog: AuthorisedCatalog,
    pub kinds: Arc<KindRegistry>,
    pub sign_in: SignIn,
    /// Tokens for scripts.
    pub tokens: TokenStore,
    /// Who did what, to write it down.
    pub audit: AuditLog,
    /// The same, to read it.
    pub audit_entries: AuthorisedAudit,
    pub personal: AuthorisedPersonal,
    /// Pages in frames of other sites.
    pub embedding: Embedding,
    /// Creating requests that may be sent again.
    pub idempotency: IdempotencyKeys,
    pub shutdown: Shutdown,
    /// Who has asked how much of the API lately; none where that is not limited.
    pub rate_limits: Option<Arc<RateLimits>>,
    /// Turns true when every source has been read once.
    pub first_read: watch::Receiver<bool>,
    /// Names the build, for pages to notice that the server is another one.
    pub build: String,
    /// Event stream of the development tool, under `make dev`.
    pub dev_reload: Option<BaseUrl>,
}

impl AppState {
    /// False while the catalog is empty only because its sources have not been read yet.
    pub fn is_filled(&self) -> bool {
        self.catalog.revision() > 0 || *self.first_read.borrow()
    }

    /// Resolves once there is something to see.
    pub async fn filled(&self) {
        if !self.is_filled() {
            // An error means that the engine has ended: there is nothing to wait for.
            _ = self.first_read.clone().wait_for(|done| *done).await;
        }
    }
}

/// How long what still runs on the database may hold up the end of the process.
const CLOSING: Duration = Duration::from_secs(5);

/// The parts that run until they are stopped.
pub struct App {
    pub state: AppState,
    engine: Engine,
    database: Database,
    pruning: JoinHandle<()>,
    auditing: JoinHandle<()>,
}

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The catalog.
    #[error(transparent)]
    Catalog(#[from] EngineError),
    /// `catalog.ownApi`.
    #[error(transparent)]
    OwnApi(#[from] StoreError),
    /// `catalog.kinds`.
    #[error("`catalog.kinds`: {0}")]
    Kinds(#[from] InvalidKindError),
    /// The client of other hosts.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// `auth.providers`.
    #[error(transparent)]
    SignIn(#[from] ProviderError),
    /// `embed`.
    #[error(transparent)]
    Embed(#[from] EmbedConfigError),
    /// `permission.policies`.
    #[error("`permission.policies`: {0}")]
    Policy(#[from] PolicyError),
    /// The audit log.
    #[error(transparent)]
    Audit(#[from] AuditError),
}

impl App {
    /// Connects to the database, brings the catalog into memory, and begins to read its sources.
    ///
    /// # Errors
    /// If the database can't be reached or migrated, or `catalog` in the configuration can't be used.
    pub async fn start(config: Config, dev_reload: Option<BaseUrl>) -> Result<Self, StartError> {
        let database =
            Database::connect_within(config.backend.database.url(), config.backend.database.limits()).await?;
        database.migrate().await?;
        let kinds = Arc::new(KindRegistry::with(&config.catalog.kinds)?);
        let index = Arc::new(Index::new(Arc::clone(&kinds)));
        let authoriser = authoriser(&config, &index)?;
        let providers = config.auth.providers(&config.app.base_url)?;
        let of_providers = upstream(&config, providers.iter().flat_map(Provider::hosts).collect())?;
        let sign_in = SignIn::new(providers, SessionStore::new(database.clone()), &of_providers, &config);
        let of_backstages = config.embed.parents.iter().filter_map(|parent| parent.backstage.as_ref()?.target());
        let of_backstages = upstream(&config, of_backstages.collect())?;
        let embedding = Embedding::new(&config, database.clone(), &of_backstages, Admins::new(&config, &index)?)?;
        let hosts = UpstreamHosts::new(upstream(&config, Vec::new())?, Arc::clone(&kinds))
            .with_backstages(config.catalog.providers.backstages());
        let sources = sources(&config, hosts);
        let previewer = Previewer {
            kinds: Arc::clone(&kinds),
            rules: sources.rules.clone(),
            limits: sources.limits.clone(),
            hosts: Arc::clone(&sources.hosts),
        };
        let is_read_only = config.catalog.readonly;
        let orphans = match config.catalog.orphan_strategy {
            config::OrphanStrategy::Delete => OrphanStrategy::Delete,
            config::OrphanStrategy::Keep => OrphanStrategy::Keep,
        };
        let store = CatalogStore::new(database.clone()).with_orphans(orphans);
        own_api::register(&store, &config).await?;
        let engine = Engine::start(sources, store.clone(), Arc::clone(&kinds), index.clone()).await?;
        let parts = CatalogParts { index, store, engine: engine.handle(), previewer, is_read_only };
        let tokens = TokenStore::new(database.clone(), config.auth.tokens.limits());
        let pruning = tokio::spawn(prune(sign_in.sessions.clone(), tokens.clone(), config.auth.session.prune_interval));
        let key = config.audit.key(config.backend.database.url())?;
        let audit = AuditLog::open(database.clone(), key, config.audit.limits()).await?;
        let auditing = tokio::spawn(audit.clone().run());
        let catalog = AuthorisedCatalog::new(parts, Arc::clone(&authoriser));
        let entities = Arc::new(CatalogEntities(catalog.clone()));
        let personal =
            AuthorisedPersonal::new(PersonalStore::new(database.clone()), config.personal.limits(), entities);
        let state = AppState {
            embedding,
            idempotency: IdempotencyKeys::new(
                database.clone(),
                config.backend.idempotency.keep,
                config.backend.server.request_timeout,
            ),
            rate_limits: RateLimits::new(&config.backend.rate_limit).map(Arc::new),
            audit_entries: AuthorisedAudit::new(audit.store().clone(), authoriser),
            audit,
            config: Arc::new(config),
            catalog,
            kinds,
            sign_in,
            tokens,
            personal,
            shutdown: Shutdown::default(),
            first_read: engine.first_read(),
            build: build(),
            dev_reload,
        };
        Ok(Self { state, engine, database, pruning, auditing })
    }

    /// Resolves once every source was read for the first time.
    pub async fn first_read(&self) {
        // An error means that the engine has ended: there is nothing to wait for.
        _ = self.engine.first_read().wait_for(|done| *done).await;
    }

    /// Ends reading, waits until nothing is being written, and closes the database: SQLite then takes its log into the file, and starts
    /// quicker the next time.
    pub async fn stop(self) {
        self.pruning.abort();
        self.auditing.abort();
        match timeout(CLOSING, self.state.audit.flush()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the last sums of the audit log are lost"),
            Err(_) => tracing::error!("the last sums of the audit log are lost: the database does not answer"),
        }
        self.engine.stop().await;
        // Visits that wait are written, if the database still takes them.
        _ = timeout(CLOSING, self.state.personal.settled()).await;
        if timeout(CLOSING, self.database.close()).await.is_err() {
            tracing::warn!("the database is still busy; left as it is");
        }
    }
}

/// Version and hash of the web assets.
fn build() -> String {
    let version = env!("CARGO_PKG_VERSION");
    Site::current().map_or_else(|| version.to_owned(), |site| format!("{version}-{}", site.hash))
}

/// A client for what the configuration allows, and for hosts besides.
fn upstream(config: &Config, more: Vec<AllowedTarget>) -> Result<Upstream, UpstreamError> {
    let reading = &config.backend.reading;
    let backstages = config.catalog.providers.backstages();
    Upstream::new(UpstreamConfig {
        allow: reading
            .allow()
            .into_iter()
            .chain(backstages.iter().map(BackstageCatalog::allowed))
            .chain(more)
            .collect(),
        integrations: config.integrations.integrations(),
        ca: reading.ca.clone(),
        limits: reading.limits(),
        ..UpstreamConfig::default()
    })
}

fn sources(config: &Config, hosts: UpstreamHosts) -> SourcesConfig {
    let section = &config.catalog;
    let location = |location: &config::LocationConfig| ConfiguredLocation {
        location_type: location.r#type.clone(),
        target: location.target.clone(),
        rules: location.rules.iter().map(rule).collect(),
        ..ConfiguredLocation::default()
    };
    // Who asks a host for its people means to have them, whatever files may bring.
    let people = Rule { allow: ["Group", "User"].map(AllowedKind::of).to_vec(), locations: Vec::new() };
    let discovered = section.providers.locations().into_iter().map(|location| ConfiguredLocation {
        location_type: location.location_type.to_owned(),
        target: location.target,
        rules: if location.has_people { vec![people.clone()] } else { Vec::new() },
        schedule: location.schedule.schedule(),
    });
    SourcesConfig {
        locations: section.locations.iter().map(location).chain(discovered).collect(),
        rules: section.rules.iter().map(rule).collect(),
        limits: config.backend.limits.catalog(),
        watch: section.watch,
        rescan_interval: duration(section.processing_interval),
        hosts: Arc::new(hosts),
        remote_interval: duration(section.url_interval),
        ..SourcesConfig::default()
    }
}

fn duration(interval: Interval) -> Duration {
    match interval {
        Interval::Every(interval) => interval,
        Interval::Never => Duration::MAX,
    }
}

fn rule(config: &RuleConfig) -> Rule {
    let allow =
        config.allow.iter().map(|kind| AllowedKind { kind: kind.kind.clone(), spec_type: kind.spec_type.clone() });
    let locations = config.locations.iter().map(|matcher| RuleLocation {
        location_type: Some(matcher.r#type.clone()),
        target: matcher.exact_target.clone(),
        pattern: matcher.pattern.clone(),
    });
    Rule { allow: allow.collect(), locations: locations.collect() }
}
