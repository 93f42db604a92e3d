use std::{
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use server::config::{Config, Environment, Overrides};

/// Prints the configuration in force.
pub(crate) fn config(files: &[PathBuf], overrides: &Overrides) -> anyhow::Result<ExitCode> {
    let loaded = Config::load(files, &Environment::of_process(), overrides)?;
    io::stdout().write_all(loaded.to_yaml().as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
