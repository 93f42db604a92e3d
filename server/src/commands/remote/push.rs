use std::{
    fs,
    io::{Read as _, stdin},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context as _, bail};
use catalog::descriptor::{self, Limits};
use clap::Args;
use model::catalog::{PreviewChange, PushEntities, PushMode, PushOutcome};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{
    RemoteArgs,
    http::Remote,
    output::{Format, print, print_json, print_lines, print_table, say},
    runtime,
};

#[derive(Args)]
pub(crate) struct PushArgs {
    /// Names the source: lower case letters, digits, `-`, `_` and `.`
    name: String,
    /// YAML or JSON files with entities; `-` is the standard input
    #[arg(required_unless_present = "delete")]
    files: Vec<PathBuf>,
    /// The files hold what changed; without it they are all of the source, and what is not in them goes
    #[arg(long)]
    delta: bool,
    /// With --delta: an entity that is no longer of the source, `component:default/web`
    #[arg(long, value_name = "REF", requires = "delta")]
    delete: Vec<String>,
    /// The commit that the entities are of
    #[arg(long, value_name = "COMMIT")]
    commit: Option<String>,
    /// Push nothing, only say what would become of each entity
    #[arg(long)]
    dry_run: bool,
    /// How to print what became of them
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
    #[command(flatten)]
    remote: RemoteArgs,
}

/// Pushes entities from files to a source of the portal.
pub(crate) fn push(args: &PushArgs) -> anyhow::Result<ExitCode> {
    let mut entities = Vec::new();
    for file in &args.files {
        entities.extend(read(file)?);
    }
    let mode = if args.delta { PushMode::Delta } else { PushMode::Full };
    let body = PushEntities { mode, entities, delete: args.delete.clone(), commit: args.commit.clone() };
    let name = utf8_percent_encode(&args.name, NON_ALPHANUMERIC);
    let address = format!("/api/v1/catalog/sources/{name}?dryRun={}", args.dry_run);
    let remote: Remote = args.remote.open()?;
    let outcome: PushOutcome = runtime()?.block_on(remote.put(&address, &body))?;
    tell(args.output, &outcome)?;
    Ok(ExitCode::SUCCESS)
}

/// The entities of a file.
fn read(file: &PathBuf) -> anyhow::Result<Vec<Value>> {
    let mut bytes = Vec::new();
    if file.as_os_str() == "-" {
        stdin().read_to_end(&mut bytes).context("the standard input can not be read")?;
    } else {
        bytes = fs::read(file).with_context(|| format!("`{}` can not be read", file.display()))?;
    }
    let parsed = descriptor::parse(&bytes, &Limits::default());
    if let Some(error) = parsed.errors.first() {
        bail!("{}:{}:{}: {}", file.display(), error.position.line, error.position.column, error.message);
    }
    Ok(parsed.documents.into_iter().map(|document| document.value).collect())
}

fn word(change: PreviewChange) -> &'static str {
    match change {
        PreviewChange::Conflict => "conflict",
        PreviewChange::Added => "added",
        PreviewChange::Changed => "changed",
        PreviewChange::Unchanged => "unchanged",
    }
}

fn tell(format: Format, outcome: &PushOutcome) -> anyhow::Result<()> {
    match format {
        Format::Json => print_json(&json!(outcome))?,
        Format::Yaml => print(&catalog::provenance::in_yaml(&json!(outcome)))?,
        Format::Name => print_lines(outcome.items.iter().map(|item| &*item.entity_ref))?,
        Format::Table => {
            let kept = outcome.items.iter().filter(|item| item.change != PreviewChange::Unchanged);
            let mut rows: Vec<_> = kept
                .map(|item| {
                    let held_by = item.held_by.as_ref().map(|source| format!("{source} has it, and keeps it"));
                    [word(item.change).to_owned(), item.entity_ref.clone(), held_by.unwrap_or_default()]
                })
                .collect();
            let removed = outcome.removed_refs.iter();
            rows.extend(removed.map(|gone| ["removed".to_owned(), gone.clone(), String::new()]));
            if !rows.is_empty() {
                print_table(["CHANGE", "ENTITY", "NOTE"], &rows)?;
            }
        }
    }
    for warning in &outcome.warnings {
        say(&format!("warning: {}", warning.message));
    }
    let PushOutcome { source, total, added, changed, unchanged, conflicts, removed, .. } = outcome;
    let would = if outcome.is_dry_run { "would have" } else { "has" };
    say(&format!(
        "{source} {would} {total} entities: {added} added, {changed} changed, {unchanged} unchanged, {conflicts} in conflict, {removed} removed"
    ));
    Ok(())
}
