use std::{
    io::{self, Write as _},
    process::ExitCode,
};

/// Prints the OpenAPI document.
pub(crate) fn openapi() -> anyhow::Result<ExitCode> {
    writeln!(io::stdout(), "{}", server::openapi_document())?;
    Ok(ExitCode::SUCCESS)
}
