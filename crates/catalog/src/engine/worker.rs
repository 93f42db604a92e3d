//! The loop that reads, writes and follows.

use std::{
    future::pending,
    ops::ControlFlow,
    sync::Arc,
    time::{Duration, Instant},
};

use model::catalog::CatalogSource;
use sha2::{Digest as _, Sha256};
use storage::{ChangeWatch, Lease};
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::spawn_blocking,
    time::{sleep, sleep_until},
};

use super::{ChangeSink, Command, Refresh, asking::Asking, sources};
use crate::{
    processing::hex,
    source::{ConfiguredLocation, Known, Pushed, Question, Response, Scan, Scanner, Watcher},
    store::{CatalogStore, PushedSource, RegisteredLocation, StoreError, Synced},
};

/// How long files must have been quiet: editors and `git checkout` change many at once.
const QUIET: Duration = Duration::from_millis(50);
/// Where files never are quiet, they are read after this time all the same.
const MAX_DELAY: Duration = Duration::from_millis(200);
/// Before another attempt where the database failed.
const RETRY: Duration = Duration::from_secs(5);
/// Attempts to compare before the next try is left to the next rescan.
const ATTEMPTS: usize = 5;

/// What a scan needs, moved to a blocking thread and back.
pub(super) struct Reader {
    pub(super) scanner: Scanner,
    pub(super) known: Known,
}

pub(super) struct Worker {
    /// `None` only while a blocking thread has it.
    pub(super) reader: Option<Reader>,
    pub(super) watcher: Option<Watcher>,
    /// One process at a time reads; the others show what it has read.
    pub(super) lease: Lease,
    pub(super) rescan_interval: Duration,
    /// The revision that the sink knows.
    pub(super) applied: i64,
    pub(super) store: CatalogStore,
    pub(super) sink: Arc<dyn ChangeSink>,
    pub(super) first_read: watch::Sender<bool>,
    pub(super) stop: watch::Receiver<bool>,
    pub(super) commands: mpsc::Receiver<Command>,
    pub(super) asking: Asking,
    /// Are told when the sources have been read.
    pub(super) waiting: Vec<oneshot::Sender<()>>,
    pub(super) tell_sources: watch::Sender<Option<Vec<CatalogSource>>>,
}

impl Worker {
    pub(super) async fn run(mut self) {
        let mut stop = self.stop.clone();
        let mut changes = self.store.database().watch_changes().await;
        loop {
            if !self.lease.is_held() {
                if self.follow(&mut stop, &mut changes).await.is_break() {
                    return;
                }
                continue;
            }
            let wait = match self.read_sources().await {
                Ok(()) => {
                    for done in self.waiting.drain(..) {
                        // Whoever waits may have gone.
                        let _ = done.send(());
                    }
                    self.ask_hosts();
                    if self.asking.is_done() {
                        self.first_read.send_replace(true);
                    }
                    self.rescan_interval
                }
                Err(error) => {
                    tracing::error!(%error, "can not store the catalog; trying again in {} s", RETRY.as_secs());
                    RETRY
                }
            };
            let rescan = sleep(wait);
            tokio::pin!(rescan);
            loop {
                let next_question = self.asking.next;
                tokio::select! {
                    () = stopped(&mut stop) => return self.release().await,
                    () = self.lease.changed() => break,
                    () = &mut rescan => break,
                    () = changed(self.watcher.as_ref()) => {
                        settle(self.watcher.as_ref()).await;
                        break;
                    }
                    Some(command) = self.commands.recv() => match command {
                        Command::Refresh(touched) => {
                            self.reader().scanner.note_pushes(&touched);
                            self.reader().scanner.forget(&locations_of(touched));
                            break;
                        }
                        Command::Reread(done) => {
                            self.waiting.push(done);
                            break;
                        }
                        Command::Delete { entity_ref, done } => self.delete_for(&entity_ref, done).await,
                    },
                    () = changes.wait(), if self.store.database().is_shared() => {
                        if self.follow_others().await && self.was_asked_by_others().await {
                            break;
                        }
                    }
                    (question, asked, response) = self.asking.answer() => {
                        if self.take_answer(&question, asked, response) {
                            break;
                        }
                    }
                    () = due(next_question) => self.ask_hosts(),
                }
            }
        }
    }

    async fn read_sources(&mut self) -> Result<(), StoreError> {
        let registered = configured(self.store.database().in_time(self.store.locations()).await?);
        self.reader().scanner.set_registered(registered);
        self.take_pushed().await?;
        for _ in 0..ATTEMPTS {
            let started = Instant::now();
            let scan = self.scan().await;
            let (files, parsed) = (scan.files, scan.parsed);
            let entities: usize = scan.readings.iter().map(|reading| reading.claims.len()).sum();
            let Reader { scanner, known } = self.reader.as_mut().expect("the scan has given it back");
            let states = sources::states(scanner, &scan.readings, self.rescan_interval);
            match self.store.database().in_time(self.store.sync(known, scan.readings)).await {
                Ok(Synced::Done(changes)) => {
                    let written = changes.upserted.len() + changes.removed.len();
                    let milliseconds = started.elapsed().as_millis();
                    if parsed > 0 || written > 0 {
                        tracing::info!(
                            "read {entities} entities from {files} files in {milliseconds} ms, {written} changed"
                        );
                    } else {
                        tracing::debug!("looked at {files} files in {milliseconds} ms, none changed");
                    }
                    // First, so that who asks again because the catalog has changed is told how its sources are now.
                    self.tell_sources.send_replace(Some(states));
                    if written > 0 || changes.unattached_problems.is_some() {
                        self.applied = changes.revision;
                        self.sink.apply(changes);
                    }
                    return Ok(());
                }
                Ok(Synced::NeedsBodies(locations)) => scanner.forget(&locations),
                Ok(Synced::Stale) => {
                    scanner.forget_all();
                    self.follow_others().await;
                }
                Err(error) => {
                    // The bodies went with the attempt.
                    scanner.forget_all();
                    return Err(error);
                }
            }
        }
        tracing::warn!("the catalog is being written by somebody else all the time; trying again at the next rescan");
        Ok(())
    }

    /// Reads what was pushed since the last scan.
    async fn take_pushed(&mut self) -> Result<(), StoreError> {
        let store = self.store.clone();
        let hashes = store.database().in_time(store.pushed_hashes()).await?;
        let mut pushed = Vec::with_capacity(hashes.len());
        for (name, hash) in hashes {
            match self.reader().scanner.pushed(&name) {
                Some(known) if hex(&known.hash) == hash => pushed.push(Arc::clone(known)),
                _ => pushed.extend(store.database().in_time(store.pushed_source(&name)).await?.map(contents)),
            }
        }
        self.reader().scanner.set_pushed(pushed);
        Ok(())
    }

    async fn scan(&mut self) -> Scan {
        let mut reader = self.reader.take().expect("only one scan runs at a time");
        let scanning = spawn_blocking(move || {
            let scan = reader.scanner.scan(&reader.known);
            (reader, scan)
        });
        let (reader, mut scan) = scanning.await.expect("a scan does not panic");
        self.reader = Some(reader);
        if let Some(watcher) = &mut self.watcher {
            watcher.follow(std::mem::take(&mut scan.interest));
        }
        scan
    }

    /// Asks hosts for all that is due.
    fn ask_hosts(&mut self) {
        let Self { reader, asking, .. } = self;
        let scanner = &mut reader.as_mut().expect("the scan has given it back").scanner;
        let (requests, next) = scanner.remote().due(Instant::now());
        asking.ask(&scanner.hosts(), requests, next);
    }

    /// Takes what a host answered; true when it is time to scan.
    fn take_answer(&mut self, question: &Question, asked: Instant, response: Response) -> bool {
        let is_new = self.reader().scanner.remote().answer(question, response, asked, Instant::now());
        if self.asking.note(is_new) {
            return true;
        }
        if self.asking.is_done() {
            self.ask_hosts();
            if self.asking.is_done() {
                self.first_read.send_replace(true);
            }
        }
        false
    }

    /// True if another process has registered or unregistered a location, or was asked to have one read again.
    async fn was_asked_by_others(&mut self) -> bool {
        let asked = async {
            let refresh = self.store.take_refresh_requests().await?;
            let locations = self.store.locations().await?;
            let pushed = self.store.pushed_hashes().await?;
            Ok::<_, StoreError>((refresh, configured(locations), pushed))
        };
        match self.store.database().in_time(asked).await {
            Ok((refresh, locations, pushed)) => {
                let scanner = &mut self.reader().scanner;
                scanner.forget(&refresh);
                !refresh.is_empty() || !scanner.same_registered(&locations) || !scanner.same_pushed(&pushed)
            }
            Err(error) => {
                tracing::warn!(%error, "can not see what other processes were asked for");
                false
            }
        }
    }

    /// Shows what another process reads, until that ends or this one is stopped.
    async fn follow(&mut self, stop: &mut watch::Receiver<bool>, changes: &mut ChangeWatch) -> ControlFlow<()> {
        self.tell_sources.send_replace(None);
        // Only an empty catalog is worth waiting for.
        if self.applied > 0 {
            self.first_read.send_replace(true);
        }
        loop {
            tokio::select! {
                () = stopped(stop) => return ControlFlow::Break(()),
                () = self.lease.changed() => return ControlFlow::Continue(()),
                () = changes.wait() => {
                    self.follow_others().await;
                    if self.applied > 0 {
                        self.first_read.send_replace(true);
                    }
                }
                Some(command) = self.commands.recv() => match command {
                    Command::Refresh(touched) => {
                        let locations = locations_of(touched);
                        if let Err(error) = self.store.database().in_time(self.store.request_refresh(&locations)).await {
                            tracing::warn!(%error, "can not ask the reading process for a refresh");
                        }
                    }
                    // The reading process has been told by the change counter.
                    Command::Reread(done) => {
                        let _ = done.send(());
                    }
                    Command::Delete { entity_ref, done } => self.delete_for(&entity_ref, done).await,
                },
            }
        }
    }

    /// Lets another process take over at once.
    async fn release(self) {
        if let Err(error) = self.lease.release().await {
            tracing::warn!(%error, "can not give back the lease; another process takes over when it expires");
        }
    }

    async fn delete_for(&mut self, entity_ref: &str, done: oneshot::Sender<Result<(), StoreError>>) {
        // Whoever asked may have gone.
        let _ = done.send(self.delete(entity_ref).await);
    }

    fn reader(&mut self) -> &mut Reader {
        self.reader.as_mut().expect("the scan has given it back")
    }

    async fn delete(&mut self, entity_ref: &str) -> Result<(), StoreError> {
        let store = self.store.clone();
        let changes = store.database().in_time(store.remove(&mut self.reader().known, entity_ref)).await?;
        self.applied = changes.revision;
        self.sink.apply(changes);
        Ok(())
    }

    /// Hands on what other processes have written; false if they have not.
    async fn follow_others(&mut self) -> bool {
        let news = async {
            if self.store.database().revision().await? == self.applied {
                return Ok(None);
            }
            self.store.changes_since(self.applied).await.map(Some)
        };
        match self.store.database().in_time::<_, StoreError>(news).await {
            Ok(None) => false,
            Ok(Some(changes)) => {
                self.applied = changes.revision;
                self.sink.apply(changes);
                true
            }
            Err(error) => {
                tracing::warn!(%error, "can not follow the changes of other processes");
                false
            }
        }
    }
}

fn locations_of(touched: Vec<Refresh>) -> Vec<String> {
    touched.into_iter().map(|refresh| refresh.location).collect()
}

fn contents(source: PushedSource) -> Arc<Pushed> {
    let hash = Sha256::digest(&source.content).into();
    let commit = Some(source.commit).filter(|commit| !commit.is_empty());
    Arc::new(Pushed { name: source.name, content: source.content, hash, commit })
}

fn configured(locations: Vec<RegisteredLocation>) -> Vec<ConfiguredLocation> {
    let configured = |location: RegisteredLocation| ConfiguredLocation {
        location_type: location.location_type,
        target: location.target,
        ..ConfiguredLocation::default()
    };
    locations.into_iter().map(configured).collect()
}

/// Waits until the engine is stopped or dropped.
async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that it was dropped.
    let _ = stop.wait_for(|stop| *stop).await;
}

async fn changed(watcher: Option<&Watcher>) {
    match watcher {
        Some(watcher) => watcher.changed().await,
        None => pending().await,
    }
}

/// Waits until a question is due.
async fn due(next: Option<Instant>) {
    match next {
        Some(next) => sleep_until(next.into()).await,
        None => pending().await,
    }
}

/// Waits until files have been quiet for a moment.
async fn settle(watcher: Option<&Watcher>) {
    let latest = Instant::now() + MAX_DELAY;
    while Instant::now() < latest {
        tokio::select! {
            () = sleep(QUIET) => return,
            () = changed(watcher) => {}
        }
    }
}
