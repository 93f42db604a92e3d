//! The WebAssembly half: the crate `hydrate`, split at its lazy routes, with its JavaScript glue.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use wasm_bindgen_cli_support::Bindgen;

use super::{Mode, NAME, SiteFile};
use crate::digest::digest;
use crate::process::program;
use crate::steps::step;
use crate::tools;
use crate::workspace::{Workspace, files_below};

/// The module that loads the split-off ones. Its URLs of them are relative to its own.
const LOADER: &str = "__wasm_split.js";
/// How it fetches them: what splits modules gives up at the first failure, and the page ends in a panic.
const PATIENTLY: &str = include_str!("patiently.js");
/// Which files a lazy route needs, by the name of its split: for preloading.
const MANIFEST: &str = "__wasm_split_manifest.json";
/// Raise it when the work after compilation changes, so that its results are made anew.
const REVISION: &str = "1";

/// Compiles `hydrate` and makes of it what a browser loads.
pub(super) fn build(workspace: &Workspace, mode: Mode) -> Result<Vec<SiteFile>> {
    let module = step(&format!("compile hydrate to WebAssembly ({})", mode.name()), || compile(workspace, mode))?;
    let input = fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;

    let dir = workspace.target().join("web").join(mode.name());
    let stamp = dir.with_extension("stamp");
    let key = digest([REVISION.as_bytes(), &input]);
    if fs::read_to_string(&stamp).is_ok_and(|last| last == key) {
        return read_files(&dir);
    }

    let _ = fs::remove_file(&stamp);
    if dir.exists() {
        fs::remove_dir_all(&dir).with_context(|| format!("cannot remove {}", dir.display()))?;
    }
    fs::create_dir_all(&dir)?;
    step("split off the lazy routes", || split(&input, &dir))?;
    step("generate the JavaScript glue", || bindgen(&dir, mode))?;
    if mode == Mode::Release {
        step("optimise the modules", || optimise(workspace, &dir))?;
    }
    fs::write(&stamp, key)?;
    read_files(&dir)
}

/// The compiled module. It has a target folder of its own: the compiler may be another one than the server's.
fn compile(workspace: &Workspace, mode: Mode) -> Result<PathBuf> {
    let profile = match mode {
        Mode::Debug => "wasm-dev",
        Mode::Release => "wasm-release",
    };
    program(workspace, tools::wasm_cargo(workspace)?)
        .args(["rustc", "--locked", "--package", "hydrate", "--lib", "--target", "wasm32-unknown-unknown"])
        .args(["--target-dir", "target/wasm", "--profile", profile])
        // Splitting moves functions between modules, so it needs the relocations. Given here and not by RUSTFLAGS, the
        // flag concerns this crate alone.
        .args(["--", "-Clink-args=--emit-relocs"])
        .run()?;
    Ok(workspace.target().join("wasm/wasm32-unknown-unknown").join(profile).join("hydrate.wasm"))
}

/// Writes the main module for `bindgen`, the split-off ones, their loader and their manifest.
fn split(input: &[u8], dir: &Path) -> Result<()> {
    let main = dir.join("main.wasm");
    let glue = format!("./{NAME}.js");
    let link = format!("./{LOADER}");
    let mut options = wasm_split_cli_support::Options::new(input);
    options.output_dir = dir;
    options.main_out_path = &main;
    options.main_module = &glue;
    options.link_name = &link;
    // Its errors are of another library and do not convert; the text has the whole chain.
    let split = wasm_split_cli_support::transform(options).map_err(|error| anyhow!("{error:#}"))?;
    let manifest = split.prefetch_map.into_iter().collect::<std::collections::BTreeMap<_, _>>();
    fs::write(dir.join(MANIFEST), serde_json::to_vec(&manifest)?)?;

    let loader = fs::read_to_string(dir.join(LOADER))?;
    if loader.matches("fetch(").count() != loader.matches(", import.meta.url))").count() {
        bail!("the loader of the split modules has URLs that are not relative to itself; see {}", dir.display());
    }
    let patient = [&loader.replace("fetch(new URL(", "patiently(new URL("), PATIENTLY].concat();
    Ok(fs::write(dir.join(LOADER), patient)?)
}

fn bindgen(dir: &Path, mode: Mode) -> Result<()> {
    let main = dir.join("main.wasm");
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(&main)
        .out_name(NAME)
        .web(true)?
        // `init()` finds the module beside the glue.
        .omit_default_module_path(false)
        // The split-off modules import the function table and the memory of the main one.
        .keep_lld_exports(true)
        .debug(mode == Mode::Debug)
        .remove_name_section(mode == Mode::Release)
        .remove_producers_section(mode == Mode::Release);
    bindgen.generate(dir)?;
    fs::remove_file(&main).context("the main module was split but is gone")
}

/// Makes every module smaller. No feature flags: with `--all-features` the result is not WebAssembly that browsers take.
fn optimise(workspace: &Workspace, dir: &Path) -> Result<()> {
    let wasm_opt = tools::wasm_opt(workspace)?;
    for path in files_below(dir)? {
        if path.extension().is_some_and(|extension| extension == "wasm") {
            program(workspace, &wasm_opt).arg("-Oz").arg(&path).arg("--output").arg(&path).run()?;
        }
    }
    Ok(())
}

fn read_files(dir: &Path) -> Result<Vec<SiteFile>> {
    let mut files = Vec::new();
    for path in files_below(dir)? {
        let name = path.strip_prefix(dir).expect("files_below lists what is below").to_string_lossy().into_owned();
        if name.ends_with(".d.ts") {
            continue;
        }
        files.push(SiteFile::new(name, fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?));
    }
    Ok(files)
}
