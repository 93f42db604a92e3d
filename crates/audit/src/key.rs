//! The key of the chain.

use std::{
    fmt, fs,
    io::{ErrorKind, Write as _},
    path::Path,
};

use ring::{
    hmac,
    rand::{SecureRandom as _, SystemRandom},
};
use secrecy::{ExposeSecret as _, SecretString};
use storage::DatabaseUrl;

use crate::{AuditError, chain::hex};

/// Characters of the shortest key.
const SHORTEST: usize = 32;

/// What the name of a SQLite file and that of its key differ in.
const SUFFIX: &str = ".audit-key";

/// What only the server knows. `Debug` does not tell it.
#[derive(Clone)]
pub struct AuditKey(hmac::Key);

impl AuditKey {
    /// The key of the log in a database: the configured one, else for SQLite one in a file beside that of the database.
    ///
    /// # Errors
    /// [`AuditError::NoKey`] for PostgreSQL without a configured one, and as [`AuditKey::of_text`] and [`AuditKey::in_file`].
    pub fn of_database(url: &DatabaseUrl, configured: Option<&SecretString>) -> Result<Self, AuditError> {
        match (configured, url) {
            (Some(key), _) => Self::of_text(key),
            (None, DatabaseUrl::SqliteMemory) => Self::random(),
            (None, DatabaseUrl::SqliteFile(path)) => {
                let mut path = path.clone().into_os_string();
                path.push(SUFFIX);
                Self::in_file(Path::new(&path))
            }
            (None, DatabaseUrl::Postgres(_)) => Err(AuditError::NoKey),
        }
    }

    /// The key of a text, which need not be hexadecimal.
    ///
    /// # Errors
    /// [`AuditError::ShortKey`] for less than 32 characters.
    pub fn of_text(text: &SecretString) -> Result<Self, AuditError> {
        let text = text.expose_secret().trim();
        if text.chars().count() < SHORTEST {
            return Err(AuditError::ShortKey);
        }
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, text.as_bytes())))
    }

    /// A key that nobody will know again: for a log that ends with the process.
    ///
    /// # Errors
    /// [`AuditError::Random`].
    pub fn random() -> Result<Self, AuditError> {
        Self::of_text(&random_text()?)
    }

    /// The key in a file, which is made with mode 600 where it is missing. Several processes may do so at once.
    ///
    /// # Errors
    /// [`AuditError::KeyFile`], [`AuditError::OpenKeyFile`], [`AuditError::ShortKey`], [`AuditError::Random`].
    pub fn in_file(path: &Path) -> Result<Self, AuditError> {
        let failed = |cause| AuditError::KeyFile { path: path.to_owned(), cause };
        if !path.try_exists().map_err(failed)? {
            make(path, &random_text()?).map_err(failed)?;
            tracing::info!(file = %path.display(), "made the key of the audit log; keep a copy apart from that of the database");
        }
        if is_open(&fs::metadata(path).map_err(failed)?) {
            return Err(AuditError::OpenKeyFile { path: path.to_owned() });
        }
        Self::of_text(&fs::read_to_string(path).map_err(failed)?.into())
    }

    pub(crate) fn hmac(&self) -> &hmac::Key {
        &self.0
    }
}

impl fmt::Debug for AuditKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuditKey(…)")
    }
}

fn random_text() -> Result<SecretString, AuditError> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).map_err(|_| AuditError::Random)?;
    Ok(hex(&bytes).into())
}

/// Whole or not at all, and never in the place of another: a key that is lost ends the log.
fn make(path: &Path, key: &SecretString) -> std::io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut whole = path.as_os_str().to_owned();
    whole.push(format!(".{}", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&whole)?;
    file.write_all(key.expose_secret().as_bytes())?;
    file.sync_all()?;
    let linked = fs::hard_link(&whole, path);
    fs::remove_file(&whole)?;
    match linked {
        // Another process was first: its key counts.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        linked => linked.and_then(|()| fs::File::open(folder)?.sync_all()),
    }
}

#[cfg(unix)]
fn is_open(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(metadata) & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open(_: &fs::Metadata) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_its_owner_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/callboard.sqlite.audit-key");
        AuditKey::in_file(&path).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!((text.len(), fs::metadata(&path).unwrap().permissions().mode() & 0o777), (64, 0o600));
        AuditKey::in_file(&path).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 1);

        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(AuditKey::in_file(&path).unwrap_err().to_string().contains("chmod 600"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, "").unwrap();
        assert!(matches!(AuditKey::in_file(&path), Err(AuditError::ShortKey)));
        assert_eq!(format!("{:?}", AuditKey::random().unwrap()), "AuditKey(…)");
    }
}
