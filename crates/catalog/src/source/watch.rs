use std::{
    collections::{BTreeSet, HashMap},
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _,
    event::{AccessKind, AccessMode},
};
use tokio::sync::Notify;

use super::{folder::inode, pattern::Pattern};

/// What the outcome of a scan depends on.
#[derive(Debug, Default)]
pub struct Interest {
    /// Files that were read or looked for, by every path under which they may change.
    files: BTreeSet<PathBuf>,
    patterns: Vec<Pattern>,
    /// Folders that hold all of it.
    folders: BTreeSet<PathBuf>,
}

impl Interest {
    pub(super) fn add_file(&mut self, path: PathBuf) {
        self.files.insert(path);
    }

    pub(super) fn add_files(&mut self, paths: impl Iterator<Item = PathBuf>) {
        self.files.extend(paths);
    }

    pub(super) fn add_pattern(&mut self, pattern: Pattern) {
        self.patterns.push(pattern);
    }

    pub(super) fn add_folder(&mut self, folder: PathBuf) {
        self.folders.insert(folder);
    }

    /// True if a change at the path may change the outcome.
    fn covers(&self, path: &Path) -> bool {
        let is_folder_of_file =
            || self.files.range(path.to_owned()..).next().is_some_and(|file| file.starts_with(path));
        // Kubernetes changes a mounted ConfigMap by moving this link.
        let is_config_map = || path.file_name().is_some_and(|name| name == "..data");
        self.files.contains(path)
            || is_folder_of_file()
            || self.patterns.iter().any(|pattern| pattern.matches(path))
            || is_config_map()
            || (self.patterns.iter().any(|pattern| pattern.may_be_in(path)) && path.is_dir())
    }

    fn covers_event(&self, event: &Event) -> bool {
        match event.kind {
            // Our own reading.
            EventKind::Access(access) if access != AccessKind::Close(AccessMode::Write) => false,
            _ => event.need_rescan() || event.paths.iter().any(|path| self.covers(path)),
        }
    }
}

/// Watches the folders of all sources for changes that a scan would see.
pub struct Watcher {
    /// `None` where the system can't watch.
    system: Option<RecommendedWatcher>,
    interest: Arc<Mutex<Interest>>,
    changed: Arc<Notify>,
    /// Folders with the number of their inode: one that was removed and made again is no longer watched.
    watched: HashMap<PathBuf, u64>,
}

impl Watcher {
    /// Begins to watch nothing yet. Where the system can't watch, a warning says so and changes show at the next rescan.
    pub fn new() -> Self {
        let interest = Arc::new(Mutex::new(Interest::default()));
        let changed = Arc::new(Notify::new());
        let (seen, notify) = (Arc::clone(&interest), Arc::clone(&changed));
        let system = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let matters = match event {
                Ok(event) => locked(&seen).covers_event(&event),
                // Events may have been lost.
                Err(_) => true,
            };
            if matters {
                notify.notify_one();
            }
        });
        let system = system.inspect_err(|error| {
            tracing::warn!(%error, "can not watch files; changes show at the next rescan (`catalog.rescanInterval`)");
        });
        Self { system: system.ok(), interest, changed, watched: HashMap::new() }
    }

    /// Watches what a scan depends on.
    pub fn follow(&mut self, interest: Interest) {
        let Some(system) = &mut self.system else { return };
        for folder in &interest.folders {
            let Ok(now) = fs::metadata(folder).map(|metadata| inode(&metadata)) else { continue };
            if self.watched.get(folder) == Some(&now) {
                continue;
            }
            if let Err(error) = system.watch(folder, RecursiveMode::Recursive) {
                // Once a folder: the next rescan finds the same.
                if !self.watched.contains_key(folder) {
                    tracing::warn!(%error, folder = %folder.display(), "can not watch the folder; changes show at the next rescan");
                }
            }
            self.watched.insert(folder.clone(), now);
        }
        *locked(&self.interest) = interest;
    }

    /// Waits for a change. One that came before the call counts.
    pub async fn changed(&self) {
        self.changed.notified().await;
    }
}

/// A panic while it was locked leaves nothing half done.
fn locked(interest: &Mutex<Interest>) -> MutexGuard<'_, Interest> {
    interest.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Watcher {
    fn default() -> Self {
        Self::new()
    }
}
