//! `make test`: everything that tests need is set up, then all of them run.

use anyhow::{Result, bail};

use crate::process::{Process, cargo, program};
use crate::steps::Steps;
use crate::workspace::Workspace;
use crate::{binary, budget, tools};

/// Entities of the catalog that a browser is measured with: as many as a Backstage was measured with.
const BROWSER_ENTITIES: usize = 10_000;

/// Sets up what the tests need and runs all of them, also after one has failed.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let end2end = workspace.path("end2end");
    let mut steps = Steps::default();
    // Set-up comes first, so that what is missing is known within a minute and not at the end.
    steps.need("install PostgreSQL, Chromium and OpenSSL if absent", || {
        program(workspace, "scripts/apt.sh")
            .args([
                "/usr/lib/postgresql/*/bin/initdb=postgresql",
                "chromium=chromium",
                "node=nodejs",
                "npm=npm",
                "openssl=openssl",
            ])
            .run()
    });
    steps.need("install the browser tests' packages", || {
        program(workspace, "npm").dir(&end2end).args(["ci", "--ignore-scripts", "--loglevel=error"]).run()
    });
    steps.need("build the release binary with its assets", || binary::build(workspace).map(drop));
    steps.check("weigh the assets", || budget::check(workspace));
    steps.check("tests", || nextest(workspace)?.run());
    steps.check("documentation tests", || cargo(workspace, ["test", "--locked", "--workspace", "--doc"]).run());
    steps.check("browser tests", || {
        program(workspace, "npx")
            .dir(&end2end)
            .args(["--no-install", "playwright", "test"])
            .env("CALLBOARD_BIN", workspace.target().join("release/callboard"))
            .run()
    });
    steps.run()
}

/// Runs the tests that read other people's catalogs, in the folder that `CALLBOARD_CORPUS` names, and prints what was read and what refused.
///
/// # Errors
/// When the variable names no folder, a test fails, or there is none.
pub(crate) fn corpus(workspace: &Workspace) -> Result<()> {
    let Some(folder) = std::env::var_os("CALLBOARD_CORPUS").filter(|folder| std::path::Path::new(folder).is_dir())
    else {
        bail!("CALLBOARD_CORPUS must name a folder of catalogs");
    };
    nextest(workspace)?
        .args(["--run-ignored", "all", "--filterset", "test(corpus)", "--success-output", "final"])
        .env("CALLBOARD_CORPUS", std::fs::canonicalize(folder)?)
        .run()
}

/// Builds a Gitea, and runs the tests that talk to it.
///
/// # Errors
/// When there is no Go, or a test fails.
pub(crate) fn gitea(workspace: &Workspace) -> Result<()> {
    let gitea = tools::gitea(workspace)?;
    let nextest = tools::prebuilt(workspace, "cargo-nextest")?;
    program(workspace, "scripts/with-gitea.sh")
        .arg(gitea)
        .arg(nextest)
        .args(["nextest", "run", "--locked", "--workspace", "--run-ignored", "only", "--filterset", "test(of_gitea)"])
        .run()
}

/// Runs every benchmark of the workspace, beside a PostgreSQL server of its own; then those in a browser.
///
/// # Errors
/// When the load generator or the browser can't be installed, or a benchmark fails.
pub(crate) fn bench(workspace: &Workspace) -> Result<()> {
    program(workspace, "scripts/apt.sh").args(["wrk=wrk", "psql=postgresql-client"]).run()?;
    program(workspace, "scripts/with-postgres.sh").args(["cargo", "bench", "--locked", "--workspace"]).run()?;
    browser_bench(workspace)
}

/// Measures the shipped program in a browser, with a catalog of [`BROWSER_ENTITIES`].
fn browser_bench(workspace: &Workspace) -> Result<()> {
    let end2end = workspace.path("end2end");
    let catalog = workspace.target().join("bench-catalog");
    let size = BROWSER_ENTITIES.to_string();
    program(workspace, "scripts/apt.sh").args(["chromium=chromium", "node=nodejs", "npm=npm"]).run()?;
    program(workspace, "npm").dir(&end2end).args(["ci", "--ignore-scripts", "--loglevel=error"]).run()?;
    binary::build(workspace)?;
    cargo(workspace, ["run", "--locked", "--quiet", "-p", "testkit", "--example", "write_catalog", "--"])
        .arg(&catalog)
        .arg(&size)
        .run()?;
    program(workspace, "npx")
        .dir(&end2end)
        .args(["--no-install", "playwright", "test", "--config", "bench/playwright.config.ts"])
        .env("CALLBOARD_BIN", workspace.target().join("release/callboard"))
        .env("CALLBOARD_BENCH_CATALOG", &catalog)
        .env("CALLBOARD_BENCH_SIZE", &size)
        .run()
}

/// The Rust tests, beside a PostgreSQL server of their own.
fn nextest(workspace: &Workspace) -> Result<Process> {
    let nextest = tools::prebuilt(workspace, "cargo-nextest")?;
    Ok(program(workspace, "scripts/with-postgres.sh").arg(nextest).args(["nextest", "run", "--locked", "--workspace"]))
}
