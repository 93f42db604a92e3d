use std::path::PathBuf;

use access::Denied;
use storage::StorageError;

/// Why the log can't be written or read.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The head does not fit the key.
    #[error(
        "the audit log was begun with another key, or its head was changed: set `audit.key` to the key that it was begun with; \
         `callboard audit verify` says more"
    )]
    Seal,
    /// There are entries, and nothing says where they end.
    #[error(
        "the audit log has entries but no head: somebody took it out of the table `audit_head`; restore the database from a backup"
    )]
    NoHead,
    /// The database is shared, and so must the key be.
    #[error(
        "`audit.key` is missing: on PostgreSQL all processes need the same key, and kept in the database it would guard nothing; set it \
         to 32 characters or more, for example by `{{ $file: audit-key }}` with what `openssl rand -hex 32` prints"
    )]
    NoKey,
    /// The key is too short to be one.
    #[error("`audit.key` has at least 32 characters, for example of `openssl rand -hex 32`")]
    ShortKey,
    /// The file of the key can't be made or read.
    #[error("can not use the file of the audit log's key `{}`: {cause}; set `audit.key` to keep the key elsewhere", path.display())]
    KeyFile {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        cause: std::io::Error,
    },
    /// Others may read the key.
    #[error("others may read the audit log's key `{}`; run `chmod 600` on it, and begin with another key if somebody has it", path.display())]
    OpenKeyFile {
        /// Which file.
        path: PathBuf,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Random,
    /// Whoever asks may not read it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The database.
    #[error("the audit log can not be read or written: {0}")]
    Store(#[from] StorageError),
}
