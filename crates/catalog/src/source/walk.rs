use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    folder::in_words,
    pattern::{Pattern, Segment},
};

/// What a pattern leads to.
#[derive(Debug, Default)]
pub(super) struct Walk {
    /// Files in the order of their paths.
    pub(super) files: BTreeSet<PathBuf>,
    /// Folders that could not be read, so that nothing can be said of what is in them, and why.
    pub(super) unreadable: Vec<(PathBuf, String)>,
}

/// Follows a pattern through the file system.
pub(super) fn walk(pattern: &Pattern) -> Walk {
    let mut walk = Walk::default();
    for alternative in &pattern.alternatives {
        match fs::metadata(&alternative.base) {
            Ok(_) => walk.follow(&alternative.base, &alternative.segments),
            // A folder that is not there may be a disk that is not mounted: no reason to forget what was in it.
            Err(error) => walk.unreadable.push((alternative.base.clone(), in_words(&error))),
        }
    }
    walk
}

impl Walk {
    fn follow(&mut self, path: &Path, segments: &[Segment]) {
        let Some((segment, rest)) = segments.split_first() else {
            if path.is_file() {
                self.files.insert(path.to_owned());
            }
            return;
        };
        match segment {
            Segment::Literal(name) => {
                let path = path.join(name);
                if path.exists() {
                    self.follow(&path, rest);
                }
            }
            Segment::Wild { .. } => {
                for entry in self.entries(path) {
                    if segment.matches(&entry.name) {
                        self.follow(&entry.path, rest);
                    }
                }
            }
            Segment::AnyDepth => {
                self.follow(path, rest);
                for entry in self.entries(path) {
                    if !segment.matches(&entry.name) {
                        continue;
                    }
                    if entry.is_folder {
                        self.follow(&entry.path, segments);
                    } else if rest.is_empty() {
                        self.follow(&entry.path, rest);
                    }
                }
            }
        }
    }

    fn entries(&mut self, folder: &Path) -> Vec<Entry> {
        match read_folder(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => Vec::new(),
            Err(error) => {
                self.unreadable.push((folder.to_owned(), in_words(&error)));
                Vec::new()
            }
        }
    }
}

struct Entry {
    path: PathBuf,
    name: String,
    /// False for a link to a folder.
    is_folder: bool,
}

fn read_folder(folder: &Path) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // Locations are texts, so a name that is none can't be one.
        let Ok(name) = entry.file_name().into_string() else { continue };
        let is_folder = entry.file_type()?.is_dir();
        entries.push(Entry { path: entry.path(), name, is_folder });
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in
            ["a/info.yaml", "a/deep/info.yaml", "b/info.yml", "b/.hidden/info.yaml", "info.yaml", ".info.yaml", "c.txt"]
        {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    #[test]
    fn patterns_find_files_in_the_order_of_their_paths() {
        let folder = tree();
        let table: [(&str, &[&str]); 9] = [
            ("*.yaml", &["info.yaml"]),
            ("*/info.yaml", &["a/info.yaml"]),
            ("**/info.yaml", &["a/deep/info.yaml", "a/info.yaml", "info.yaml"]),
            ("**/*.{yaml,yml}", &["a/deep/info.yaml", "a/info.yaml", "b/info.yml", "info.yaml"]),
            ("{a,b}/info.y*", &["a/info.yaml", "b/info.yml"]),
            ("?/deep/*", &["a/deep/info.yaml"]),
            (".*", &[".info.yaml"]),
            ("a/**", &["a/deep/info.yaml", "a/info.yaml"]),
            ("*/nowhere/info.yaml", &[]),
        ];
        for (pattern, expected) in table {
            let found = walk(&Pattern::new(&format!("{}/{pattern}", folder.path().display())).unwrap());
            let files: Vec<_> = found.files.iter().map(|path| path.strip_prefix(folder.path()).unwrap()).collect();
            assert_eq!(files, expected.iter().map(Path::new).collect::<Vec<_>>(), "{pattern}");
            assert_eq!(found.unreadable, [], "{pattern}");
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_told() {
        let found = walk(&Pattern::new("/nowhere/at/all/*.yaml").unwrap());
        assert_eq!(found.unreadable, [(PathBuf::from("/nowhere/at/all"), "it does not exist".to_owned())]);
    }

    #[cfg(unix)]
    #[test]
    fn links_in_a_circle_end() {
        let folder = tree();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("a/again")).unwrap();
        let found = walk(&Pattern::new(&format!("{}/**/info.yml", folder.path().display())).unwrap());
        assert_eq!(found.files.len(), 1);
    }
}
