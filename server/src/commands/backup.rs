use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use server::config::{Config, Environment, Overrides};
use tokio::runtime::Runtime;

/// Copies the database into a file, also while the server runs.
pub(crate) fn backup(files: &[PathBuf], file: &Path) -> anyhow::Result<ExitCode> {
    let loaded = Config::load(files, &Environment::of_process(), &Overrides::default())?;
    Runtime::new()?.block_on(storage::back_up(loaded.config.backend.database.url(), file))?;
    Ok(ExitCode::SUCCESS)
}

/// Puts such a file in the place of the database.
pub(crate) fn restore(files: &[PathBuf], file: &Path) -> anyhow::Result<ExitCode> {
    let loaded = Config::load(files, &Environment::of_process(), &Overrides::default())?;
    Runtime::new()?.block_on(storage::restore(file, loaded.config.backend.database.url()))?;
    Ok(ExitCode::SUCCESS)
}
