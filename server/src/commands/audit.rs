//! `callboard audit`: the log by the database itself, for who runs the server.

use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::bail;
use audit::{Anchor, AuditStore, Query, Verification};
use clap::{Args, Subcommand, ValueEnum};
use model::audit::ListAudit;
use server::{
    audit_text::{ExportFormat, query, told},
    config::{Config, Environment, Overrides},
};
use storage::{Database, DatabaseUrl};
use tokio::runtime::Runtime;

use super::remote::print_table;

/// Entries that are read at once.
const CHUNK: i64 = 500;

#[derive(Subcommand)]
pub(crate) enum AuditCommand {
    /// Check that nothing in the log was changed since it was written; names the first entry that does not fit, and exits with 1
    Verify {
        /// An end of the log as an earlier run has printed it: says also whether the log still is the one that ended there
        #[arg(long, value_name = "NUMBER:MAC")]
        includes: Option<Anchor>,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Print entries, the latest first
    List {
        #[command(flatten)]
        filter: FilterArgs,
        /// Entries, at most
        #[arg(long, default_value_t = ListAudit::DEFAULT_LIMIT)]
        limit: u32,
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Print all entries for other programs, the latest first
    Export {
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        #[command(flatten)]
        filter: FilterArgs,
        #[command(flatten)]
        config: ConfigArgs,
    },
}

#[derive(Clone, Copy, Default, ValueEnum)]
pub(crate) enum Format {
    /// For spreadsheets
    #[default]
    Csv,
    /// A JSON object a line
    Jsonl,
}

#[derive(Args)]
pub(crate) struct ConfigArgs {
    /// Configuration file; repeated ones are laid over one another [default: callboard.yaml, else app-config.yaml]
    #[arg(long = "config", value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Args)]
pub(crate) struct FilterArgs {
    /// Who, for example user:default/alice
    #[arg(long, default_value = "", hide_default_value = true)]
    principal: String,
    /// What, for example catalog.location.create
    #[arg(long, default_value = "", hide_default_value = true)]
    action: String,
    /// On what, for example component:default/web
    #[arg(long, default_value = "", hide_default_value = true)]
    entity: String,
    /// done, denied or failed
    #[arg(long, default_value = "", hide_default_value = true)]
    outcome: String,
    /// Not before this time, or this day in UTC: 2026-11-23
    #[arg(long, default_value = "", hide_default_value = true)]
    from: String,
    /// Before this time, or to the end of this day
    #[arg(long, default_value = "", hide_default_value = true)]
    to: String,
}

impl FilterArgs {
    fn query(self) -> anyhow::Result<Query> {
        let Self { principal, action, entity, outcome, from, to } = self;
        let list = ListAudit { principal, action, entity, outcome, from, to, ..ListAudit::default() };
        query(&list).map_err(anyhow::Error::msg)
    }
}

/// Does what the command line says.
pub(crate) fn audit(command: AuditCommand) -> anyhow::Result<ExitCode> {
    Runtime::new()?.block_on(async {
        match command {
            AuditCommand::Verify { includes, config } => verify(&open(&config).await?, includes.as_ref()).await,
            AuditCommand::List { filter, limit, config } => {
                list(&open(&config).await?, Query { limit: limit.into(), ..filter.query()? }).await
            }
            AuditCommand::Export { format, filter, config } => {
                let format = match format {
                    Format::Csv => ExportFormat::Csv,
                    Format::Jsonl => ExportFormat::JsonLines,
                };
                export(&open(&config).await?, filter.query()?, format).await
            }
        }
    })
}

/// The log as it is: a key that does not fit is for `verify` to tell.
async fn open(args: &ConfigArgs) -> anyhow::Result<AuditStore> {
    let config = Config::load(&args.files, &Environment::of_process(), &Overrides::default())?.config;
    let section = &config.backend.database;
    if *section.url() == DatabaseUrl::SqliteMemory {
        bail!(
            "the database is in the memory of the server, where nothing else can reach it; set `backend.database.connection` to a file"
        );
    }
    let database = Database::connect_within(section.url(), section.limits()).await?;
    let key = config.audit.key(section.url())?;
    Ok(AuditStore::unchecked(database, key, config.audit.limits().segments))
}

async fn verify(store: &AuditStore, includes: Option<&Anchor>) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    match store.verify(includes).await? {
        Verification::Fits(verified) => {
            let pruned = match verified.pruned {
                0 => String::new(),
                pruned => format!(", {pruned} older ones were pruned"),
            };
            writeln!(out, "{} entries in {} segments fit{pruned}", verified.entries, verified.segments + 1)?;
            writeln!(out, "end: {}", verified.end)?;
            Ok(ExitCode::SUCCESS)
        }
        Verification::Broken(fault) => {
            writeln!(out, "{fault}")?;
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn list(store: &AuditStore, query: Query) -> anyhow::Result<ExitCode> {
    let rows: Vec<_> = store
        .list(&query)
        .await?
        .into_iter()
        .map(|entry| {
            let entry = told(entry);
            let count = if entry.count == 1 { String::new() } else { entry.count.to_string() };
            [
                entry.at,
                entry.principal,
                entry.action,
                entry.entity,
                entry.outcome,
                count,
                entry.address,
                entry.request_id,
            ]
        })
        .collect();
    print_table(["AT", "PRINCIPAL", "ACTION", "ENTITY", "OUTCOME", "COUNT", "ADDRESS", "REQUEST"], &rows)?;
    Ok(ExitCode::SUCCESS)
}

async fn export(store: &AuditStore, query: Query, format: ExportFormat) -> anyhow::Result<ExitCode> {
    let mut out = io::stdout().lock();
    out.write_all(format.head().as_bytes())?;
    let mut query = Query { limit: CHUNK, ..query };
    loop {
        let found = store.list(&query).await?;
        let Some(last) = found.last() else { return Ok(ExitCode::SUCCESS) };
        query.before = Some(last.number);
        for entry in found {
            out.write_all(format.line(entry).as_bytes())?;
        }
    }
}
