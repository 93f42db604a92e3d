use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};
use model::{
    catalog::{Location, LocationItem, LocationRequest},
    reading::{Json, Read},
};
use serde_json::json;

use super::{
    RemoteArgs,
    http::Remote,
    output::{Format, print, print_json, print_lines, print_table, say},
    runtime,
};

const LOCATIONS: &str = "/api/catalog/locations";

#[derive(Subcommand)]
pub(crate) enum LocationsCommand {
    /// List the registered locations
    List(ListArgs),
    /// Register a URL
    Add(AddArgs),
    /// Unregister a location; what only it leads to goes
    Remove(RemoveArgs),
}

#[derive(Args)]
pub(crate) struct ListArgs {
    /// How to print them
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
    #[command(flatten)]
    remote: RemoteArgs,
}

#[derive(Args)]
pub(crate) struct AddArgs {
    /// Of a catalog file, or a pattern of URLs
    url: String,
    /// Register nothing, only say whether it could be
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    remote: RemoteArgs,
}

#[derive(Args)]
pub(crate) struct RemoveArgs {
    /// Id or URL, as `list` tells it
    location: String,
    #[command(flatten)]
    remote: RemoteArgs,
}

/// Works on registered locations.
pub(crate) fn locations(command: &LocationsCommand) -> anyhow::Result<ExitCode> {
    match command {
        LocationsCommand::List(args) => list(args),
        LocationsCommand::Add(args) => add(args),
        LocationsCommand::Remove(args) => remove(args),
    }?;
    Ok(ExitCode::SUCCESS)
}

async fn known(remote: &Remote) -> anyhow::Result<Vec<Location>> {
    let items: Vec<LocationItem> = remote.read(LOCATIONS.to_owned()).await?;
    Ok(items.into_iter().map(|item| item.data).collect())
}

fn list(args: &ListArgs) -> anyhow::Result<()> {
    let remote = args.remote.open()?;
    let locations = runtime()?.block_on(known(&remote))?;
    match args.output {
        Format::Json => print_json(&json!(locations))?,
        Format::Yaml => print(&catalog::provenance::in_yaml(&json!(locations)))?,
        Format::Name => print_lines(locations.iter().map(|location| &*location.id))?,
        Format::Table if locations.is_empty() => say("no locations are registered"),
        Format::Table => {
            let rows: Vec<_> = locations.into_iter().map(|it| [it.id, it.location_type, it.target]).collect();
            print_table(["ID", "TYPE", "TARGET"], &rows)?;
        }
    }
    Ok(())
}

/// Of the answer to a registering, what is said of it.
struct Registered {
    location: Location,
    exists: bool,
}

impl Read for Registered {
    fn read<J: Json>(json: &J) -> Option<Self> {
        let exists = json.member("exists").and_then(|exists| exists.flag()).unwrap_or_default();
        Some(Self { location: Location::read(&json.member("location")?)?, exists })
    }
}

fn add(args: &AddArgs) -> anyhow::Result<()> {
    let remote = args.remote.open()?;
    let request = LocationRequest { location_type: "url".to_owned(), target: args.url.clone() };
    let address = if args.dry_run { format!("{LOCATIONS}?dryRun=true") } else { LOCATIONS.to_owned() };
    let Registered { location, exists } = runtime()?.block_on(remote.post(&address, &request))?;
    if args.dry_run {
        say(if exists { "it is registered already" } else { "it could be registered" });
        return Ok(());
    }
    say(&format!("registered {}", location.target));
    Ok(print(&format!("{}\n", location.id))?)
}

fn remove(args: &RemoveArgs) -> anyhow::Result<()> {
    let remote = args.remote.open()?;
    runtime()?.block_on(async {
        let named = |location: &Location| location.id == args.location || location.target == args.location;
        let Some(location) = known(&remote).await?.into_iter().find(named) else {
            bail!("no location `{}` is registered; `callboard locations list` tells those that are", args.location);
        };
        // An id is a UUID: nothing in it has to be encoded.
        remote.delete(&format!("{LOCATIONS}/{}", location.id)).await?;
        say(&format!("unregistered {}", location.target));
        Ok(())
    })
}
