use std::{
    fs,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use catalog::{
    descriptor::Limits,
    kinds::KindRegistry,
    processing::{validate_file, validate_text},
};
use model::{catalog::Problem, entity::Level};

/// Prints what is wrong with catalog files, as compilers do: `file:line:column: error: message`.
pub(crate) fn validate(files: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let kinds = KindRegistry::core();
    let mut out = io::stdout().lock();
    let mut failed = false;
    for file in files {
        match check(&kinds, file) {
            Ok(problems) => {
                failed |= problems.iter().any(|problem| problem.level == Level::Error);
                for problem in &problems {
                    print(&mut out, file, problem)?;
                }
            }
            Err(error) => {
                failed = true;
                writeln!(out, "{}: error: can not be read: {error}", file.display())?;
            }
        }
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn check(kinds: &KindRegistry, file: &Path) -> io::Result<Vec<Problem>> {
    let limits = Limits::default();
    if file == Path::new("-") {
        let mut text = Vec::new();
        // One byte more than is allowed, so that the longer one is noticed.
        io::stdin().take(limits.file_bytes.saturating_add(1)).read_to_end(&mut text)?;
        return Ok(validate_text(kinds, &limits, &text).problems);
    }
    if fs::metadata(file)?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a folder; name its files"));
    }
    validate_file(kinds, &limits, file, Path::new("."))
}

fn print(out: &mut impl io::Write, file: &Path, problem: &Problem) -> io::Result<()> {
    let level = match problem.level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "info",
    };
    write!(out, "{}", file.display())?;
    if let Some(position) = problem.position {
        write!(out, ":{}:{}", position.line, position.column)?;
    }
    writeln!(out, ": {level}: {}", problem.message)?;
    problem.hint.as_ref().map_or(Ok(()), |hint| writeln!(out, "  help: {hint}"))
}
