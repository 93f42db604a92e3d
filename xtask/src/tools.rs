//! Programs that the build needs and cargo does not bring, fetched into `.tools` on first use.
//!
//! Each kind is in a folder named by the hash of its pins: new pins fetch anew, old ones cost nothing.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::digest::digest;
use crate::process::{cargo, program};
use crate::steps::step;
use crate::workspace::Workspace;

/// The cargo that compiles for wasm32: the active one, or that of Debian's compiler.
pub(crate) fn wasm_cargo(workspace: &Workspace) -> Result<PathBuf> {
    let cargo = program(workspace, "scripts/wasm-toolchain.sh").output()?;
    Ok(PathBuf::from(cargo.trim()))
}

/// Binaryen's `wasm-opt`, from npm: Debian's is too old and silently breaks modules with reference types.
pub(crate) fn wasm_opt(workspace: &Workspace) -> Result<PathBuf> {
    let dir = fetched(workspace, "npm", &["scripts/tools/package.json", "scripts/tools/package-lock.json"], |dir| {
        for name in ["package.json", "package-lock.json", ".npmrc"] {
            fs::copy(workspace.path("scripts/tools").join(name), dir.join(name))?;
        }
        program(workspace, "npm").dir(dir).args(["ci", "--ignore-scripts", "--loglevel=error"]).run()
    })?;
    Ok(dir.join("node_modules/binaryen/bin/wasm-opt"))
}

/// Where the prebuilt programs are pinned.
const PINS: &str = "scripts/requirements-tools.txt";

/// A program of `scripts/requirements-tools.in`: prebuilt from Python's package index, or compiled where that has none for
/// this platform.
pub(crate) fn prebuilt(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    let fetch = |dir: &Path| {
        // Debian's python3 comes without venv.
        program(workspace, "scripts/apt.sh")
            .args(["python3=python3", "/usr/lib/python3*/ensurepip/__init__.py=python3-venv"])
            .run()?;
        program(workspace, "python3").args(["-m", "venv"]).arg(dir).run()?;
        program(workspace, dir.join("bin/pip"))
            .args(["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"])
            .args(["--requirement", PINS])
            .run()
    };
    let dir = fetched(workspace, "python", &[PINS], fetch).or_else(|error| {
        eprintln!("error: {error:#}");
        compiled(workspace, name)
    })?;
    Ok(dir.join("bin").join(name))
}

/// The folder of a Gitea, compiled by Go: the program, and in `static` what it serves. Takes some ten minutes, once.
pub(crate) fn gitea(workspace: &Workspace) -> Result<PathBuf> {
    fetched(workspace, "gitea", &["scripts/gitea/go.mod", "scripts/gitea/go.sum"], |dir| {
        let sources = workspace.path("scripts/gitea");
        // `list` names no folder of a module that was never fetched.
        program(workspace, "go").dir(&sources).args(["mod", "download", GITEA]).run()?;
        let found = program(workspace, "go").dir(&sources).args(["list", "-m", "-f", "{{.Dir}}", GITEA]).output()?;
        fs::create_dir(dir.join("static"))?;
        for folder in ["templates", "options", "public"] {
            let from = Path::new(found.trim()).join(folder);
            program(workspace, "cp").args(["-r", "--no-preserve=mode"]).arg(from).arg(dir.join("static")).run()?;
        }
        program(workspace, "go")
            .dir(&sources)
            .args([
                "build",
                "-trimpath",
                "-buildvcs=false",
                "-tags",
                "sqlite sqlite_unlock_notify",
                "-ldflags",
                "-s -w",
                "-o",
            ])
            .arg(dir.join("gitea"))
            .arg(GITEA)
            .run()
    })
}

/// Go's name of Gitea; its version is pinned in `scripts/gitea/go.mod`.
const GITEA: &str = "code.gitea.io/gitea";

/// The folder of a cargo tool, compiled in the version that is pinned for the prebuilt one. Takes minutes.
fn compiled(workspace: &Workspace, name: &str) -> Result<PathBuf> {
    let pins = fs::read_to_string(workspace.path(PINS))?;
    let pin = format!("astral-dev-toolchain-{name}==");
    let version = pins.lines().find_map(|line| line.strip_prefix(&pin)?.split_whitespace().next());
    let version = version.with_context(|| format!("{name} has no prebuilt program here; install it by hand"))?;
    fetched(workspace, name, &[PINS], |dir| {
        cargo(workspace, ["install", "--locked", "--version", version, name, "--root"]).arg(dir).run()
    })
}

/// The folder of one kind of tools, filled by `fetch` if its pins are new.
fn fetched(
    workspace: &Workspace,
    kind: &str,
    pins: &[&str],
    fetch: impl FnOnce(&Path) -> Result<()>,
) -> Result<PathBuf> {
    let mut contents = Vec::new();
    for pin in pins {
        let path = workspace.path(pin);
        contents.push(fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?);
    }
    let dir = workspace.tools().join(format!("{kind}-{}", digest(contents.iter().map(Vec::as_slice))));
    let complete = dir.join("complete");
    if !complete.exists() {
        step(&format!("fetch build tools ({kind})"), || {
            if dir.exists() {
                fs::remove_dir_all(&dir)?;
            }
            fs::create_dir_all(&dir)?;
            fetch(&dir)?;
            Ok(fs::write(&complete, "")?)
        })?;
    }
    Ok(dir)
}
