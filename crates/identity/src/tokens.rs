//! Tokens for scripts, in the database.

use std::time::Duration;

use secrecy::SecretString;
use storage::{Database, StorageError};
use uuid::Uuid;

use crate::{
    sessions::now,
    token_text::{generate, hash_of, hash_of_new},
};

/// How old the note of a token's last use may be, in seconds: writing it with each request would cost more than it tells.
const USED_SECONDS: i64 = 60;
/// The longest name, in characters.
const MAX_NAME: usize = 63;
/// How long a token that has expired stays in lists, in seconds.
const KEEP_EXPIRED_SECONDS: i64 = 30 * 24 * 60 * 60;

/// Of a [`Row`].
macro_rules! columns {
    () => {
        "id, name, issuer, subject, provider, owner_name, owner_ref, scopes, created, expires, last_used"
    };
}

/// The table `identity_tokens`.
#[derive(Clone)]
pub struct TokenStore {
    database: Database,
    limits: TokenLimits,
}

/// What tokens may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenLimits {
    /// How long a token lives that nobody said it of.
    pub default_ttl: Duration,
    /// The longest that one may live.
    pub max_ttl: Duration,
    /// Tokens of one owner.
    pub max_per_owner: u32,
}

/// Whose a token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenOwner {
    /// Of the provider that vouches for a person; empty for a program.
    pub issuer: String,
    /// Names the person at the issuer, or the program.
    pub subject: String,
    /// Name of the configured provider; empty for a program.
    pub provider: String,
    /// For people to read.
    pub name: String,
    /// Canonical ref of the User entity that the person is.
    pub entity_ref: Option<String>,
}

/// A token to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewToken {
    /// Unique among its owner's; letters, digits, `-`, `_` and `.`, at most 63.
    pub name: String,
    /// Whose it is.
    pub owner: TokenOwner,
    /// What it is good for, by name; at least one.
    pub scopes: Vec<String>,
    /// How long it lives; [`TokenLimits::default_ttl`] without.
    pub ttl: Option<Duration>,
    /// The token that makes it, if a token does.
    pub parent: Option<Token>,
}

/// A token, less its text, which only its owner has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Names it; can't be used in its place.
    pub id: String,
    /// For people to tell it by.
    pub name: String,
    /// Whose it is.
    pub owner: TokenOwner,
    /// What it is good for, by name.
    pub scopes: Vec<String>,
    /// When it was made, in seconds since 1970.
    pub created: i64,
    /// When it ends, in seconds since 1970.
    pub expires: i64,
    /// When it was last used, to within a minute, in seconds since 1970; none if never.
    pub last_used: Option<i64>,
}

/// A token can't be made, or the table can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The name is none.
    #[error("a token's name has 1 to {MAX_NAME} letters, digits, `-`, `_` and `.`")]
    Name,
    /// It would be good for nothing.
    #[error("say what the token is for: it needs at least one scope")]
    NoScope,
    /// It would live too long, or not at all.
    #[error("a token lives at least 1 s and at most {} days (`auth.tokens.maxTtl`)", .0.as_secs() / 86_400)]
    Ttl(Duration),
    /// The owner has one of this name.
    #[error("there is a token `{0}` already, and its secret is shown only once; revoke it first, or take another name")]
    Taken(String),
    /// The owner has as many as one may.
    #[error("nobody may have more than {0} tokens (`auth.tokens.maxPerOwner`); revoke one that is not needed")]
    TooMany(u32),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Random,
    /// The database.
    #[error("tokens can not be read or written: {0}")]
    Store(#[from] StorageError),
}

impl TokenStore {
    /// The store in a database with all tables.
    pub fn new(database: Database, limits: TokenLimits) -> Self {
        Self { database, limits }
    }

    /// What tokens may be.
    pub fn limits(&self) -> TokenLimits {
        self.limits
    }

    /// Makes a token. Its text is given here and never again.
    ///
    /// # Errors
    /// Every [`TokenError`].
    pub async fn create(&self, new: NewToken) -> Result<(Token, SecretString), TokenError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if !(1..=MAX_NAME).contains(&new.name.len()) || !new.name.chars().all(is_plain) {
            return Err(TokenError::Name);
        }
        if new.scopes.is_empty() {
            return Err(TokenError::NoScope);
        }
        let created = now();
        let expires = created + self.seconds(new.ttl)?;
        // One that a token made must not outlive it.
        let expires = new.parent.as_ref().map_or(expires, |parent| expires.min(parent.expires));
        let secret = generate().ok_or(TokenError::Random)?;
        let parent = new.parent.map(|parent| parent.id).unwrap_or_default();
        let token = Token {
            id: Uuid::now_v7().to_string(),
            name: new.name,
            owner: new.owner,
            scopes: new.scopes,
            created,
            expires,
            last_used: None,
        };
        self.insert(&token, &hash_of_new(&secret), &parent).await?;
        Ok((token, secret))
    }

    fn seconds(&self, ttl: Option<Duration>) -> Result<i64, TokenError> {
        let TokenLimits { default_ttl, max_ttl, .. } = self.limits;
        let ttl = ttl.unwrap_or(default_ttl.min(max_ttl));
        let seconds = i64::try_from(ttl.as_secs()).ok().filter(|seconds| *seconds > 0 && ttl <= max_ttl);
        seconds.ok_or(TokenError::Ttl(max_ttl))
    }

    async fn insert(&self, token: &Token, hash: &str, parent: &str) -> Result<(), TokenError> {
        let failed = |cause| self.database.failed(cause);
        let Token { id, name, owner, scopes, created, expires, .. } = token;
        let mut transaction = self.database.begin_write().await?;
        // What has expired does not keep its name from others.
        sqlx::query("DELETE FROM identity_tokens WHERE issuer = $1 AND subject = $2 AND name = $3 AND expires <= $4")
            .bind(&*owner.issuer)
            .bind(&*owner.subject)
            .bind(&**name)
            .bind(created)
            .execute(transaction.connection())
            .await
            .map_err(failed)?;
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM identity_tokens WHERE issuer = $1 AND subject = $2")
            .bind(&*owner.issuer)
            .bind(&*owner.subject)
            .fetch_one(transaction.connection())
            .await
            .map_err(failed)?;
        let inserted = sqlx::query(
            "INSERT INTO identity_tokens (token_hash, id, name, issuer, subject, provider, owner_name, owner_ref, scopes, parent, created, \
             expires, last_used) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0) ON CONFLICT (issuer, subject, name) DO NOTHING",
        )
        .bind(hash)
        .bind(&**id)
        .bind(&**name)
        .bind(&*owner.issuer)
        .bind(&*owner.subject)
        .bind(&*owner.provider)
        .bind(&*owner.name)
        .bind(owner.entity_ref.as_deref().unwrap_or_default())
        .bind(scopes.join(" "))
        .bind(parent)
        .bind(created)
        .bind(expires)
        .execute(transaction.connection())
        .await
        .map_err(failed)?;
        if inserted.rows_affected() == 0 {
            return Err(TokenError::Taken(name.clone()));
        }
        // Dropped without a commit, the row goes again.
        if count >= i64::from(self.limits.max_per_owner) {
            return Err(TokenError::TooMany(self.limits.max_per_owner));
        }
        Ok(transaction.commit().await?)
    }

    /// The token with this text, if it is one that is neither revoked nor over, and notes that it was used.
    ///
    /// # Errors
    /// [`TokenError::Store`].
    pub async fn authenticate(&self, text: &str) -> Result<Option<Token>, TokenError> {
        let Some(hash) = hash_of(text) else { return Ok(None) };
        let row: Option<Row> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM identity_tokens WHERE token_hash = $1 AND expires > $2"
        ))
        .bind(&*hash)
        .bind(now())
        .fetch_optional(self.database.reader())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        let Some(token) = row.map(token) else { return Ok(None) };
        if token.last_used.is_none_or(|used| now() - used > USED_SECONDS) {
            self.note_use(&hash).await?;
        }
        Ok(Some(token))
    }

    async fn note_use(&self, hash: &str) -> Result<(), TokenError> {
        let mut transaction = self.database.begin_write().await?;
        sqlx::query("UPDATE identity_tokens SET last_used = $1 WHERE token_hash = $2")
            .bind(now())
            .bind(hash)
            .execute(transaction.connection())
            .await
            .map_err(|cause| self.database.failed(cause))?;
        Ok(transaction.commit().await?)
    }

    /// Tokens of an owner by `issuer` and `subject`, or all of them; the latest first.
    ///
    /// # Errors
    /// [`TokenError::Store`].
    pub async fn list(&self, owner: Option<(&str, &str)>) -> Result<Vec<Token>, TokenError> {
        let (issuer, subject) = owner.unwrap_or_default();
        let rows: Vec<Row> = sqlx::query_as(concat!(
            "SELECT ",
            columns!(),
            " FROM identity_tokens WHERE $1 = 'all' OR (issuer = $2 AND subject = $3) ORDER BY created DESC, id DESC"
        ))
        .bind(whose(owner))
        .bind(issuer)
        .bind(subject)
        .fetch_all(self.database.reader())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        Ok(rows.into_iter().map(token).collect())
    }

    /// Revokes a token by its id, with those it has made; says whether there was one. Only an owner's, where one is named.
    ///
    /// # Errors
    /// [`TokenError::Store`].
    pub async fn revoke(&self, id: &str, owner: Option<(&str, &str)>) -> Result<bool, TokenError> {
        let (issuer, subject) = owner.unwrap_or_default();
        let mut transaction = self.database.begin_write().await?;
        let deleted = sqlx::query(
            "DELETE FROM identity_tokens WHERE (id = $1 OR parent = $1) AND ($2 = 'all' OR (issuer = $3 AND subject = $4))",
        )
        .bind(id)
        .bind(whose(owner))
        .bind(issuer)
        .bind(subject)
        .execute(transaction.connection())
        .await
        .map_err(|cause| self.database.failed(cause))?;
        transaction.commit().await?;
        Ok(deleted.rows_affected() > 0)
    }

    /// Deletes what expired a month ago; until then it can be seen in lists.
    ///
    /// # Errors
    /// [`TokenError::Store`].
    pub async fn prune(&self) -> Result<u64, TokenError> {
        let mut transaction = self.database.begin_write().await?;
        let deleted = sqlx::query("DELETE FROM identity_tokens WHERE expires <= $1")
            .bind(now() - KEEP_EXPIRED_SECONDS)
            .execute(transaction.connection())
            .await
            .map_err(|cause| self.database.failed(cause))?;
        transaction.commit().await?;
        Ok(deleted.rows_affected())
    }
}

impl TokenOwner {
    /// A program of this name.
    pub fn program(name: &str) -> Self {
        Self {
            issuer: String::new(),
            subject: name.to_owned(),
            provider: String::new(),
            name: name.to_owned(),
            entity_ref: None,
        }
    }

    /// True for a person; false for a program.
    pub fn is_person(&self) -> bool {
        !self.issuer.is_empty()
    }

    /// What finds the owner's tokens.
    pub fn key(&self) -> (&str, &str) {
        (&self.issuer, &self.subject)
    }
}

fn whose(owner: Option<(&str, &str)>) -> &'static str {
    if owner.is_some() { "own" } else { "all" }
}

type Row = (String, String, String, String, String, String, String, String, i64, i64, i64);

fn token(row: Row) -> Token {
    let (id, name, issuer, subject, provider, owner_name, owner_ref, scopes, created, expires, last_used) = row;
    let entity_ref = Some(owner_ref).filter(|entity_ref| !entity_ref.is_empty());
    Token {
        id,
        name,
        owner: TokenOwner { issuer, subject, provider, name: owner_name, entity_ref },
        scopes: scopes.split(' ').map(str::to_owned).collect(),
        created,
        expires,
        last_used: Some(last_used).filter(|used| *used > 0),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;
    use storage::test_support::TestDatabase;

    use super::*;

    storage::store_tests!(
        a_token_is_good_until_it_is_revoked,
        a_token_that_has_expired_is_none,
        owners_have_their_own_names_and_lists,
        limits_are_kept,
        what_a_token_made_goes_with_it_and_ends_with_it,
        the_text_is_not_in_the_table,
    );

    const DAY: Duration = Duration::from_hours(24);
    const LIMITS: TokenLimits = TokenLimits { default_ttl: DAY, max_ttl: Duration::from_hours(48), max_per_owner: 2 };

    fn store(database: &TestDatabase) -> TokenStore {
        TokenStore::new((**database).clone(), LIMITS)
    }

    fn person(subject: &str) -> TokenOwner {
        TokenOwner {
            issuer: "https://id.example".to_owned(),
            provider: "oidc-main".to_owned(),
            ..TokenOwner::program(subject)
        }
    }

    fn new(name: &str, subject: &str) -> NewToken {
        NewToken {
            name: name.to_owned(),
            owner: person(subject),
            scopes: vec!["catalog:read".to_owned(), "catalog:write".to_owned()],
            ttl: None,
            parent: None,
        }
    }

    async fn change(database: &TestDatabase, sql: &'static str) {
        let mut transaction = database.begin_write().await.unwrap();
        sqlx::query(sql).execute(transaction.connection()).await.unwrap();
        transaction.commit().await.unwrap();
    }

    async fn a_token_is_good_until_it_is_revoked(database: TestDatabase) {
        let store = store(&database);
        let (made, secret) = store.create(new("ci", "a")).await.unwrap();
        assert_eq!(made.expires - made.created, 86_400);
        let found = store.authenticate(secret.expose_secret()).await.unwrap().unwrap();
        assert_eq!(found, made);
        let used = store.list(None).await.unwrap().remove(0).last_used;
        assert!(used.is_some_and(|used| used >= made.created), "{used:?}");
        assert!(!store.revoke(&made.id, Some(person("b").key())).await.unwrap(), "it is not b's");
        assert!(store.authenticate(secret.expose_secret()).await.unwrap().is_some());
        assert!(store.revoke(&made.id, Some(person("a").key())).await.unwrap());
        assert_eq!(store.authenticate(secret.expose_secret()).await.unwrap(), None);
        assert!(!store.revoke(&made.id, None).await.unwrap(), "it is gone");
    }

    async fn a_token_that_has_expired_is_none(database: TestDatabase) {
        let store = store(&database);
        let (_, secret) = store.create(new("ci", "a")).await.unwrap();
        change(&database, "UPDATE identity_tokens SET expires = created - 1, created = created - 2").await;
        assert_eq!(store.authenticate(secret.expose_secret()).await.unwrap(), None);
        assert_eq!(store.list(None).await.unwrap().len(), 1, "its owner can see what became of it");
        assert_eq!(store.prune().await.unwrap(), 0);
        store.create(new("ci", "a")).await.expect("its name is free again");
        change(&database, "UPDATE identity_tokens SET expires = 1").await;
        assert_eq!(store.prune().await.unwrap(), 1);
    }

    async fn owners_have_their_own_names_and_lists(database: TestDatabase) {
        let store = store(&database);
        store.create(new("ci", "a")).await.unwrap();
        store.create(new("ci", "b")).await.unwrap();
        let program = NewToken { owner: TokenOwner::program("a"), ..new("ci", "a") };
        store.create(program).await.unwrap();
        let taken = store.create(new("ci", "a")).await.unwrap_err();
        assert!(taken.to_string().starts_with("there is a token `ci` already"), "{taken}");
        assert_eq!(store.list(Some(person("a").key())).await.unwrap().len(), 1);
        assert_eq!(store.list(None).await.unwrap().len(), 3);
    }

    async fn limits_are_kept(database: TestDatabase) {
        let store = store(&database);
        for name in ["", "a b", "ä", "a\n", &"x".repeat(64)] {
            assert!(matches!(store.create(new(name, "a")).await, Err(TokenError::Name)), "{name:?}");
        }
        for ttl in [Duration::ZERO, Duration::from_millis(10), DAY * 3, Duration::MAX] {
            let long = NewToken { ttl: Some(ttl), ..new("ci", "a") };
            assert!(matches!(store.create(long).await, Err(TokenError::Ttl(_))), "{ttl:?}");
        }
        let useless = NewToken { scopes: Vec::new(), ..new("ci", "a") };
        assert!(matches!(store.create(useless).await, Err(TokenError::NoScope)));
        store.create(new("1", "a")).await.unwrap();
        store.create(new("2", "a")).await.unwrap();
        assert!(matches!(store.create(new("3", "a")).await, Err(TokenError::TooMany(2))));
        assert_eq!(store.list(None).await.unwrap().len(), 2);
    }

    async fn what_a_token_made_goes_with_it_and_ends_with_it(database: TestDatabase) {
        let store = store(&database);
        let short = NewToken { ttl: Some(Duration::from_hours(1)), ..new("login", "a") };
        let (parent, _) = store.create(short).await.unwrap();
        let (child, secret) = store.create(NewToken { parent: Some(parent.clone()), ..new("ci", "a") }).await.unwrap();
        assert_eq!(child.expires, parent.expires);
        assert!(store.revoke(&parent.id, None).await.unwrap());
        assert_eq!(store.authenticate(secret.expose_secret()).await.unwrap(), None);
    }

    async fn the_text_is_not_in_the_table(database: TestDatabase) {
        let store = store(&database);
        let (made, secret) = store.create(new("ci", "a")).await.unwrap();
        let text = secret.expose_secret();
        assert!(!format!("{made:?}{secret:?}").contains(text));
        let stored: String = sqlx::query_scalar("SELECT token_hash || id || name || parent FROM identity_tokens")
            .fetch_one(database.reader())
            .await
            .unwrap();
        assert!(!stored.contains(&text[3..43]), "{stored}");
        // Who reads the table has nothing to come in with.
        assert_eq!(store.authenticate(&stored[..64]).await.unwrap(), None);
    }
}
