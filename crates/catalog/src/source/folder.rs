use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Component, Path, PathBuf},
    sync::Mutex,
    time::{Duration, SystemTime},
};

use crate::processing::Include;

/// Reads files of one folder, for a descriptor that stands in it. What leads out of the folder is refused, symbolic links
/// included: whoever may write a descriptor must not read the server's other files through it.
pub struct Folder {
    /// Canonical.
    root: PathBuf,
    /// Where the descriptor stands.
    own: PathBuf,
    /// Bytes of a file.
    limit: u64,
    /// Files that were asked for, with their state before they were read.
    asked: Mutex<Vec<(PathBuf, Option<Stamp>)>>,
}

/// Tells whether a file changed without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    modified: SystemTime,
    size: u64,
    inode: u64,
    /// False if the file changed so short before that a further change could have left the same stamp.
    settled: bool,
}

/// File systems count times in steps of up to two seconds.
const SETTLED_AFTER: Duration = Duration::from_secs(2);

impl Stamp {
    /// The state of a file; `None` if there is none.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        let modified = metadata.modified().ok()?;
        let settled = modified.elapsed().is_ok_and(|age| age > SETTLED_AFTER);
        Some(Self { modified, size: metadata.len(), inode: inode(&metadata), settled })
    }

    /// True if a file with this stamp surely is what it was when it had `earlier`.
    pub(super) fn proves_unchanged_since(&self, earlier: &Self) -> bool {
        earlier.settled && (self.modified, self.size, self.inode) == (earlier.modified, earlier.size, earlier.inode)
    }
}

#[cfg(unix)]
pub(super) fn inode(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
pub(super) fn inode(_: &fs::Metadata) -> u64 {
    0
}

impl Folder {
    /// A folder, canonical, where in it the descriptor stands, and how many bytes a file may have.
    pub fn new(root: PathBuf, own: PathBuf, limit: u64) -> Self {
        Self { root, own, limit, asked: Mutex::default() }
    }

    pub(super) fn into_asked(self) -> Vec<(PathBuf, Option<Stamp>)> {
        self.asked.into_inner().expect("nobody panics while noting a file")
    }
}

impl Include for Folder {
    fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        if path.contains("://") {
            return Err("it is a URL; only files beside the descriptor can be included".to_owned());
        }
        let path = normalised(&self.own.join(path));
        self.asked.lock().expect("nobody panics while noting a file").push((path.clone(), Stamp::of(&path)));
        check_inside(&self.root, &path)?;
        read_file(&path, self.limit).map_err(|error| in_words(&error))
    }
}

/// Refuses a path that leads out of a folder, by `..` or by a symbolic link.
pub(super) fn check_inside(root: &Path, path: &Path) -> Result<(), String> {
    let real = path.canonicalize().map_err(|error| in_words(&error))?;
    if real.starts_with(root) {
        return Ok(());
    }
    Err(format!("it leads out of the folder `{}`", root.display()))
}

/// Reads a plain file of at most `limit` bytes, and one byte of a longer one more, so that the caller notices.
pub(crate) fn read_file(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    // Opening a named pipe would wait for a writer.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "not a plain file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Without `.` and `..`, by the text alone.
pub(crate) fn normalised(path: &Path) -> PathBuf {
    let mut normalised = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                normalised.pop();
            }
            other => normalised.push(other),
        }
    }
    normalised
}

pub(super) fn in_words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "it does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "reading it is not permitted".to_owned(),
        io::ErrorKind::IsADirectory => "it is not a plain file".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_included_stands_in_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir(root.join("own")).unwrap();
        fs::write(root.join("a.txt"), "text").unwrap();
        let include = Folder::new(root.clone(), root.join("own"), 100);
        assert_eq!(include.read("../a.txt"), Ok(b"text".to_vec()));
        assert!(include.read("../../etc/hostname").is_err());
        let refused = include.read("https://example.com/a").unwrap_err();
        assert_eq!(refused, "it is a URL; only files beside the descriptor can be included");
    }
}
