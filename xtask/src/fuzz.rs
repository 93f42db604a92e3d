//! A short run of each fuzz target in `fuzz/`: catches what breaks at once. Longer runs are a person's, by cargo-fuzz.

use std::fs;

use anyhow::{Context, Result};

use crate::process::{cargo, program};
use crate::steps::{Steps, step};
use crate::workspace::{Workspace, files_below};

/// Seconds for each target.
const SECONDS: u32 = 20;

/// What cargo-fuzz gives the compiler, less the sanitizers: those want a nightly compiler, and the code has no `unsafe`.
const COVERAGE: &str = "--cfg fuzzing -Ccodegen-units=1 -Cdebug-assertions -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table";

/// Builds the targets and runs each for some seconds.
///
/// # Errors
/// When one finds something; its output says where the input is.
pub(crate) fn smoke(workspace: &Workspace) -> Result<()> {
    // Named, or the flags would concern build scripts and macros as well.
    let host = program(workspace, "rustc").args(["--print", "host-tuple"]).output()?;
    let host = host.trim();
    step("compile the fuzz targets", || {
        cargo(workspace, ["build", "--locked", "--release", "--manifest-path", "fuzz/Cargo.toml", "--target", host])
            .args(["--target-dir", "target/fuzz"])
            .env("RUSTFLAGS", COVERAGE)
            .run()
    })?;
    let mut steps = Steps::default();
    for source in files_below(&workspace.path("fuzz/fuzz_targets"))? {
        let name = source.file_stem().context("a source file has a name")?.to_string_lossy().into_owned();
        let found = workspace.target().join("fuzz/found").join(&name);
        let corpus = workspace.target().join("fuzz/corpus").join(&name);
        fs::create_dir_all(&found)?;
        fs::create_dir_all(&corpus)?;
        let binary = workspace.target().join("fuzz").join(host).join("release").join(&name);
        steps.check(format!("fuzz {name}"), move || {
            program(workspace, binary)
                .arg(corpus)
                .arg(format!("-artifact_prefix={}/", found.display()))
                .arg(format!("-max_total_time={SECONDS}"))
                .args(["-timeout=5", "-rss_limit_mb=2048", "-verbosity=0", "-print_final_stats=1"])
                .run()
        });
    }
    steps.run()
}
