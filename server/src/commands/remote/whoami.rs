use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use model::identity::PrincipalInfo;
use serde_json::json;

use super::{
    RemoteArgs,
    http::{Remote, Unauthenticated},
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

/// Who one is to a portal.
///
/// # Errors
/// [`Unauthenticated`] for a guest; and where it is no portal.
pub(super) async fn ask(remote: &Remote) -> anyhow::Result<PrincipalInfo> {
    let who: PrincipalInfo = remote.read(client::identity::principal()).await?;
    match who.kind.as_str() {
        "guest" => Err(Unauthenticated::guest(remote.server()).into()),
        "person" | "program" => Ok(who),
        _ => bail!("{} does not say who asks; is it a portal of Callboard?", remote.server()),
    }
}

/// Prints who one is to the portal; fails for a guest.
pub(crate) fn whoami(args: &WhoamiArgs) -> anyhow::Result<ExitCode> {
    let remote = args.remote.open()?;
    let who = runtime()?.block_on(ask(&remote))?;
    match args.output {
        Format::Json => print_json(&json!(who))?,
        Format::Yaml => print(&catalog::provenance::in_yaml(&json!(who)))?,
        Format::Name => print(&format!("{}\n", who.principal))?,
        Format::Table => {
            let by_token = who.token.map_or_else(String::new, |token| {
                format!("token {}: {}, ends {}\n", token.name, token.scopes.join(", "), token.expires_at)
            });
            print(&format!("{} ({}) at {}\n{by_token}", who.principal, who.kind, remote.server()))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
