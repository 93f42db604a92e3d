//! Tokens by the database itself, for who runs the server: of programs, and of all there are.

use std::{path::PathBuf, time::Duration};

use anyhow::{Context as _, bail};
use identity::{NewToken, Token, TokenOwner, TokenStore};
use secrecy::SecretString;
use server::config::{Config, Environment, Overrides};
use storage::{Database, DatabaseUrl};

/// The tokens of a server, which may be running: writing takes the lock of its database.
pub(super) struct Offline {
    database: Database,
    tokens: TokenStore,
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
        Ok(Self { tokens: TokenStore::new(database.clone(), config.auth.tokens.limits()), database })
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
        Ok(self.tokens.create(NewToken { name: name.to_owned(), owner, scopes, ttl, parent: None }).await?)
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
        Ok(token)
    }

    /// Closes the database.
    pub(super) async fn close(self) {
        self.database.close().await;
    }
}
