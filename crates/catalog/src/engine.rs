//! The engine: reads the sources, keeps the database in line with them, and says what changed.

mod asking;
mod sources;
mod worker;

use std::{sync::Arc, time::Duration};

use model::catalog::{CatalogSource, Problem};
use storage::{Lease, LeaseTimes};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
};

use self::{
    asking::Asking,
    worker::{Reader, Worker},
};
use crate::{
    descriptor::Limits,
    kinds::KindRegistry,
    processing::{InvalidRuleError, Rule},
    source::{ConfiguredLocation, Hosts, NoHosts, Scanner, Watcher},
    store::{CatalogStore, StoreError},
    stored::{Changes, StoredEntity},
};

/// The right to read the sources.
const LEASE: &str = "catalog sources";
/// Commands that may wait.
const COMMANDS: usize = 64;

/// Where entities come from.
#[derive(Clone, Debug)]
pub struct SourcesConfig {
    /// `catalog.locations`.
    pub locations: Vec<ConfiguredLocation>,
    /// `catalog.rules`; without any, components, APIs and locations are allowed.
    pub rules: Vec<Rule>,
    /// Bounds of files.
    pub limits: Limits,
    /// Whether to notice changes of files at once.
    pub watch: bool,
    /// How often all files are looked at, in case that events of the system were lost.
    pub rescan_interval: Duration,
    /// The hosts that URLs lead to.
    pub hosts: Arc<dyn Hosts>,
    /// How long an answer of a host counts as new.
    pub remote_interval: Duration,
    /// How quickly another process takes over the reading.
    pub lease: LeaseTimes,
}

impl Default for SourcesConfig {
    fn default() -> Self {
        Self {
            locations: Vec::new(),
            rules: Vec::new(),
            limits: Limits::default(),
            watch: true,
            rescan_interval: Duration::from_mins(1),
            hosts: Arc::new(NoHosts),
            remote_interval: Duration::from_mins(2),
            lease: LeaseTimes::default(),
        }
    }
}

/// Is told what is in the catalog.
pub trait ChangeSink: Send + Sync {
    /// Everything, once, before the first [`ChangeSink::apply`].
    fn load(&self, entities: Vec<StoredEntity>, unattached: Vec<Problem>, revision: i64);

    /// What has changed since. The same change may be told twice.
    fn apply(&self, changes: Changes);
}

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The rules of the configuration are wrong.
    #[error(transparent)]
    Rule(#[from] InvalidRuleError),
    /// What is stored can't be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The running engine. It ends when dropped; [`Engine::stop`] waits until it has ended.
pub struct Engine {
    first_read: watch::Receiver<bool>,
    stop: watch::Sender<bool>,
    handle: EngineHandle,
    task: JoinHandle<()>,
}

/// Asks a running engine for something. Cheap to clone.
#[derive(Clone)]
pub struct EngineHandle {
    commands: mpsc::Sender<Command>,
    sources: watch::Receiver<Option<Vec<CatalogSource>>>,
}

/// The engine has ended: the server is stopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the catalog engine is stopping")]
pub struct EngineStopped;

/// A location whose content is to be read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refresh {
    /// `type:target`.
    pub location: String,
    /// The commit of a push that may have changed it.
    pub commit: Option<String>,
}

impl From<String> for Refresh {
    fn from(location: String) -> Self {
        Self { location, commit: None }
    }
}

enum Command {
    /// Read what these locations hold again, even if nothing says that it has changed.
    Refresh(Vec<Refresh>),
    /// Read all sources, whose list may have changed.
    Reread(oneshot::Sender<()>),
    Delete {
        entity_ref: String,
        done: oneshot::Sender<Result<(), StoreError>>,
    },
}

impl EngineHandle {
    /// How each source was when it was last looked at; `None` if another process reads them, or nothing has been read yet.
    pub fn sources(&self) -> Option<Vec<CatalogSource>> {
        self.sources.borrow().clone()
    }

    /// Has what some locations hold read again, soon; returns before.
    ///
    /// # Errors
    /// [`EngineStopped`].
    pub async fn refresh(&self, locations: Vec<Refresh>) -> Result<(), EngineStopped> {
        self.commands.send(Command::Refresh(locations)).await.map_err(|_| EngineStopped)
    }

    /// Has all sources read again, and waits until what is at hand of them is in the catalog.
    ///
    /// # Errors
    /// [`EngineStopped`].
    pub async fn reread(&self) -> Result<(), EngineStopped> {
        let (done, read) = oneshot::channel();
        self.commands.send(Command::Reread(done)).await.map_err(|_| EngineStopped)?;
        read.await.map_err(|_| EngineStopped)
    }

    /// Takes an entity out of the catalog. It comes back when the source that defines it is next read, as in Backstage.
    ///
    /// # Errors
    /// [`EngineStopped`]; or [`StoreError`], then it is still there.
    pub async fn delete(&self, entity_ref: &str) -> Result<Result<(), StoreError>, EngineStopped> {
        let (done, deleted) = oneshot::channel();
        let command = Command::Delete { entity_ref: entity_ref.to_owned(), done };
        self.commands.send(command).await.map_err(|_| EngineStopped)?;
        deleted.await.map_err(|_| EngineStopped)
    }
}

impl Engine {
    /// Hands what is stored to the sink, then begins to read the sources in the background.
    ///
    /// # Errors
    /// [`EngineError`]. Sources that can't be read are no error of the engine but problems of the catalog.
    pub async fn start(
        config: SourcesConfig,
        store: CatalogStore,
        kinds: Arc<KindRegistry>,
        sink: Arc<dyn ChangeSink>,
    ) -> Result<Self, EngineError> {
        let scanner = Scanner::new(config.locations, &config.rules, config.limits, kinds)?
            .with_hosts(config.hosts, config.remote_interval);
        let lease = Lease::of(store.database(), LEASE, config.lease).await;
        let loaded = store.load().await?;
        sink.load(loaded.entities, loaded.unattached, loaded.revision);
        let (first_read, first_read_receiver) = watch::channel(false);
        let (stop, stop_receiver) = watch::channel(false);
        let (commands, command_receiver) = mpsc::channel(COMMANDS);
        let (tell_sources, sources) = watch::channel(None);
        let worker = Worker {
            reader: Some(Reader { scanner, known: loaded.known }),
            watcher: config.watch.then(Watcher::new),
            lease,
            rescan_interval: config.rescan_interval,
            applied: loaded.revision,
            store,
            sink,
            first_read,
            stop: stop_receiver,
            commands: command_receiver,
            asking: Asking::default(),
            waiting: Vec::new(),
            tell_sources,
        };
        let handle = EngineHandle { commands, sources };
        Ok(Self { first_read: first_read_receiver, stop, handle, task: tokio::spawn(worker.run()) })
    }

    /// To ask it for something.
    pub fn handle(&self) -> EngineHandle {
        self.handle.clone()
    }

    /// Becomes true when all sources have been read once.
    pub fn first_read(&self) -> watch::Receiver<bool> {
        self.first_read.clone()
    }

    /// Ends the engine, after what it is writing.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the catalog engine ended by itself");
        }
    }
}

#[cfg(test)]
mod tests;
