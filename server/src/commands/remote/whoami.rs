use std::process::ExitCode;

use clap::Args;
use model::identity::PrincipalInfo;
use serde_json::json;

use super::{
    RemoteArgs,
    http::Unauthenticated,
    output::{Format, print, print_json},
    runtime,
};

#[derive(Args)]
pub(crate) struct WhoamiArgs {
    /// How to print it
    #[arg(short, long, value_enum, default_value_t)]
    output: Format,
    #[command(flatten)]
    remote: RemoteArgs,
}

/// Prints who one is to the portal; fails for a guest.
pub(crate) fn whoami(args: &WhoamiArgs) -> anyhow::Result<ExitCode> {
    let remote = args.remote.open()?;
    let who: PrincipalInfo = runtime()?.block_on(remote.read(client::identity::principal()))?;
    if who.kind == "guest" {
        return Err(Unauthenticated::guest(remote.server()).into());
    }
    match args.output {
        Format::Json => print_json(&json!(who))?,
        Format::Yaml => print(&catalog::provenance::in_yaml(&json!(who)))?,
        Format::Name => print(&format!("{}\n", who.principal))?,
        Format::Table => {
            let mut text = format!("{} ({}) at {}\n", who.principal, who.kind, remote.server());
            if let Some(token) = who.token {
                text += &format!("token {}: {}, ends {}\n", token.name, token.scopes.join(", "), token.expires_at);
            }
            print(&text)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
