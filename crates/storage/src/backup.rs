//! Copies of a SQLite database, also of one that is in use.

use std::{
    io,
    path::{Path, PathBuf},
};

use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, any::install_default_drivers};

use crate::{DatabaseUrl, database::sqlite_address};

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Only SQLite files are copied here.
    #[error("database `{0}` is no SQLite file: for PostgreSQL use pg_dump and pg_restore")]
    NotAFile(String),
    /// There is nothing to copy.
    #[error("`{}` does not exist", .0.display())]
    Missing(PathBuf),
    /// Nothing is overwritten.
    #[error("`{}` exists; move it away first", .0.display())]
    Exists(PathBuf),
    /// It is no database of Callboard, or a damaged one.
    #[error("`{}` is no sound database of Callboard: {why}", path.display())]
    Unsound {
        /// Which file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The file system failed.
    #[error("can not write `{}`: {cause}", path.display())]
    Unwritable {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The database failed.
    #[error("can not copy `{}`: {cause}", path.display())]
    Failed {
        /// Which file.
        path: PathBuf,
        /// What the driver says.
        cause: sqlx::Error,
    },
}

/// Copies the database into a new file, as it is at one moment; a server may be writing to it. The file is there whole or not at all.
///
/// # Errors
/// Every [`BackupError`].
pub async fn back_up(database: &DatabaseUrl, file: &Path) -> Result<(), BackupError> {
    let path = path_of(database)?;
    if !path.exists() {
        return Err(BackupError::Missing(path.clone()));
    }
    copy(path, file).await
}

/// Puts a copy in the place of a database that does not exist (any more).
///
/// # Errors
/// Every [`BackupError`].
pub async fn restore(file: &Path, database: &DatabaseUrl) -> Result<(), BackupError> {
    let path = path_of(database)?;
    if !file.exists() {
        return Err(BackupError::Missing(file.to_owned()));
    }
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        let unwritable = |cause| BackupError::Unwritable { path: folder.to_owned(), cause };
        tokio::fs::create_dir_all(folder).await.map_err(unwritable)?;
    }
    for left in ["-wal", "-shm"].map(|end| beside(path, end)) {
        // What a lost database left behind would be taken for the new one's.
        if left.exists() && path.exists() {
            return Err(BackupError::Exists(path.clone()));
        }
        remove(&left).await?;
    }
    copy(file, path).await
}

fn path_of(database: &DatabaseUrl) -> Result<&PathBuf, BackupError> {
    match database {
        DatabaseUrl::SqliteFile(path) => Ok(path),
        other => Err(BackupError::NotAFile(other.to_string())),
    }
}

async fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    check(from).await?;
    let partial = beside(to, ".partial");
    remove(&partial).await?;
    let failed = |cause| BackupError::Failed { path: from.to_owned(), cause };
    let mut connection = connect(from).await?;
    let text = format!("VACUUM INTO '{}'", partial.to_string_lossy().replace('\'', "''"));
    sqlx::query(AssertSqlSafe(text)).execute(&mut connection).await.map_err(failed)?;
    connection.close().await.map_err(failed)?;
    check(&partial).await?;
    let unwritable = |cause| BackupError::Unwritable { path: to.to_owned(), cause };
    protect(&partial).map_err(unwritable)?;
    std::fs::File::open(&partial).and_then(|file| file.sync_all()).map_err(unwritable)?;
    std::fs::rename(&partial, to).map_err(unwritable)
}

/// Fails for what is no database of ours, and for a damaged one.
async fn check(path: &Path) -> Result<(), BackupError> {
    let unsound = |why: String| BackupError::Unsound { path: path.to_owned(), why };
    let mut connection = connect(path).await?;
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)")
        .fetch_one(&mut connection)
        .await
        .map_err(|error| unsound(error.to_string()))?;
    if found != "ok" {
        return Err(unsound(found));
    }
    sqlx::query("SELECT revision FROM change_counter")
        .execute(&mut connection)
        .await
        .map_err(|error| unsound(error.to_string()))?;
    connection.close().await.map_err(|cause| BackupError::Failed { path: path.to_owned(), cause })
}

async fn connect(path: &Path) -> Result<AnyConnection, BackupError> {
    install_default_drivers();
    let failed = |cause| BackupError::Failed { path: path.to_owned(), cause };
    let address = sqlite_address(path, "rw").map_err(failed)?;
    AnyConnection::connect(&address).await.map_err(failed)
}

/// Only its owner may read it, as far as the system knows owners: sessions and tokens are in it.
fn protect(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

async fn remove(path: &Path) -> Result<(), BackupError> {
    match tokio::fs::remove_file(path).await {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            Err(BackupError::Unwritable { path: path.to_owned(), cause })
        }
        _ => Ok(()),
    }
}
