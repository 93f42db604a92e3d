use std::{path::Path, sync::Arc, time::Duration};

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use sqlx::any::{AnyConnectOptions, AnyPoolOptions, install_default_drivers};
use sqlx::postgres::PgListener;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Executor as _, Transaction};
use tokio::time::timeout;

use crate::{ChangeWatch, DatabaseUrl, StorageError, changes::CHANNEL, dry_run::is_dry_run, migrations::migrator};

/// Connections that read SQLite at the same time.
const SQLITE_READERS: u32 = 4;

/// `synchronous=FULL`: with `NORMAL`, WAL may lose acknowledged writes when the power fails.
const SQLITE_SETUP: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; \
                            PRAGMA busy_timeout = 5000; PRAGMA temp_store = MEMORY;";
/// Nothing writes beside the one writer, not even by mistake.
const SQLITE_READER_SETUP: &str = "PRAGMA query_only = ON;";

/// How many connections there are, and how long one is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolLimits {
    /// Connections to PostgreSQL in all. 10 by default. SQLite has one writer and four readers.
    pub connections: u32,
    /// How long a caller waits for a connection: that one is free, or that the database is there. 10 s by default.
    pub acquire_timeout: Duration,
    /// The longest that one task of the background may take ([`Database::in_time`]). 2 min by default.
    pub answer_timeout: Duration,
}

impl Default for PoolLimits {
    fn default() -> Self {
        Self { connections: 10, acquire_timeout: Duration::from_secs(10), answer_timeout: Duration::from_mins(2) }
    }
}

/// The database, SQLite or PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct Database {
    writer: AnyPool,
    reader: AnyPool,
    url: Arc<DatabaseUrl>,
    answer_timeout: Duration,
}

impl Database {
    /// Opens the database. A SQLite file and its folder are made where they are missing; tables are not:
    /// see [`Database::migrate`].
    ///
    /// # Errors
    /// [`StorageError::Folder`] and [`StorageError::Connect`].
    pub async fn connect(url: &DatabaseUrl) -> Result<Self, StorageError> {
        Self::connect_within(url, PoolLimits::default()).await
    }

    /// Opens the database with other limits.
    ///
    /// # Errors
    /// As [`Database::connect`].
    pub async fn connect_within(url: &DatabaseUrl, limits: PoolLimits) -> Result<Self, StorageError> {
        install_default_drivers();
        let failed = |cause| StorageError::Connect { database: url.to_string(), cause };
        let (writer, reader) = match url {
            DatabaseUrl::SqliteMemory => {
                let pool = connect_sqlite_memory(limits).await.map_err(failed)?;
                (pool.clone(), pool)
            }
            DatabaseUrl::SqliteFile(path) => {
                if let Some(folder) = path.parent() {
                    tokio::fs::create_dir_all(folder)
                        .await
                        .map_err(|cause| StorageError::Folder { database: url.to_string(), cause })?;
                }
                connect_sqlite_file(path, limits).await.map_err(failed)?
            }
            DatabaseUrl::Postgres(address) => {
                let options = address.as_str().parse::<AnyConnectOptions>().map_err(failed)?;
                let pool = postgres_pool(limits).connect_with(options).await.map_err(failed)?;
                (pool.clone(), pool)
            }
        };
        Ok(Self { writer, reader, url: Arc::new(url.clone()), answer_timeout: limits.answer_timeout })
    }

    /// Brings the tables up to date. Several processes may do so at once.
    ///
    /// # Errors
    /// [`StorageError::Migrate`], for example if a newer Callboard has already changed the tables.
    pub async fn migrate(&self) -> Result<(), StorageError> {
        migrator()
            .run(&self.writer)
            .await
            .map_err(|cause| StorageError::Migrate { database: self.url.to_string(), cause })
    }

    /// Connections to read from; on SQLite they see what was committed before each statement or transaction began.
    pub fn reader(&self) -> &AnyPool {
        &self.reader
    }

    /// The connections that write, for single statements that change no page.
    pub(crate) fn writer(&self) -> &AnyPool {
        &self.writer
    }

    /// Begins a transaction that writes. On SQLite it holds the one writer, and waits for it.
    ///
    /// # Errors
    /// [`StorageError::Query`].
    pub async fn begin_write(&self) -> Result<WriteTransaction, StorageError> {
        let begun = match *self.url {
            // Takes the lock at once: a transaction that reads first and then writes could fail half way.
            DatabaseUrl::SqliteMemory | DatabaseUrl::SqliteFile(_) => self.writer.begin_with("BEGIN IMMEDIATE").await,
            DatabaseUrl::Postgres(_) => self.writer.begin().await,
        };
        let transaction = begun.map_err(|cause| self.failed(cause))?;
        Ok(WriteTransaction { transaction, database: self.clone(), revision: None })
    }

    /// The number of the last change that was committed; 0 before the first.
    ///
    /// # Errors
    /// [`StorageError::Query`].
    pub async fn revision(&self) -> Result<i64, StorageError> {
        sqlx::query_scalar("SELECT revision FROM change_counter WHERE id = 1")
            .fetch_one(&self.reader)
            .await
            .map_err(|cause| self.failed(cause))
    }

    /// What to wait on before looking at [`Database::revision`] again.
    pub async fn watch_changes(&self) -> ChangeWatch {
        let DatabaseUrl::Postgres(url) = &*self.url else { return ChangeWatch::new(None) };
        let listening = async {
            let mut listener = PgListener::connect(url.as_str()).await?;
            listener.listen(CHANNEL).await?;
            Ok::<_, sqlx::Error>(listener)
        };
        let listener = listening.await.inspect_err(|error| {
            tracing::warn!(%error, database = %self.url, "can not listen for changes; they show with a delay of a second");
        });
        ChangeWatch::new(listener.ok())
    }

    /// True if other processes may share the database: then their changes have to be followed.
    pub fn is_shared(&self) -> bool {
        matches!(*self.url, DatabaseUrl::Postgres(_))
    }

    /// What a task gives, unless it takes too long: then it is dropped. Requests have their own deadline; what runs in the background
    /// would wait for ever on a connection whose other end is gone without a word.
    ///
    /// # Errors
    /// [`StorageError::Timeout`], and the task's own.
    pub async fn in_time<T, E: From<StorageError>>(&self, task: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        let late = |_| StorageError::Timeout { database: self.url.to_string(), seconds: self.answer_timeout.as_secs() };
        timeout(self.answer_timeout, task).await.map_err(late)?
    }

    /// Names this database in the error of a statement.
    pub fn failed(&self, cause: sqlx::Error) -> StorageError {
        StorageError::Query { database: self.url.to_string(), cause }
    }

    /// Closes all connections, after the statements that run.
    pub async fn close(&self) {
        self.reader.close().await;
        self.writer.close().await;
    }
}

/// A transaction that writes. Rolled back unless [`WriteTransaction::commit`] is called.
pub struct WriteTransaction {
    transaction: Transaction<'static, Any>,
    database: Database,
    revision: Option<i64>,
}

impl WriteTransaction {
    /// What statements run on.
    pub fn connection(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }

    /// The number of this change, one for the whole transaction. From here on no other writer passes until the end of
    /// the transaction, so that numbers become visible in their order.
    ///
    /// # Errors
    /// [`StorageError::Query`].
    pub async fn next_revision(&mut self) -> Result<i64, StorageError> {
        if let Some(revision) = self.revision {
            return Ok(revision);
        }
        let revision =
            sqlx::query_scalar("UPDATE change_counter SET revision = revision + 1 WHERE id = 1 RETURNING revision")
                .fetch_one(&mut *self.transaction)
                .await
                .map_err(|cause| self.database.failed(cause))?;
        self.revision = Some(revision);
        Ok(revision)
    }

    /// Makes what was written durable and visible.
    ///
    /// # Errors
    /// [`StorageError::Query`]; then nothing was written.
    pub async fn commit(mut self) -> Result<(), StorageError> {
        if is_dry_run() {
            return self.transaction.rollback().await.map_err(|cause| self.database.failed(cause));
        }
        if let (Some(revision), true) = (self.revision, self.database.is_shared()) {
            // Sent by the server at the commit, not before.
            sqlx::query("SELECT 1 FROM (SELECT pg_notify($1, $2)) AS sent")
                .bind(CHANNEL)
                .bind(revision.to_string())
                .execute(&mut *self.transaction)
                .await
                .map_err(|cause| self.database.failed(cause))?;
        }
        let database = self.database;
        self.transaction.commit().await.map_err(|cause| database.failed(cause))
    }
}

fn pool(connections: u32, limits: PoolLimits) -> AnyPoolOptions {
    AnyPoolOptions::new().max_connections(connections).acquire_timeout(limits.acquire_timeout)
}

/// A connection to another machine may be dead without anybody knowing: it is asked before it is given out and when it comes back, and has
/// a fraction of the caller's patience to answer, so that the caller gets another one. What this can't bound is the question that sqlx
/// itself asks a connection after `after_release`: a way that is cut in just that moment costs the pool this one connection.
fn postgres_pool(limits: PoolLimits) -> AnyPoolOptions {
    let patience = limits.acquire_timeout / 4;
    pool(limits.connections, limits)
        .test_before_acquire(false)
        .before_acquire(move |connection, _| Box::pin(answers(connection, patience)))
        .after_release(move |connection, _| Box::pin(answers(connection, patience)))
}

async fn answers(connection: &mut AnyConnection, patience: Duration) -> Result<bool, sqlx::Error> {
    timeout(patience, connection.ping()).await.unwrap_or(Err(sqlx::Error::PoolTimedOut)).map(|()| true)
}

fn sqlite_pool(connections: u32, limits: PoolLimits, setup: &'static [&'static str]) -> AnyPoolOptions {
    // Connections to a file need no renewal, and a database in memory dies with its last one.
    pool(connections, limits).idle_timeout(None).max_lifetime(None).after_connect(move |connection, _| {
        Box::pin(async move {
            for statements in setup {
                connection.execute(*statements).await?;
            }
            Ok(())
        })
    })
}

/// One connection for everything: each further one would see a database of its own.
async fn connect_sqlite_memory(limits: PoolLimits) -> Result<AnyPool, sqlx::Error> {
    sqlite_pool(1, limits, &[SQLITE_SETUP]).connect_with("sqlite::memory:".parse()?).await
}

/// The address of a file, in a mode of SQLite's.
pub(crate) fn sqlite_address(path: &Path, mode: &str) -> Result<String, sqlx::Error> {
    /// What would end the path in sqlx's address of a file.
    const RESERVED: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#').add(b' ');
    let path = path.to_str().ok_or_else(|| sqlx::Error::Configuration("the path is not UTF-8".into()))?;
    Ok(format!("sqlite:{}?mode={mode}", utf8_percent_encode(path, RESERVED)))
}

async fn connect_sqlite_file(path: &Path, limits: PoolLimits) -> Result<(AnyPool, AnyPool), sqlx::Error> {
    let address = sqlite_address(path, "rwc")?;
    // The writer first: it makes the file and turns WAL on.
    let writer = sqlite_pool(1, limits, &[SQLITE_SETUP]).connect_with(address.parse()?).await?;
    let reader = sqlite_pool(SQLITE_READERS, limits, &[SQLITE_SETUP, SQLITE_READER_SETUP])
        .connect_with(address.parse()?)
        .await?;
    Ok((writer, reader))
}
