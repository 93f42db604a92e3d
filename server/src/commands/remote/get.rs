use std::process::ExitCode;

use catalog::{kinds::KindRegistry, provenance::in_yaml};
use clap::Args;
use form_urlencoded::Serializer;
use model::entity_ref::EntityRef;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::{
    RemoteArgs,
    http::Remote,
    output::{Format, print, print_json, print_table, say},
    runtime,
};

/// Entities that are asked for at once.
const PAGE: usize = 500;

#[derive(Args)]
pub(crate) struct GetArgs {
    /// Kind, or one entity: `component`, `component/web`, `component:default/web`
    #[arg(value_name = "KIND[/NAME]")]
    target: String,
    /// Namespace [default: all for a list, `default` for one entity]
    #[arg(short, long)]
    namespace: Option<String>,
    /// Conditions joined by commas, as Backstage's API takes them: `spec.type=service,metadata.tags=rust`; repeated ones mean "or"
    #[arg(long, value_name = "CONDITIONS")]
    filter: Vec<String>,
    /// At most so many entities
    #[arg(long, value_name = "NUMBER")]
    limit: Option<usize>,
    /// How to print them
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
    #[command(flatten)]
    remote: RemoteArgs,
}

/// Prints one entity, or those of a kind.
pub(crate) fn get(args: &GetArgs) -> anyhow::Result<ExitCode> {
    let remote = args.remote.open()?;
    let runtime = runtime()?;
    if let Some(entity_ref) = one(args)? {
        let entity = runtime.block_on(remote.json(by_name(&entity_ref)))?;
        match args.output {
            Format::Json => print_json(&entity)?,
            Format::Yaml => print(&in_yaml(&entity))?,
            Format::Name | Format::Table => print_all(&[entity], args.output)?,
        }
        return Ok(ExitCode::SUCCESS);
    }
    let entities = runtime.block_on(list(&remote, args))?;
    match args.output {
        Format::Json => print_json(&Value::Array(entities))?,
        _ if entities.is_empty() => say("no entities found"),
        format => print_all(&entities, format)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The one entity that is asked for; none where it is a kind.
fn one(args: &GetArgs) -> anyhow::Result<Option<EntityRef>> {
    let Some((kind, name)) = args.target.split_once([':', '/']) else { return Ok(None) };
    if !args.filter.is_empty() || args.limit.is_some() {
        anyhow::bail!("`{}` is one entity; --filter and --limit are for lists", args.target);
    }
    let (namespace, name) = match name.split_once('/') {
        Some((namespace, name)) => (namespace, name),
        None => (args.namespace.as_deref().unwrap_or("default"), name),
    };
    Ok(Some(EntityRef::new(singular(kind), namespace, name)))
}

async fn list(remote: &Remote, args: &GetArgs) -> anyhow::Result<Vec<Value>> {
    let most = args.limit.unwrap_or(usize::MAX);
    let mut entities = Vec::new();
    let mut cursor: Option<String> = None;
    while entities.len() < most {
        let page = remote.json(page_of(args, cursor.as_deref(), PAGE.min(most - entities.len()))).await?;
        entities.extend(page["items"].as_array().into_iter().flatten().cloned());
        cursor = page["pageInfo"]["nextCursor"].as_str().map(str::to_owned);
        if cursor.is_none() {
            break;
        }
    }
    Ok(entities)
}

fn page_of(args: &GetArgs, cursor: Option<&str>, limit: usize) -> String {
    let mut query = Serializer::new(String::new());
    query.append_pair("limit", &limit.to_string());
    if let Some(cursor) = cursor {
        query.append_pair("cursor", cursor);
    } else {
        let mut own = format!("kind={}", singular(&args.target));
        if let Some(namespace) = &args.namespace {
            own = format!("{own},metadata.namespace={namespace}");
        }
        query.append_pair("orderField", "metadata.name,asc");
        if args.filter.is_empty() {
            query.append_pair("filter", &own);
        }
        for filter in &args.filter {
            query.append_pair("filter", &format!("{own},{filter}"));
        }
    }
    format!("/api/catalog/entities/by-query?{}", query.finish())
}

fn by_name(EntityRef { kind, namespace, name }: &EntityRef) -> String {
    let [kind, namespace, name] = [kind, namespace, name].map(|part| utf8_percent_encode(part, NON_ALPHANUMERIC));
    format!("/api/catalog/entities/by-name/{kind}/{namespace}/{name}")
}

/// `components` as `component`; what is no plural of a known kind stays.
fn singular(kind: &str) -> String {
    let known = KindRegistry::core().infos().into_iter().find(|info| info.plural.eq_ignore_ascii_case(kind));
    known.map_or_else(|| kind.to_owned(), |info| info.kind).to_lowercase()
}

fn print_all(entities: &[Value], format: Format) -> anyhow::Result<()> {
    let text =
        |entity: &Value, pointer: &str| entity.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let namespace = |entity: &Value| match text(entity, "/metadata/namespace") {
        empty if empty.is_empty() => "default".to_owned(),
        namespace => namespace,
    };
    match format {
        Format::Name => {
            let name = |entity: &Value| {
                EntityRef::new(text(entity, "/kind"), namespace(entity), text(entity, "/metadata/name")).canonical()
                    + "\n"
            };
            print(&entities.iter().map(name).collect::<String>())?;
        }
        Format::Yaml => {
            print(&entities.iter().map(in_yaml).collect::<Vec<_>>().join("---\n"))?;
        }
        Format::Table | Format::Json => {
            let rows: Vec<_> = entities
                .iter()
                .map(|entity| {
                    let of = |pointer: &str| text(entity, pointer);
                    [
                        of("/metadata/name"),
                        namespace(entity),
                        of("/spec/type"),
                        of("/spec/lifecycle"),
                        of("/spec/owner"),
                        of("/metadata/title"),
                    ]
                })
                .collect();
            print_table(["NAME", "NAMESPACE", "TYPE", "LIFECYCLE", "OWNER", "TITLE"], &rows)?;
        }
    }
    Ok(())
}
