use tokio::task_local;

task_local! {
    static DRY_RUN: ();
}

/// Runs a future whose write transactions are rolled back where they would be committed, so that it fails or succeeds as it would in
/// earnest and leaves nothing. Only for what writes by [`crate::Database::begin_write`] and within the future itself: neither what is
/// written outside of a transaction nor by a task that it spawns is undone.
pub async fn dry_run<F: Future>(future: F) -> F::Output {
    DRY_RUN.scope((), future).await
}

pub(crate) fn is_dry_run() -> bool {
    DRY_RUN.try_with(|()| ()).is_ok()
}

#[cfg(test)]
mod tests {
    use crate::test_support::TestDatabase;

    #[tokio::test]
    async fn a_dry_run_leaves_nothing() {
        for database in [TestDatabase::sqlite().await, TestDatabase::postgres().await] {
            let count = async || -> i64 {
                sqlx::query_scalar("SELECT COUNT(*) FROM leases").fetch_one(database.reader()).await.unwrap()
            };
            let write = async || {
                let mut transaction = database.begin_write().await.unwrap();
                let insert = "INSERT INTO leases (name, holder, expires_at) VALUES ('dry', 'us', 1)";
                sqlx::query(insert).execute(transaction.connection()).await.unwrap();
                transaction.next_revision().await.unwrap();
                transaction.commit().await.unwrap();
            };
            super::dry_run(write()).await;
            assert_eq!(count().await, 0);
            write().await;
            assert_eq!(count().await, 1);
        }
    }
}
