//! The web assets: everything that a browser loads, in `target/site`, listed in `site.json`.
//!
//! ```text
//! crates/hydrate ─ cargo ─ wasm-split ─ wasm-bindgen ─ wasm-opt ─┐
//! style/main.css ─ lightningcss ─────────────────────────────────┼─ compress ─ target/site/
//! public/** ─────────────────────────────────────────────────────┘
//! ```
//!
//! The server serves the folder below `/assets/<hash>/`, where the hash covers all content: every file is immutable,
//! and files refer to each other by relative URLs.

mod compress;
mod site;
mod style;
mod wasm;

use std::fs;

use anyhow::{Context, Result};

pub(crate) use self::site::{Site, SiteFile};
pub(crate) use self::style::bundle;
use crate::steps::step;
use crate::workspace::{Workspace, files_below};

/// Name of the module, its glue and its style sheet: `callboard.js`, `callboard_bg.wasm`, `callboard.css`.
pub(crate) const NAME: &str = "callboard";

/// How much work is put into the assets.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Quick to build: neither optimised nor compressed.
    Debug,
    /// What is shipped.
    Release,
}

impl Mode {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }
}

/// Builds the web assets. What did not change since the last time is not done again; if nothing did, the folder is left
/// untouched, so that the server that embeds it stays built.
///
/// # Errors
/// When the wasm crate does not compile, a style sheet has a fault, or a tool cannot be set up.
pub(crate) fn build(workspace: &Workspace, mode: Mode) -> Result<Site> {
    let mut files = wasm::build(workspace, mode)?;
    let style = step("bundle the style sheets", || bundle(workspace))?;
    files.push(SiteFile::new(format!("{NAME}.css"), style.into_bytes()));
    files.extend(public_files(workspace)?);
    site::write(workspace, mode, files)
}

/// Rebuilds the style sheet alone and puts it beside the other assets, for the development loop.
///
/// # Errors
/// When a style sheet has a fault.
pub(crate) fn refresh_style(workspace: &Workspace) -> Result<()> {
    let style = bundle(workspace)?;
    let path = workspace.site().join(format!("{NAME}.css"));
    fs::write(&path, style).with_context(|| format!("cannot write {}", path.display()))
}

fn public_files(workspace: &Workspace) -> Result<Vec<SiteFile>> {
    let dir = workspace.path("public");
    let mut files = Vec::new();
    for path in files_below(&dir)? {
        let name = path.strip_prefix(&dir).expect("files_below lists what is below").to_string_lossy().into_owned();
        let content = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        files.push(SiteFile::new(name, content));
    }
    Ok(files)
}
