//! Where things are in the repository.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The repository, by its root folder.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// The workspace that this program belongs to, wherever it is run from.
    pub(crate) fn locate() -> Result<Self> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR").context("start me by `cargo xtask`")?;
        let root = Path::new(&manifest).parent().context("xtask is a folder of the workspace")?.to_path_buf();
        Ok(Self { root })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path given relative to the root.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// What is built. Callboard's builds do not follow `CARGO_TARGET_DIR`: the server embeds assets from this folder.
    pub(crate) fn target(&self) -> PathBuf {
        self.path("target")
    }

    /// The finished web assets, with their list `site.json`.
    pub(crate) fn site(&self) -> PathBuf {
        self.path("target/site")
    }

    /// Programs fetched for the build, each in a folder keyed by its pins.
    pub(crate) fn tools(&self) -> PathBuf {
        self.path(".tools")
    }
}

/// Every file below `dir`, sorted; none when there is no such folder.
pub(crate) fn files_below(dir: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(error).with_context(|| format!("cannot list {}", folder.display())),
        };
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_dir() { folders.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    files.sort();
    Ok(files)
}
