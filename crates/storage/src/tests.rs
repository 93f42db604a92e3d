use std::time::Duration;

use tokio::time::timeout;

use crate::{
    BackupError, Database, DatabaseUrl, Lease, LeaseTimes, PoolLimits, StorageError, back_up, restore,
    test_support::{TestDatabase, store_tests},
};

store_tests!(
    a_lease_is_one_processs_at_a_time_and_goes_over_when_it_is_given_back_or_expires,
    migrating_again_changes_nothing,
    a_transaction_counts_once_and_only_if_it_commits,
    revisions_become_visible_in_their_order,
    readers_see_only_what_is_committed,
    a_watch_wakes_at_least_once_a_second,
);

async fn put(database: &Database, source: &str) -> i64 {
    let mut transaction = database.begin_write().await.unwrap();
    let revision = transaction.next_revision().await.unwrap();
    sqlx::query("INSERT INTO catalog_unattached_problems (source, problems, revision) VALUES ($1, '[]', $2)")
        .bind(source)
        .bind(revision)
        .execute(transaction.connection())
        .await
        .unwrap();
    // Others may overtake now, if nothing keeps them.
    tokio::time::sleep(Duration::from_millis(1)).await;
    transaction.commit().await.unwrap();
    revision
}

async fn count(database: &Database) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM catalog_unattached_problems").fetch_one(database.reader()).await.unwrap()
}

async fn a_lease_is_one_processs_at_a_time_and_goes_over_when_it_is_given_back_or_expires(database: TestDatabase) {
    let times = LeaseTimes { lifetime: Duration::from_millis(300), renewal: Duration::from_millis(50) };
    let first = Lease::of(&database, "test", times).await;
    assert!(first.is_held());
    if !database.is_shared() {
        return first.release().await.unwrap();
    }
    let mut second = Lease::of(&database, "test", times).await;
    let other = Lease::of(&database, "other", times).await;
    assert!(!second.is_held() && other.is_held());
    // It is renewed for longer than it lasts.
    assert!(timeout(2 * times.lifetime, second.changed()).await.is_err());

    first.release().await.unwrap();
    second.changed().await;
    assert!(second.is_held());
    let mut third = Lease::of(&database, "test", times).await;
    assert!(!third.is_held());
    // Its process has died.
    drop(second);
    timeout(10 * times.lifetime, third.changed()).await.unwrap();
    assert!(third.is_held());
}

async fn migrating_again_changes_nothing(database: TestDatabase) {
    put(&database, "a").await;
    let again = Database::connect(database.url()).await.unwrap();
    again.migrate().await.unwrap();
    assert_eq!(count(&again).await, 1);
    again.close().await;
}

async fn a_transaction_counts_once_and_only_if_it_commits(database: TestDatabase) {
    let mut transaction = database.begin_write().await.unwrap();
    assert_eq!(transaction.next_revision().await.unwrap(), 1);
    assert_eq!(transaction.next_revision().await.unwrap(), 1);
    drop(transaction);
    assert_eq!(database.revision().await.unwrap(), 0);
    assert_eq!(put(&database, "a").await, 1);
    assert_eq!(database.revision().await.unwrap(), 1);
}

async fn revisions_become_visible_in_their_order(database: TestDatabase) {
    let writers: Vec<_> = (0..20)
        .map(|number| {
            let database = (*database).clone();
            tokio::spawn(async move { put(&database, &number.to_string()).await })
        })
        .collect();
    let mut seen = 0;
    while seen < 20 {
        // One statement, so that both are of one moment.
        let (revision, rows): (i64, i64) = sqlx::query_as(
            "SELECT revision, (SELECT count(*) FROM catalog_unattached_problems) FROM change_counter WHERE id = 1",
        )
        .fetch_one(database.reader())
        .await
        .unwrap();
        assert_eq!(revision, rows);
        seen = revision;
    }
    for writer in writers {
        writer.await.unwrap();
    }
}

async fn readers_see_only_what_is_committed(database: TestDatabase) {
    let mut transaction = database.begin_write().await.unwrap();
    let revision = transaction.next_revision().await.unwrap();
    sqlx::query("INSERT INTO catalog_deletions (entity_ref, revision) VALUES ($1, $2)")
        .bind("api:default/a")
        .bind(revision)
        .execute(transaction.connection())
        .await
        .unwrap();
    // Readers do not wait for the writer.
    assert_eq!(timeout(Duration::from_secs(5), database.revision()).await.unwrap().unwrap(), 0);
    transaction.commit().await.unwrap();
    assert_eq!(database.revision().await.unwrap(), 1);
}

async fn a_watch_wakes_at_least_once_a_second(database: TestDatabase) {
    let mut watch = database.watch_changes().await;
    timeout(Duration::from_secs(5), watch.wait()).await.unwrap();
}

#[tokio::test]
async fn postgres_hints_at_a_change_sooner() {
    let database = TestDatabase::postgres().await;
    let mut watch = database.watch_changes().await;
    // Whatever was under way before.
    watch.wait().await;
    put(&database, "a").await;
    timeout(Duration::from_millis(500), watch.wait()).await.unwrap();
}

#[tokio::test]
async fn a_database_in_memory_is_one_database() {
    let database = Database::connect(&DatabaseUrl::SqliteMemory).await.unwrap();
    database.migrate().await.unwrap();
    put(&database, "a").await;
    assert_eq!((count(&database).await, database.revision().await.unwrap()), (1, 1));
    let other = Database::connect(&DatabaseUrl::SqliteMemory).await.unwrap();
    other.migrate().await.unwrap();
    assert_eq!(count(&other).await, 0);
}

#[tokio::test]
async fn a_file_may_have_any_name_and_its_readers_can_not_write() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::SqliteFile(folder.path().join("new folder/a %41?b#c ä.sqlite"));
    let database = Database::connect(&url).await.unwrap();
    database.migrate().await.unwrap();
    let DatabaseUrl::SqliteFile(path) = &url else { panic!("it is a file") };
    assert!(path.is_file());
    let written = sqlx::query("DELETE FROM change_counter").execute(database.reader()).await;
    assert!(written.unwrap_err().to_string().contains("readonly"));
}

#[tokio::test]
async fn a_database_that_is_not_there_is_named_without_its_password() {
    let database = TestDatabase::postgres().await;
    let DatabaseUrl::Postgres(mut url) = database.url().clone() else { panic!("it is PostgreSQL") };
    url.set_path("/nowhere");
    url.set_password(Some("secret")).unwrap();
    let error = Database::connect(&DatabaseUrl::Postgres(url)).await.err().unwrap();
    assert!(matches!(error, StorageError::Connect { .. }));
    let message = error.to_string();
    assert!(message.starts_with("can not open database `postgres://") && message.contains("/nowhere`: "), "{message}");
    assert!(!format!("{message} {error:?}").contains("secret"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_die_without_a_word_are_replaced() {
    let postgres = TestDatabase::postgres().await;
    let DatabaseUrl::Postgres(mut url) = postgres.url().clone() else { panic!("it is PostgreSQL") };
    let proxy = SilentProxy::start(url.port().unwrap()).await;
    url.set_port(Some(proxy.port)).unwrap();
    let limits =
        PoolLimits { connections: 6, acquire_timeout: Duration::from_secs(2), answer_timeout: Duration::from_secs(1) };
    let database = Database::connect_within(&DatabaseUrl::Postgres(url), limits).await.unwrap();
    let times = LeaseTimes { lifetime: Duration::from_secs(1), renewal: Duration::from_millis(100) };
    let mut lease = Lease::of(&database, "test", times).await;
    for _ in 0..3 {
        assert!(lease.is_held());
        // Some connections come into use. The first callers after a cut may still meet dead ones; the test's own time limit bounds that.
        while tokio::try_join!(database.begin_write(), database.begin_write(), database.begin_write()).is_err() {}
        // sqlx asks a connection that comes back once more, without a bound: a cut in just that moment would cost it.
        while database.reader().num_idle() < 3 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        proxy.cut();
        let late = database.in_time::<i64, StorageError>(database.revision()).await.unwrap_err();
        assert!(matches!(late, StorageError::Timeout { .. } | StorageError::Query { .. }), "{late}");
        lease.changed().await;
        assert!(!lease.is_held(), "it has expired, and nobody can say who has it now");
        proxy.mend();
        lease.changed().await;
        while database.in_time::<i64, StorageError>(database.revision()).await.is_err() {}
    }
}

/// Hands bytes on, until it is cut: then those connections stay open and carry nothing any more, also afterwards.
struct SilentProxy {
    port: u16,
    /// How often it was cut; odd while it is.
    cuts: tokio::sync::watch::Sender<u32>,
}

impl SilentProxy {
    async fn start(to: u16) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (cuts, seen) = tokio::sync::watch::channel(0);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut seen = seen.clone();
                tokio::spawn(async move {
                    let of_connection = *seen.borrow_and_update();
                    if of_connection % 2 == 0 {
                        let mut far = tokio::net::TcpStream::connect(("127.0.0.1", to)).await.unwrap();
                        tokio::select! {
                            _ = tokio::io::copy_bidirectional(&mut near, &mut far) => return,
                            _ = seen.wait_for(|now| *now != of_connection) => {}
                        }
                    }
                    // Held open.
                    std::future::pending::<()>().await;
                });
            }
        });
        Self { port, cuts }
    }

    fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    fn mend(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }
}

#[tokio::test]
async fn a_copy_of_a_database_in_use_can_be_put_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("it's mine.sqlite");
    let url = DatabaseUrl::SqliteFile(path.clone());
    let copy = folder.path().join("copy.sqlite");
    assert!(matches!(back_up(&url, &copy).await, Err(BackupError::Missing(_))));

    let database = Database::connect(&url).await.unwrap();
    database.migrate().await.unwrap();
    for number in 0..50 {
        put(&database, &number.to_string()).await;
    }
    let writer = tokio::spawn({
        let database = database.clone();
        async move {
            for number in 50..200 {
                put(&database, &number.to_string()).await;
            }
        }
    });
    back_up(&url, &copy).await.unwrap();
    writer.await.unwrap();
    assert!(matches!(back_up(&url, &copy).await, Err(BackupError::Exists(_))));
    assert!(matches!(restore(&copy, &url).await, Err(BackupError::Exists(_))));
    database.close().await;

    std::fs::remove_file(&path).unwrap();
    restore(&copy, &url).await.unwrap();
    let restored = Database::connect(&url).await.unwrap();
    restored.migrate().await.unwrap();
    let rows = count(&restored).await;
    assert!((50..=200).contains(&rows), "{rows}");
    // Rows and counter are of one moment.
    assert_eq!(restored.revision().await.unwrap(), rows);
    restored.close().await;

    std::fs::write(&copy, "no database").unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(matches!(restore(&copy, &url).await, Err(BackupError::Unsound { .. })));
    assert!(!path.exists());
    assert!(matches!(back_up(&DatabaseUrl::SqliteMemory, &copy).await, Err(BackupError::NotAFile(_))));
}
