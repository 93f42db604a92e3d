//! The development loop: a file is saved, and the open pages show it.
//!
//! A style sheet is bundled again and swapped in place. Anything of the pages builds the debug assets and the server, which
//! is started anew; then open pages load themselves again, at the same URL and scroll position. What only the server has
//! leaves the WebAssembly as it is. Catalog files are watched by the server itself.

mod changes;
mod reload;
mod server;

use anyhow::Result;

use self::changes::{Affected, Changes};
use self::reload::{Message, Reload};
use self::server::Server;
use crate::process::cargo;
use crate::steps::step;
use crate::web::{self, Mode};
use crate::workspace::Workspace;

/// Builds, serves the demo organisation, and follows changes until it is stopped.
///
/// # Errors
/// When it cannot watch or listen. A build that fails is shown, and waits for the next change.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    // Watching first: what is saved during the first build is not missed.
    let changes = Changes::watch(workspace)?;
    let reload = Reload::listen()?;
    let server = Server::new(reload.url())?;

    let mut affected = Affected::Pages;
    loop {
        match update(workspace, affected, &server) {
            Ok(message) => {
                reload.send(message);
                eprintln!("--> shown at {}; waiting for changes", server::URL);
            }
            Err(error) => eprintln!("error: {error:#}\n--> waiting for changes"),
        }
        affected = changes.next()?;
    }
}

/// Builds what is affected; returns what open pages have to do.
fn update(workspace: &Workspace, affected: Affected, server: &Server) -> Result<Message> {
    if affected == Affected::Style && server.is_running()? {
        step("bundle the style sheets", || web::refresh_style(workspace))?;
        return Ok(Message::Style);
    }
    if affected != Affected::Server {
        web::build(workspace, Mode::Debug)?;
    }
    step("compile the server (debug)", || cargo(workspace, ["build", "--locked", "--package", "server"]).run())?;
    server.restart(workspace)?;
    Ok(Message::Page)
}
