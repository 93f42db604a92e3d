use std::{
    io::{self, IsTerminal as _, Read as _},
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context as _, bail};
use clap::Args;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::{credentials::Credentials, http::Remote, output::say, runtime, whoami};

/// The longest text that is looked at for a token, in bytes.
const MAX_INPUT: u64 = 4_096;

#[derive(Args)]
pub(crate) struct LoginArgs {
    /// Address of the portal [default: that of the last login]
    #[arg(long, env = "CALLBOARD_SERVER", value_name = "URL")]
    server: Option<Url>,
    /// Do not open the page in a browser
    #[arg(long)]
    no_browser: bool,
}

/// Leads to the page that makes tokens, takes one, and keeps it if the portal knows it. Where standard input is no terminal, the token is
/// read from there.
pub(crate) fn login(args: &LoginArgs) -> anyhow::Result<ExitCode> {
    let server = match &args.server {
        Some(server) => server.clone(),
        None => Credentials::load()?.map(|kept| kept.server).context("say which portal: --server URL")?,
    };
    // Says what is wrong with an address before a token is asked for.
    Remote::new(&server, None)?;
    let token = if io::stdin().is_terminal() { ask(&server, args.no_browser)? } else { read()? };
    if token.expose_secret().is_empty() {
        bail!("no token was given");
    }
    let remote = Remote::new(&server, Some(token.clone()))?;
    let who = runtime()?.block_on(whoami::ask(&remote))?;
    let path = Credentials { server, token }.save()?;
    say(&format!("you are {} at {}; kept in {}", who.principal, remote.server(), path.display()));
    Ok(ExitCode::SUCCESS)
}

/// Forgets the token; it stays good until it is revoked.
pub(crate) fn logout() -> anyhow::Result<ExitCode> {
    say(if Credentials::forget()? {
        "forgotten; revoke the token if somebody else may have it"
    } else {
        "there was nothing to forget"
    });
    Ok(ExitCode::SUCCESS)
}

fn ask(server: &Url, no_browser: bool) -> io::Result<SecretString> {
    let page = format!("{}/account#tokens", server.as_str().trim_end_matches('/'));
    say(&format!("make a token on {page} and paste it here"));
    if !no_browser {
        let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        // Where there is no browser, the address stands above.
        _ = Command::new(opener).arg(&page).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    }
    Ok(rpassword::prompt_password("token (not shown): ")?.trim().into())
}

fn read() -> io::Result<SecretString> {
    let mut text = String::new();
    io::stdin().take(MAX_INPUT).read_to_string(&mut text)?;
    Ok(text.trim().into())
}
