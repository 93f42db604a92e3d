//! What is checked without running anything of ours.

use std::fs;

use anyhow::Result;

use crate::digest::digest;
use crate::process::{cargo, program};
use crate::steps::Steps;
use crate::workspace::{Workspace, files_below};
use crate::{rules, tools, web};

/// Runs all checks, and sums up those that failed.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    let mut steps = Steps::default();
    steps.check("formatting", || cargo(workspace, ["fmt", "--all", "--check"]).run());
    steps.check("import rules", || rules::check(workspace));
    steps.check("style sheets", || web::bundle(workspace).map(drop));
    steps.check("shell scripts", || shellcheck(workspace));
    steps.check("plugin for Backstage", || backstage_plugin(workspace));
    steps.check("licences, bans, sources", || {
        program(workspace, tools::prebuilt(workspace, "cargo-deny")?)
            .args(["--locked", "check", "bans", "licenses", "sources"])
            .run()
    });
    // A workspace of its own: nothing else notices that a crate of ours has a new dependency.
    steps.check("lock file of the fuzz targets", || {
        let arguments = ["metadata", "--locked", "--format-version", "1", "--manifest-path", "fuzz/Cargo.toml"];
        cargo(workspace, arguments).output().map(drop)
    });
    steps.check("clippy", || {
        cargo(workspace, ["clippy", "--locked", "--workspace", "--all-targets", "--", "--deny", "warnings"]).run()
    });
    steps.check("clippy (WebAssembly)", || clippy_wasm(workspace));
    steps.run()
}

fn shellcheck(workspace: &Workspace) -> Result<()> {
    let mut scripts = files_below(&workspace.path("scripts"))?;
    scripts.retain(|path| path.extension().is_some_and(|extension| extension == "sh"));
    scripts.push(workspace.path(".ci/run"));
    program(workspace, tools::prebuilt(workspace, "shellcheck")?).args(scripts).run()
}

/// Types and tests of the plugin for Backstage. Its packages (0.5 GB) are installed when their pins are new, and never by `make test`.
fn backstage_plugin(workspace: &Workspace) -> Result<()> {
    let dir = workspace.path("examples/backstage-plugin");
    let npm = |args: &[&str]| program(workspace, "npm").dir(&dir).args(args).run();
    program(workspace, "scripts/apt.sh").args(["node=nodejs", "npm=npm"]).run()?;
    let pins = digest([fs::read(dir.join("package-lock.json"))?.as_slice(), &fs::read(dir.join("package.json"))?]);
    // `npm ci` begins by removing the folder and this mark with it.
    let installed = dir.join("node_modules/.pins");
    if fs::read_to_string(&installed).ok().as_ref() != Some(&pins) {
        npm(&["ci", "--ignore-scripts", "--loglevel=error"])?;
        fs::write(&installed, pins)?;
    }
    npm(&["run", "--silent", "typecheck"])?;
    npm(&["test", "--silent"])
}

/// The wasm entry and what it compiles of the other crates. On the host it is empty, so `--workspace` sees nothing of it.
fn clippy_wasm(workspace: &Workspace) -> Result<()> {
    let cargo = tools::wasm_cargo(workspace)?;
    // Debian's compiler, the fallback, has no clippy for this target: there the warnings of the compiler have to do.
    let check = if cargo.is_absolute() { "rustc" } else { "clippy" };
    program(workspace, cargo)
        .args([check, "--locked", "--package", "hydrate", "--target", "wasm32-unknown-unknown"])
        .args(["--target-dir", "target/wasm", "--profile", "wasm-dev", "--", "--deny", "warnings"])
        .run()
}
