//! The server's binary: built with its assets, and started with the demo organisation.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::process::{cargo, program};
use crate::steps::step;
use crate::web::{self, Mode};
use crate::workspace::Workspace;

/// The configuration of the demo organisation.
pub(crate) const DEMO: &str = "examples/callboard.yaml";

/// Builds the release binary with its web assets.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    web::build(workspace, Mode::Release)?;
    step("compile the server (release)", || {
        cargo(workspace, ["build", "--locked", "--release", "--package", "server", "--target-dir", "target"]).run()
    })?;
    Ok(workspace.target().join("release/callboard"))
}

/// Builds what is missing, and becomes the server. It is the release build that runs: the one that `make build` and the
/// tests make too, so that nothing is compiled a second time for it.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let binary = build(workspace)?;
    let mut server = program(workspace, binary).args(["serve", "--config", DEMO]).into_command();
    Err(server.exec()).context("cannot start the server")
}
