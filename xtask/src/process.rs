//! Running other programs: with a message that names the command when one fails.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// A command that is run to its end.
pub(crate) struct Process(Command);

/// `program` in the root of the workspace, with no input.
pub(crate) fn program(workspace: &Workspace, program: impl AsRef<OsStr>) -> Process {
    let mut command = Command::new(program);
    command.current_dir(workspace.root()).stdin(Stdio::null());
    // What cargo sets for `cargo run` would make the cargo that we start rebuild what reads it.
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") || text == "LD_LIBRARY_PATH" {
            command.env_remove(&name);
        }
    }
    Process(command)
}

/// `cargo` with `args`.
pub(crate) fn cargo<'a>(workspace: &Workspace, args: impl IntoIterator<Item = &'a str>) -> Process {
    program(workspace, "cargo").args(args)
}

impl Process {
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.0.arg(arg);
        self
    }

    pub(crate) fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.0.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    pub(crate) fn dir(mut self, dir: &Path) -> Self {
        self.0.current_dir(dir);
        self
    }

    /// Runs it; its output goes to the terminal.
    ///
    /// # Errors
    /// When it cannot be started, or ends with anything but success.
    pub(crate) fn run(mut self) -> Result<()> {
        let status = self.0.status().with_context(|| format!("cannot start `{}`", self.line()))?;
        if !status.success() {
            bail!("`{}` failed: {status}", self.line());
        }
        Ok(())
    }

    /// Runs it and returns what it printed; its errors go to the terminal.
    ///
    /// # Errors
    /// As [`run`](Self::run), and when it prints no UTF-8.
    pub(crate) fn output(mut self) -> Result<String> {
        let output =
            self.0.stderr(Stdio::inherit()).output().with_context(|| format!("cannot start `{}`", self.line()))?;
        if !output.status.success() {
            bail!("`{}` failed: {}", self.line(), output.status);
        }
        String::from_utf8(output.stdout).with_context(|| format!("`{}` printed no UTF-8", self.line()))
    }

    /// The command, for who wants to start it without waiting.
    pub(crate) fn into_command(self) -> Command {
        self.0
    }

    fn line(&self) -> String {
        let mut line = self.0.get_program().to_string_lossy().into_owned();
        for arg in self.0.get_args() {
            let _ = write!(line, " {}", arg.to_string_lossy());
        }
        line
    }
}
