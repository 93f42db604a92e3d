use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::{Database, StorageError};

/// What was answered to a request, to be answered again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredAnswer {
    /// Of HTTP.
    pub status: u16,
    /// Of the body.
    pub content_type: String,
    /// A text.
    pub body: String,
}

/// What is known of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Nothing: the request is to be worked on, and [`IdempotencyKeys::finish`] or [`IdempotencyKeys::release`] to be called.
    New,
    /// A request with this key is being worked on.
    Running,
    /// It was given to another request.
    OfAnother,
    /// This was answered.
    Done(StoredAnswer),
}

/// Keys that callers gave their creating requests, and what was answered. Cheap to clone.
#[derive(Clone)]
pub struct IdempotencyKeys {
    database: Database,
    keep: Duration,
    lease: Duration,
}

impl IdempotencyKeys {
    /// Keys are kept for a time. A request that is still worked on after `lease` has failed without a word, and may be sent again.
    pub fn new(database: Database, keep: Duration, lease: Duration) -> Self {
        Self { database, keep, lease }
    }

    /// Takes a key for a request, whose fingerprint tells it apart from others. Of several at once, also in several processes, one gets
    /// [`KeyState::New`].
    ///
    /// # Errors
    /// [`StorageError::Query`].
    pub async fn claim(&self, caller: &str, key: &str, fingerprint: &str) -> Result<KeyState, StorageError> {
        let now = now();
        let mut transaction = self.database.begin_write().await?;
        sqlx::query("DELETE FROM idempotency_keys WHERE begun < $1")
            .bind(now - milliseconds(self.keep))
            .execute(transaction.connection())
            .await
            .map_err(|cause| self.database.failed(cause))?;
        let taken = sqlx::query(
            "INSERT INTO idempotency_keys (caller, idempotency_key, fingerprint, begun, status, content_type, body) \
             VALUES ($1, $2, $3, $4, 0, '', '') ON CONFLICT (caller, idempotency_key) DO UPDATE \
             SET fingerprint = excluded.fingerprint, begun = excluded.begun \
             WHERE idempotency_keys.status = 0 AND idempotency_keys.begun < $5",
        )
        .bind(caller)
        .bind(key)
        .bind(fingerprint)
        .bind(now)
        .bind(now - milliseconds(self.lease))
        .execute(transaction.connection())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        if taken.rows_affected() > 0 {
            transaction.commit().await?;
            return Ok(KeyState::New);
        }
        let (known, status, content_type, body): (String, i64, String, String) = sqlx::query_as(
            "SELECT fingerprint, status, content_type, body FROM idempotency_keys \
             WHERE caller = $1 AND idempotency_key = $2",
        )
        .bind(caller)
        .bind(key)
        .fetch_one(transaction.connection())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        transaction.commit().await?;
        Ok(match u16::try_from(status) {
            _ if known != fingerprint => KeyState::OfAnother,
            Ok(0) | Err(_) => KeyState::Running,
            Ok(status) => KeyState::Done(StoredAnswer { status, content_type, body }),
        })
    }

    /// Keeps what was answered.
    ///
    /// # Errors
    /// [`StorageError::Query`].
    pub async fn finish(&self, caller: &str, key: &str, answer: &StoredAnswer) -> Result<(), StorageError> {
        sqlx::query(
            "UPDATE idempotency_keys SET status = $3, content_type = $4, body = $5 \
             WHERE caller = $1 AND idempotency_key = $2",
        )
        .bind(caller)
        .bind(key)
        .bind(i64::from(answer.status))
        .bind(&*answer.content_type)
        .bind(&*answer.body)
        .execute(self.database.writer())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        Ok(())
    }

    /// Forgets a key whose request created nothing.
    ///
    /// # Errors
    /// [`StorageError::Query`].
    pub async fn release(&self, caller: &str, key: &str) -> Result<(), StorageError> {
        sqlx::query("DELETE FROM idempotency_keys WHERE caller = $1 AND idempotency_key = $2")
            .bind(caller)
            .bind(key)
            .execute(self.database.writer())
            .await
            .map_err(|cause| self.database.failed(cause))?;
        Ok(())
    }
}

fn now() -> i64 {
    milliseconds(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default())
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::TestDatabase;

    const LONG: Duration = Duration::from_mins(1);

    #[tokio::test]
    async fn one_of_several_gets_a_key_and_the_others_its_answer() {
        for database in [TestDatabase::sqlite().await, TestDatabase::postgres().await] {
            let keys = IdempotencyKeys::new(database.clone(), LONG, LONG);
            let at_once = tokio::join!(keys.claim("a", "k", "f"), keys.claim("a", "k", "f"), keys.claim("a", "k", "f"));
            let states = [at_once.0.unwrap(), at_once.1.unwrap(), at_once.2.unwrap()];
            assert_eq!(states.iter().filter(|state| **state == KeyState::New).count(), 1, "{states:?}");
            assert_eq!(states.iter().filter(|state| **state == KeyState::Running).count(), 2, "{states:?}");
            assert_eq!(keys.claim("b", "k", "f").await.unwrap(), KeyState::New, "another caller's key is another");
            let answer = StoredAnswer { status: 201, content_type: "application/json".into(), body: "{}".into() };
            keys.finish("a", "k", &answer).await.unwrap();
            assert_eq!(keys.claim("a", "k", "f").await.unwrap(), KeyState::Done(answer));
            assert_eq!(keys.claim("a", "k", "g").await.unwrap(), KeyState::OfAnother);
            keys.release("b", "k").await.unwrap();
            assert_eq!(keys.claim("b", "k", "g").await.unwrap(), KeyState::New);
        }
    }

    #[tokio::test]
    async fn what_never_came_to_an_end_may_be_sent_again_and_what_is_old_is_forgotten() {
        for database in [TestDatabase::sqlite().await, TestDatabase::postgres().await] {
            let keys = IdempotencyKeys::new(database.clone(), LONG, Duration::ZERO);
            assert_eq!(keys.claim("a", "k", "f").await.unwrap(), KeyState::New);
            tokio::time::sleep(Duration::from_millis(5)).await;
            assert_eq!(keys.claim("a", "k", "f").await.unwrap(), KeyState::New, "its lease is over");
            let answer = StoredAnswer { status: 201, content_type: String::new(), body: String::new() };
            keys.finish("a", "k", &answer).await.unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
            let forgetful = IdempotencyKeys::new(database.clone(), Duration::ZERO, LONG);
            assert_eq!(forgetful.claim("a", "k", "f").await.unwrap(), KeyState::New);
        }
    }
}
