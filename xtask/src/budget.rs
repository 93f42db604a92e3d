//! The weight of a page, checked against the budget: what a visitor on a slow line waits for.

use std::collections::BTreeMap;
use std::fs;

use anyhow::{Context, Result, bail};

use crate::web::{NAME, Site};
use crate::workspace::Workspace;

/// Bytes over the wire (brotli), decimal kilobytes.
const MAIN_MODULE: usize = 170_000;
/// A lazy route's own module: what one more page adds. What routes share is fetched once, and counts for the page.
const ROUTE: usize = 45_000;
const PAGE: usize = 310_000;

/// Prints what each asset weighs.
///
/// # Errors
/// When the main module, a lazy route or the heaviest page is over the budget, and when the assets are not a release.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let site = Site::read(workspace)?;
    if !site.is_compressed() {
        bail!("target/site holds debug assets; build the others by `cargo xtask web --release`");
    }
    let manifest = workspace.site().join("__wasm_split_manifest.json");
    let routes: BTreeMap<String, Vec<String>> = serde_json::from_str(
        &fs::read_to_string(&manifest).with_context(|| format!("cannot read {}", manifest.display()))?,
    )?;
    let weights: BTreeMap<String, usize> =
        site.files.iter().map(|file| (file.path.clone(), file.brotli.unwrap_or(file.bytes))).collect();

    println!("{:<64} {:>9} {:>9}", "asset", "bytes", "brotli");
    for file in &site.files {
        let brotli = file.brotli.map_or_else(|| "-".to_owned(), |bytes| bytes.to_string());
        println!("{:<64} {:>9} {brotli:>9}", file.path, file.bytes);
    }
    println!("\n{:<64} {:>9} {:>9}", "budget (bytes over the wire)", "is", "at most");
    let mut over = Vec::new();
    for (what, is, limit) in lines(&weights, &routes)? {
        println!("{what:<64} {is:>9} {limit:>9}");
        if is > limit {
            over.push(format!("{what} is {} bytes too heavy", is - limit));
        }
    }
    if over.is_empty() { Ok(()) } else { bail!("over the budget: {}", over.join("; ")) }
}

/// What is limited: a name, its weight, its limit.
fn lines(
    weights: &BTreeMap<String, usize>,
    routes: &BTreeMap<String, Vec<String>>,
) -> Result<Vec<(String, usize, usize)>> {
    let weight = |name: &str| weights.get(name).copied().with_context(|| format!("the asset {name} is missing"));
    let main = weight(&format!("{NAME}_bg.wasm"))?;
    let mut lines = vec![("main module".to_owned(), main, MAIN_MODULE)];
    let mut heaviest_route = 0;
    for (route, files) in routes {
        let (own, shared): (Vec<_>, Vec<_>) = files.iter().partition(|file| file.starts_with("split_"));
        let sum = |files: &[&String]| files.iter().map(|file| weight(&format!("{file}.wasm"))).sum::<Result<usize>>();
        let (own, shared) = (sum(&own)?, sum(&shared)?);
        heaviest_route = heaviest_route.max(own + shared);
        lines.push((format!("route {route} ({shared} more are shared)"), own, ROUTE));
    }
    // All scripts, style sheets and fonts count for every page, also those that it may do without.
    let others = [".js", ".css", ".woff2"];
    let others: usize =
        weights.iter().filter(|(name, _)| others.iter().any(|end| name.ends_with(end))).map(|(_, w)| w).sum();
    lines.push((
        "page: main module, heaviest route, scripts, styles, fonts".to_owned(),
        main + heaviest_route + others,
        PAGE,
    ));
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_the_main_module_with_its_heaviest_route_and_all_else() -> Result<()> {
        let weights = [
            ("callboard_bg.wasm", 100_000),
            ("split_a.wasm", 10_000),
            ("split_b.wasm", 30_000),
            ("chunk_0.wasm", 5_000),
            ("callboard.js", 8_000),
            ("callboard.css", 9_000),
            ("fonts/a.woff2", 40_000),
            ("favicon.svg", 500),
        ];
        let weights = weights.map(|(name, bytes)| (name.to_owned(), bytes)).into();
        let routes = [("a", vec!["split_a"]), ("b", vec!["chunk_0", "split_b"])];
        let routes =
            routes.map(|(name, files)| (name.to_owned(), files.into_iter().map(str::to_owned).collect())).into();
        let lines: Vec<_> = lines(&weights, &routes)?.into_iter().map(|(_, is, _)| is).collect();
        assert_eq!(lines, [100_000, 10_000, 30_000, 192_000]);
        Ok(())
    }

    #[test]
    fn a_route_whose_file_is_missing_is_a_fault() {
        let weights = [("callboard_bg.wasm".to_owned(), 1)].into();
        let routes = [("a".to_owned(), vec!["split_a".to_owned()])].into();
        assert!(lines(&weights, &routes).is_err());
    }
}
