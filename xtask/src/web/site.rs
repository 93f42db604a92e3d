//! The finished folder: files with their compressed siblings, and the list of them that the server reads.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::{Mode, compress};
use crate::digest::digest;
use crate::steps::step;
use crate::workspace::Workspace;

/// `site.json`: the list of the assets.
#[derive(Serialize, Deserialize)]
pub(crate) struct Site {
    /// Over names and content of all files, in hexadecimal digits: the folder in their URL.
    pub(crate) hash: String,
    pub(crate) files: Vec<Asset>,
}

/// One asset, as `site.json` lists it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Asset {
    /// Relative to the folder, with `/`.
    pub(crate) path: String,
    pub(crate) bytes: usize,
    /// Size of the sibling `.br`, if there is one.
    pub(crate) brotli: Option<usize>,
    /// Size of the sibling `.zst`, if there is one.
    pub(crate) zstd: Option<usize>,
    pub(crate) content_type: String,
}

/// A file on its way into the folder.
pub(crate) struct SiteFile {
    name: String,
    content: Vec<u8>,
}

impl SiteFile {
    pub(super) fn new(name: String, content: Vec<u8>) -> Self {
        Self { name, content }
    }
}

impl Site {
    /// The list of what was built last.
    ///
    /// # Errors
    /// When nothing was built.
    pub(crate) fn read(workspace: &Workspace) -> Result<Self> {
        let path = workspace.site().join("site.json");
        let text = fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}; build it by `cargo xtask web --release`", path.display()))?;
        serde_json::from_str(&text).with_context(|| format!("cannot understand {}", path.display()))
    }

    pub(crate) fn is_compressed(&self) -> bool {
        self.files.iter().any(|file| file.brotli.is_some())
    }
}

/// Writes the folder anew, unless it holds just this already.
pub(super) fn write(workspace: &Workspace, mode: Mode, mut files: Vec<SiteFile>) -> Result<Site> {
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let hash = digest(files.iter().flat_map(|file| [file.name.as_bytes(), &file.content]));
    if let Ok(site) = Site::read(workspace)
        && site.hash == hash
        && site.is_compressed() == (mode == Mode::Release)
        && is_untouched(&workspace.site(), &files)
    {
        return Ok(site);
    }
    let (site, complete) = step("write target/site", || {
        let mut complete = BTreeMap::new();
        let mut assets = Vec::new();
        for file in files {
            assets.push(add(&mut complete, file, mode)?);
        }
        let site = Site { hash, files: assets };
        complete.insert("site.json".to_owned(), serde_json::to_vec_pretty(&site)?);
        Ok((site, complete))
    })?;
    replace(&workspace.site(), &complete)?;
    Ok(site)
}

/// Adds a file and its compressed siblings.
fn add(complete: &mut BTreeMap<String, Vec<u8>>, file: SiteFile, mode: Mode) -> Result<Asset> {
    let SiteFile { name, content } = file;
    let (content_type, compresses) = content_type(&name);
    let mut asset = Asset {
        path: name.clone(),
        bytes: content.len(),
        brotli: None,
        zstd: None,
        content_type: content_type.to_owned(),
    };
    if mode == Mode::Release && compresses {
        let brotli = compress::brotli(&content)?;
        let zstd = compress::zstd(&content)?;
        asset.brotli = Some(brotli.len());
        asset.zstd = Some(zstd.len());
        complete.insert(format!("{name}.br"), brotli);
        complete.insert(format!("{name}.zst"), zstd);
    }
    complete.insert(name, content);
    Ok(asset)
}

/// The content type by the extension, and whether such content gets smaller by compression.
fn content_type(name: &str) -> (&'static str, bool) {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => ("text/css; charset=utf-8", true),
        "html" => ("text/html; charset=utf-8", true),
        "ico" => ("image/x-icon", true),
        "js" => ("text/javascript; charset=utf-8", true),
        "json" => ("application/json", true),
        "png" => ("image/png", false),
        "svg" => ("image/svg+xml", true),
        "txt" => ("text/plain; charset=utf-8", true),
        "wasm" => ("application/wasm", true),
        "webmanifest" => ("application/manifest+json", true),
        "woff2" => ("font/woff2", false),
        _ => ("application/octet-stream", false),
    }
}

/// Does the folder still hold what is to be in it? The development loop writes into it.
fn is_untouched(dir: &Path, files: &[SiteFile]) -> bool {
    files.iter().all(|file| fs::read(dir.join(&file.name)).is_ok_and(|content| content == file.content))
}

/// Writes the files beside the folder and puts them in its place, so that nobody reads half of it.
fn replace(dir: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<()> {
    let part = dir.with_extension("part");
    remove(&part)?;
    for (name, content) in files {
        let path = part.join(name);
        fs::create_dir_all(path.parent().expect("the path has the folder before it"))?;
        fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
    }
    remove(dir)?;
    fs::rename(&part, dir).with_context(|| format!("cannot move {} to {}", part.display(), dir.display()))
}

fn remove(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", dir.display()))
        }
        _ => Ok(()),
    }
}
