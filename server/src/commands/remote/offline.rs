//! Tokens by the database itself, for who runs the server: of programs, and of all there are.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context as _, bail};
use audit::{AuditStore, NewEntry, Outcome};
use identity::{NewToken, Token, TokenOwner, TokenStore};
use secrecy::SecretString;
use server::config::{Config, Environment, Overrides};
use storage::{Database, DatabaseUrl};

/// Whom the audit log names: who may open the database need not say who they are.
const COMMAND_LINE: &str = "command line";

/// The tokens of a server, which may be running: writing takes the lock of its database.
pub(super) struct Offline {
    database: Database,
    tokens: TokenStore,
    audit: AuditStore,
}

impl Offline {
    /// Opens the database that the configuration names.
    ///
    /// # Errors
    /// If the configuration can't be read, or the database not be opened.
    pub(super) async fn open(files: &[PathBuf]) -> anyhow::Result<Self> {
        let config = Config::load(files, &Environment::of_process(), &Overrides::default())?.config;
        let url = config.backend.database.url();
        if *url == DatabaseUrl::SqliteMemory {
            bail!(
                "the database is in the memory of the server, where nothing else can reach it; set `backend.database.connection` to a file"
            );
        }
        let database = Database::connect_within(url, config.backend.database.limits()).await?;
        database.migrate().await?;
        let audit = AuditStore::open(database.clone(), config.audit.key(url)?, config.audit.limits().segments).await?;
        Ok(Self { tokens: TokenStore::new(database.clone(), config.auth.tokens.limits()), audit, database })
    }

    /// Makes a token for a program of the same name.
    ///
    /// # Errors
    /// As [`TokenStore::create`].
    pub(super) async fn create(
        &self,
        name: &str,
        scopes: Vec<String>,
        ttl: Option<Duration>,
    ) -> anyhow::Result<(Token, SecretString)> {
        let owner = TokenOwner::program(name);
        let made = self.tokens.create(NewToken { name: name.to_owned(), owner, scopes, ttl, parent: None }).await?;
        self.enter("identity.token.create", &made.0).await?;
        Ok(made)
    }

    /// What is done beside the server is in its log too.
    async fn enter(&self, action: &str, token: &Token) -> anyhow::Result<()> {
        let at = jiff::Timestamp::now().as_microsecond();
        let entry = NewEntry {
            at,
            principal: COMMAND_LINE.to_owned(),
            action: action.to_owned(),
            entity: format!("token {} of {}", token.name, token.owner.name),
            address: String::new(),
            outcome: Outcome::Done,
            request_id: String::new(),
            count: 1,
        };
        self.audit.append(vec![entry], at).await.context("it was done, but not entered into the audit log")
    }

    /// The tokens of everybody.
    ///
    /// # Errors
    /// As [`TokenStore::list`].
    pub(super) async fn list(&self) -> anyhow::Result<Vec<Token>> {
        Ok(self.tokens.list(None).await?)
    }

    /// Revokes a token by its id, or by its name where only one has it.
    ///
    /// # Errors
    /// If there is none, or several have the name.
    pub(super) async fn revoke(&self, named: &str) -> anyhow::Result<Token> {
        let mut found = self.list().await?;
        found.retain(|token| token.id == named || token.name == named);
        if found.len() > 1 {
            bail!(
                "{} tokens are named `{named}`; name the one by its id, which `callboard token list --offline` tells",
                found.len()
            );
        }
        let token = found.pop().with_context(|| format!("there is no token `{named}`"))?;
        self.tokens.revoke(&token.id, None).await?;
        self.enter("identity.token.revoke", &token).await?;
        Ok(token)
    }

    /// Closes the database.
    pub(super) async fn close(self) {
        self.database.close().await;
    }
}
