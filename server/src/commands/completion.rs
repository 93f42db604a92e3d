use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use clap::Command;
use clap_complete::{Shell, generate};

/// Prints a script that completes this command in a shell.
pub(crate) fn completion(mut command: Command, shell: Shell) -> anyhow::Result<ExitCode> {
    let mut script = Vec::new();
    generate(shell, &mut command, "callboard", &mut script);
    io::stdout().write_all(&script)?;
    Ok(ExitCode::SUCCESS)
}
