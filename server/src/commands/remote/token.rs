use std::{path::PathBuf, process::ExitCode, time::Duration};

use access::Scope;
use anyhow::{Context as _, anyhow};
use clap::{Args, Subcommand, builder::PossibleValuesParser};
use client::identity::{token as token_address, tokens as tokens_address};
use model::identity::{AccessToken, CreateToken, TokenCreated, TokenList};
use secrecy::ExposeSecret as _;
use serde_json::json;
use server::{config::parse_duration, told_token};

use super::{
    RemoteArgs,
    offline::Offline,
    output::{Format, print, print_json, print_lines, print_table, say},
    runtime,
};

#[derive(Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token; prints its secret, which is shown this once
    Create(CreateArgs),
    /// List one's own tokens
    List(ListArgs),
    /// Revoke a token
    Revoke(RevokeArgs),
}

/// Where tokens are asked for.
#[derive(Args)]
struct Where {
    /// Open the database of the configuration instead of asking a server, whichever is named: tokens of programs, and of everybody
    #[arg(long)]
    offline: bool,
    /// Configuration file, with --offline; repeated ones are laid over one another
    #[arg(long = "config", value_name = "FILE", requires = "offline")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    remote: RemoteArgs,
}

#[derive(Args)]
pub(crate) struct CreateArgs {
    /// To tell it by: letters, digits, `-`, `_` and `.`; unique among one's own
    #[arg(long)]
    name: String,
    /// What it is good for; repeated or separated by commas
    #[arg(long = "scope", required = true, value_delimiter = ',', value_parser = PossibleValuesParser::new(Scope::ALL.map(Scope::as_str)))]
    scopes: Vec<String>,
    /// How long it lives, for example 90d or 12h [default: `auth.tokens.defaultTtl` of the server]
    #[arg(long, value_parser = ttl)]
    ttl: Option<Duration>,
    /// How to print it
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
    #[command(flatten)]
    place: Where,
}

#[derive(Args)]
pub(crate) struct ListArgs {
    /// How to print them
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
    #[command(flatten)]
    place: Where,
}

#[derive(Args)]
pub(crate) struct RevokeArgs {
    /// Name or id, as `list` tells it
    #[arg(value_name = "TOKEN")]
    named: String,
    #[command(flatten)]
    place: Where,
}

fn ttl(text: &str) -> Result<Duration, String> {
    parse_duration(text).ok_or_else(|| "write how long, for example 90d, 12h or `2 weeks`".to_owned())
}

/// Works on tokens.
pub(crate) fn token(command: &TokenCommand) -> anyhow::Result<ExitCode> {
    let runtime = runtime()?;
    match command {
        TokenCommand::Create(args) => runtime.block_on(create(args)),
        TokenCommand::List(args) => runtime.block_on(list(args)),
        TokenCommand::Revoke(args) => runtime.block_on(revoke(args)),
    }?;
    Ok(ExitCode::SUCCESS)
}

async fn create(args: &CreateArgs) -> anyhow::Result<()> {
    let created = if args.place.offline {
        let offline = Offline::open(&args.place.files).await?;
        let made = offline.create(&args.name, args.scopes.clone(), args.ttl).await;
        offline.close().await;
        let (token, secret) = made?;
        TokenCreated { token: told_token(token), secret: secret.expose_secret().to_owned() }
    } else {
        let request = CreateToken {
            name: args.name.clone(),
            scopes: args.scopes.clone(),
            ttl_seconds: args.ttl.map(|ttl| ttl.as_secs()),
        };
        args.place.remote.open()?.post(&tokens_address(), &request).await?
    };
    match args.output {
        Format::Json => print_json(&json!(created))?,
        Format::Yaml => print(&catalog::provenance::in_yaml(&json!(created)))?,
        Format::Name | Format::Table => {
            let AccessToken { name, owner, scopes, expires_at, .. } = &created.token;
            say(&format!(
                "token {name} acts as {owner} for {} until {expires_at}; it is shown this once:",
                scopes.join(", ")
            ));
            print(&format!("{}\n", created.secret))?;
        }
    }
    Ok(())
}

async fn all(place: &Where) -> anyhow::Result<Vec<AccessToken>> {
    if place.offline {
        let offline = Offline::open(&place.files).await?;
        let tokens = offline.list().await;
        offline.close().await;
        return Ok(tokens?.into_iter().map(told_token).collect());
    }
    let list: TokenList = place.remote.open()?.read(tokens_address()).await?;
    Ok(list.tokens)
}

async fn list(args: &ListArgs) -> anyhow::Result<()> {
    let tokens = all(&args.place).await?;
    match args.output {
        Format::Json => print_json(&json!(tokens))?,
        Format::Yaml => print(&catalog::provenance::in_yaml(&json!(tokens)))?,
        Format::Name => print_lines(tokens.iter().map(|token| &*token.name))?,
        Format::Table if tokens.is_empty() => say("there are no tokens"),
        Format::Table => {
            let row = |token: AccessToken| {
                let ends = if token.is_expired { "expired".to_owned() } else { token.expires_at };
                let used = token.last_used_at.unwrap_or_else(|| "never".to_owned());
                [token.name, token.owner, token.scopes.join(","), ends, used, token.id]
            };
            let rows: Vec<_> = tokens.into_iter().map(row).collect();
            print_table(["NAME", "OWNER", "SCOPES", "ENDS", "LAST USED", "ID"], &rows)?;
        }
    }
    Ok(())
}

async fn revoke(args: &RevokeArgs) -> anyhow::Result<()> {
    let named = &args.named;
    if args.place.offline {
        let offline = Offline::open(&args.place.files).await?;
        let revoked = offline.revoke(named).await;
        offline.close().await;
        say(&format!("revoked {}", revoked?.name));
        return Ok(());
    }
    let remote = args.place.remote.open()?;
    let list: TokenList = remote.read(tokens_address()).await?;
    let found = list.tokens.into_iter().find(|token| token.id == *named || token.name == *named);
    let token = found.context(anyhow!("you have no token `{named}`; `callboard token list` tells those you have"))?;
    remote.delete(&token_address(&token.id)).await?;
    say(&format!("revoked {}", token.name));
    Ok(())
}
