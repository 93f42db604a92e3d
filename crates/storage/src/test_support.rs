//! Fresh databases for store tests, which run on SQLite and on PostgreSQL.

use std::{env, ops::Deref};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;
use url::Url;
use uuid::Uuid;

use crate::{Database, DatabaseUrl};

/// Names the PostgreSQL server of the tests, for example `postgres://callboard@127.0.0.1:5432/postgres`.
pub const POSTGRES_VARIABLE: &str = "CALLBOARD_TEST_POSTGRES";

/// A database of its own for one test, with all tables; gone when dropped.
pub struct TestDatabase {
    database: Database,
    url: DatabaseUrl,
    // Last, so that its folder outlives the connections.
    place: Place,
}

enum Place {
    Folder(#[expect(dead_code, reason = "removes the folder when dropped")] TempDir),
    Server { server: String, name: String },
}

impl TestDatabase {
    /// A SQLite file in a temporary folder.
    ///
    /// # Panics
    /// If it can't be made.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let url = DatabaseUrl::SqliteFile(folder.path().join("test.sqlite"));
        Self::open(url, Place::Folder(folder)).await
    }

    /// A new database on the server that [`POSTGRES_VARIABLE`] names.
    ///
    /// # Panics
    /// If the variable is missing or the database can't be made: a store test is never skipped.
    pub async fn postgres() -> Self {
        let server = env::var(POSTGRES_VARIABLE).unwrap_or_else(|_| {
            panic!("{POSTGRES_VARIABLE} names no PostgreSQL server for store tests; run `make test`")
        });
        let name = format!("test_{}", Uuid::now_v7().simple());
        run_on_server(&server, format!("CREATE DATABASE {name}")).await.expect("a database can be made");
        let mut url = Url::parse(&server).expect("the variable holds an address");
        url.set_path(&name);
        Self::open(DatabaseUrl::Postgres(url), Place::Server { server, name }).await
    }

    async fn open(url: DatabaseUrl, place: Place) -> Self {
        let database = Database::connect(&url).await.expect("the database opens");
        database.migrate().await.expect("the tables can be made");
        Self { database, url, place }
    }

    /// Where it is, to open it a second time.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }
}

impl Deref for TestDatabase {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.database
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Place::Server { server, name } = &self.place else { return };
        let (server, statement) = (server.clone(), format!("DROP DATABASE {name} WITH (FORCE)"));
        // The test's own runtime can't be waited for here.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            // What is left behind goes with the server, which `make test` makes.
            runtime.ok().map(|runtime| runtime.block_on(run_on_server(&server, statement)))
        });
        let _ = dropping.join();
    }
}

async fn run_on_server(server: &str, statement: String) -> Result<(), sqlx::Error> {
    let mut connection = PgConnection::connect(server).await?;
    connection.execute(AssertSqlSafe(statement)).await?;
    connection.close().await
}

/// Runs each `async fn(TestDatabase)` as two tests, `sqlite::name` and `postgres::name`.
///
/// ```ignore
/// storage::test_support::store_tests!(keeps_what_is_written, forgets_what_is_deleted);
///
/// async fn keeps_what_is_written(database: TestDatabase) { … }
/// async fn forgets_what_is_deleted(database: TestDatabase) { … }
/// ```
#[macro_export]
macro_rules! store_tests {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::test_support::TestDatabase::sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::test_support::TestDatabase::postgres().await).await;
            })+
        }
    };
}

pub use store_tests;
