//! What was saved, and what has to be built because of it.

use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use anyhow::{Context, Result};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};

use crate::workspace::Workspace;

/// Files are saved in bursts (save all, a change of branch): one build for what comes this close together.
const BURST: Duration = Duration::from_millis(80);

/// What a change affects; a greater one includes the smaller ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Affected {
    Style,
    Server,
    /// What runs in the browser, and so on the server too.
    Pages,
}

/// Changes of the files that Callboard is built from.
pub(super) struct Changes {
    events: Receiver<Affected>,
    /// Watches until it is dropped.
    _watcher: RecommendedWatcher,
}

impl Changes {
    pub(super) fn watch(workspace: &Workspace) -> Result<Self> {
        let (sender, events) = mpsc::channel();
        let root = workspace.root().to_path_buf();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            let Ok(event) = event else { return };
            if matches!(event.kind, EventKind::Access(_)) {
                return;
            }
            let paths = event.paths.iter().filter_map(|path| path.strip_prefix(&root).ok());
            for affected in paths.filter_map(affected_by) {
                // Nobody listens any more: the loop has ended, and so does this thread.
                let _ = sender.send(affected);
            }
        })
        .context("cannot watch for changes")?;
        for folder in ["app", "crates", "server", "style", "public", "migrations"] {
            let path = workspace.path(folder);
            if path.exists() {
                watcher.watch(&path, RecursiveMode::Recursive).with_context(|| format!("cannot watch {folder}"))?;
            }
        }
        for file in ["Cargo.toml", "Cargo.lock", crate::binary::DEMO] {
            watcher
                .watch(&workspace.path(file), RecursiveMode::NonRecursive)
                .with_context(|| format!("cannot watch {file}"))?;
        }
        Ok(Self { events, _watcher: watcher })
    }

    /// Waits for the next change, and for the rest of its burst.
    pub(super) fn next(&self) -> Result<Affected> {
        let mut affected = self.events.recv().context("no longer watching for changes")?;
        loop {
            match self.events.recv_timeout(BURST) {
                Ok(more) => affected = affected.max(more),
                Err(RecvTimeoutError::Timeout) => return Ok(affected),
                Err(RecvTimeoutError::Disconnected) => anyhow::bail!("no longer watching for changes"),
            }
        }
    }
}

/// What a change of this file, by its path in the repository, affects.
fn affected_by(path: &Path) -> Option<Affected> {
    let name = path.file_name()?.to_str()?;
    // What editors and snapshot tests leave beside the file.
    if name.starts_with('.') || name.ends_with('~') || name.ends_with(".snap.new") || !name.contains('.') {
        return None;
    }
    let mut folders = path.iter().filter_map(|folder| folder.to_str());
    match (folders.next()?, folders.next().unwrap_or_default()) {
        ("style", _) => Some(Affected::Style),
        ("app" | "public" | "Cargo.toml" | "Cargo.lock", _) | ("crates", "client" | "hydrate" | "model") => {
            Some(Affected::Pages)
        }
        ("server", "tests") | ("crates", "testkit") => None,
        ("server" | "crates" | "migrations" | "examples", _) => Some(Affected::Server),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_builds_no_more_than_it_affects() {
        for (path, affected) in [
            ("style/kit/table.css", Some(Affected::Style)),
            ("app/src/pages/catalog/list.rs", Some(Affected::Pages)),
            ("crates/model/src/entity.rs", Some(Affected::Pages)),
            ("public/favicon.svg", Some(Affected::Pages)),
            ("Cargo.toml", Some(Affected::Pages)),
            ("crates/catalog/src/store.rs", Some(Affected::Server)),
            ("migrations/0001_catalog.sql", Some(Affected::Server)),
            ("examples/callboard.yaml", Some(Affected::Server)),
            ("server/src/main.rs", Some(Affected::Server)),
            ("server/tests/catalog/list.rs", None),
            ("app/src/pages/.list.rs.swp", None),
            ("app/src/pages/list.rs~", None),
            ("app/src/pages/4913", None),
            ("README.md", None),
        ] {
            assert_eq!(affected_by(Path::new(path)), affected, "{path}");
        }
    }
}
