//! Sessions in the database.

use async_trait::async_trait;
use sqlx::AnyConnection;
use storage::{Database, StorageError};
use time::OffsetDateTime;
use tower_sessions::{
    session::{Id, Record},
    session_store,
};
use uuid::Uuid;

use crate::{EMBEDDED_KEY, EmbeddedSession, SignedIn, digest::sha256};

/// Where a session keeps its [`SignedIn`].
pub const SESSION_KEY: &str = "signed-in";

/// The table `identity_sessions`.
#[derive(Clone)]
pub struct SessionStore {
    database: Database,
}

/// A session of somebody, for the list of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Names it; can't be used in its place.
    pub handle: String,
    /// The provider.
    pub provider: String,
    /// When it began, in seconds since 1970.
    pub since: i64,
    /// When it was last used, to within a few minutes.
    pub seen: i64,
    /// True for the one that asks.
    pub is_own: bool,
}

/// The sessions can't be read or written.
#[derive(Debug, thiserror::Error)]
#[error("sessions can not be read or written: {0}")]
pub struct SessionError(#[from] StorageError);

impl std::fmt::Debug for SessionStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SessionStore")
    }
}

impl SessionStore {
    /// The store in a database with all tables.
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// Open sessions of a person, the latest used first.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn of_person(
        &self,
        issuer: &str,
        subject: &str,
        own: Option<Id>,
    ) -> Result<Vec<OpenSession>, SessionError> {
        let rows: Vec<(String, String, String, i64, i64)> = sqlx::query_as(
            "SELECT handle, id_hash, provider, since, seen FROM identity_sessions \
             WHERE issuer = $1 AND subject = $2 AND expires > $3 ORDER BY seen DESC, handle",
        )
        .bind(issuer)
        .bind(subject)
        .bind(now())
        .fetch_all(self.database.reader())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        let own = own.map(|id| hash_of(&id));
        let session = |(handle, hash, provider, since, seen)| OpenSession {
            handle,
            provider,
            since,
            seen,
            is_own: Some(hash) == own,
        };
        Ok(rows.into_iter().map(session).collect())
    }

    /// Ends sessions of a person: the one with this handle, or all; says how many.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn end(&self, issuer: &str, subject: &str, handle: Option<&str>) -> Result<u64, SessionError> {
        let mut transaction = self.database.begin_write().await?;
        let deleted = sqlx::query(
            "DELETE FROM identity_sessions WHERE issuer = $1 AND subject = $2 AND ($3 = '' OR handle = $3)",
        )
        .bind(issuer)
        .bind(subject)
        .bind(handle.unwrap_or_default())
        .execute(transaction.connection())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        transaction.commit().await?;
        Ok(deleted.rows_affected())
    }

    /// Deletes what has expired.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn prune(&self) -> Result<u64, SessionError> {
        let mut transaction = self.database.begin_write().await?;
        let deleted = sqlx::query("DELETE FROM identity_sessions WHERE expires <= $1")
            .bind(now())
            .execute(transaction.connection())
            .await
            .map_err(|cause| self.database.failed(cause))?;
        transaction.commit().await?;
        Ok(deleted.rows_affected())
    }

    async fn write(&self, record: &Record) -> Result<(), session_store::Error> {
        let data =
            serde_json::to_string(&record.data).map_err(|error| session_store::Error::Encode(error.to_string()))?;
        let signed_in: Option<SignedIn> =
            record.data.get(SESSION_KEY).and_then(|value| serde_json::from_value(value.clone()).ok());
        let embedded = record.data.get(EMBEDDED_KEY).and_then(|value| serde_json::from_value(value.clone()).ok());
        let signed_in = signed_in.or_else(|| embedded.map(|embedded: EmbeddedSession| embedded.signed_in));
        let row = Row { hash: hash_of(&record.id), data, signed_in, expires: record.expiry_date.unix_timestamp() };
        let writing = async {
            let mut transaction = self.database.begin_write().await?;
            row.write(transaction.connection()).await.map_err(|cause| self.database.failed(cause))?;
            transaction.commit().await
        };
        writing.await.map_err(|error| failed(&error))
    }
}

struct Row {
    hash: String,
    data: String,
    signed_in: Option<SignedIn>,
    expires: i64,
}

impl Row {
    async fn write(&self, connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
        let (issuer, subject, provider, since, seen) = match &self.signed_in {
            Some(SignedIn { person, provider, since, seen, .. }) => {
                (&*person.issuer, &*person.subject, &**provider, *since, *seen)
            }
            None => ("", "", "", 0, 0),
        };
        sqlx::query(
            "INSERT INTO identity_sessions (id_hash, handle, issuer, subject, provider, since, seen, expires, data) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
             ON CONFLICT (id_hash) DO UPDATE SET issuer = excluded.issuer, subject = excluded.subject, provider = excluded.provider, \
             since = excluded.since, seen = excluded.seen, expires = excluded.expires, data = excluded.data",
        )
        .bind(&*self.hash)
        .bind(Uuid::now_v7().to_string())
        .bind(issuer)
        .bind(subject)
        .bind(provider)
        .bind(since)
        .bind(seen)
        .bind(self.expires)
        .bind(&*self.data)
        .execute(connection)
        .await
        .map(drop)
    }
}

#[async_trait]
impl session_store::SessionStore for SessionStore {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        // 128 random bits: no two are the same.
        self.write(record).await
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        // What was ended meanwhile stays ended.
        if self.load(&record.id).await?.is_none() {
            return Ok(());
        }
        self.write(record).await
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let row: Option<(String, i64)> =
            sqlx::query_as("SELECT data, expires FROM identity_sessions WHERE id_hash = $1 AND expires > $2")
                .bind(hash_of(id))
                .bind(now())
                .fetch_optional(self.database.reader())
                .await
                .map_err(|cause| failed(&self.database.failed(cause)))?;
        let Some((data, expires)) = row else { return Ok(None) };
        let decode = |error: &dyn std::error::Error| session_store::Error::Decode(error.to_string());
        Ok(Some(Record {
            id: *id,
            data: serde_json::from_str(&data).map_err(|error| decode(&error))?,
            expiry_date: OffsetDateTime::from_unix_timestamp(expires).map_err(|error| decode(&error))?,
        }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let deleting = async {
            let mut transaction = self.database.begin_write().await?;
            sqlx::query("DELETE FROM identity_sessions WHERE id_hash = $1")
                .bind(hash_of(id))
                .execute(transaction.connection())
                .await
                .map_err(|cause| self.database.failed(cause))?;
            transaction.commit().await
        };
        deleting.await.map_err(|error| failed(&error))
    }
}

fn failed(error: &StorageError) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

/// What stands for an id in the table.
fn hash_of(id: &Id) -> String {
    sha256(&id.to_string())
}

pub(crate) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use storage::test_support::TestDatabase;
    use time::Duration;
    use tower_sessions::SessionStore as _;

    use super::*;
    use crate::Person;

    storage::store_tests!(
        a_session_is_kept_until_it_expires,
        people_see_and_end_their_own_sessions,
        what_was_ended_does_not_come_back,
        ids_are_not_in_the_table,
    );

    fn record(subject: &str, left: Duration) -> Record {
        let person = Person {
            issuer: "https://id.example".to_owned(),
            subject: subject.to_owned(),
            name: subject.to_owned(),
            user_name: None,
            email: None,
            email_verified: false,
            groups: Vec::new(),
        };
        let signed_in = SignedIn {
            provider: "oidc".to_owned(),
            person,
            entity_ref: None,
            id_token: "x".to_owned(),
            since: 1,
            seen: 2,
        };
        Record {
            id: Id::default(),
            data: [(SESSION_KEY.to_owned(), json!(signed_in))].into(),
            expiry_date: OffsetDateTime::from_unix_timestamp(now()).unwrap() + left,
        }
    }

    async fn a_session_is_kept_until_it_expires(database: TestDatabase) {
        let store = SessionStore::new(database.clone());
        let (mut kept, mut over) = (record("a", Duration::HOUR), record("a", -Duration::SECOND));
        store.create(&mut kept).await.unwrap();
        store.create(&mut over).await.unwrap();
        assert_eq!(store.load(&kept.id).await.unwrap(), Some(kept.clone()));
        assert_eq!(store.load(&over.id).await.unwrap(), None);
        assert_eq!(store.prune().await.unwrap(), 1);
        kept.data.insert("more".to_owned(), json!(1));
        store.save(&kept).await.unwrap();
        assert_eq!(store.load(&kept.id).await.unwrap().unwrap().data["more"], 1);
    }

    async fn people_see_and_end_their_own_sessions(database: TestDatabase) {
        let store = SessionStore::new(database.clone());
        let mut records = [record("a", Duration::HOUR), record("a", Duration::HOUR), record("b", Duration::HOUR)];
        for record in &mut records {
            store.create(record).await.unwrap();
        }
        let of_a = store.of_person("https://id.example", "a", Some(records[0].id)).await.unwrap();
        assert_eq!(of_a.len(), 2);
        let own = of_a.iter().find(|session| session.is_own).unwrap();
        assert_eq!(store.end("https://id.example", "b", Some(&own.handle)).await.unwrap(), 0, "not b's");
        assert_eq!(store.end("https://id.example", "a", Some(&own.handle)).await.unwrap(), 1);
        assert_eq!(store.load(&records[0].id).await.unwrap(), None);
        assert_eq!(store.end("https://id.example", "a", None).await.unwrap(), 1);
        assert!(store.load(&records[2].id).await.unwrap().is_some());
    }

    async fn what_was_ended_does_not_come_back(database: TestDatabase) {
        let store = SessionStore::new(database.clone());
        let mut record = record("a", Duration::HOUR);
        store.create(&mut record).await.unwrap();
        store.end("https://id.example", "a", None).await.unwrap();
        // A request that was under way saves what it had loaded.
        store.save(&record).await.unwrap();
        assert_eq!(store.load(&record.id).await.unwrap(), None);
    }

    async fn ids_are_not_in_the_table(database: TestDatabase) {
        let store = SessionStore::new(database.clone());
        let mut record = record("a", Duration::HOUR);
        store.create(&mut record).await.unwrap();
        let row: (String, String, String) = sqlx::query_as("SELECT id_hash, handle, data FROM identity_sessions")
            .fetch_one(database.reader())
            .await
            .unwrap();
        let id = record.id.to_string();
        assert!(!row.0.contains(&id) && !row.1.contains(&id) && !row.2.contains(&id));
    }
}
