//! The style sheet: `style/main.css` with what it imports, as one minified file.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, RwLock};

use anyhow::{Result, anyhow, bail};
use lightningcss::bundler::{BundleErrorKind, Bundler, FileProvider};
use lightningcss::dependencies::{Dependency, DependencyOptions};
use lightningcss::error::ErrorLocation;
use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{MinifyOptions, ParserOptions};
use lightningcss::targets::{Browsers, Targets};

use crate::workspace::Workspace;

/// The oldest browsers with `light-dark()`, `oklch()`, container queries and nesting, all of which are kept as written.
const BROWSERS: Browsers = Browsers {
    chrome: Some(version(123, 0)),
    firefox: Some(version(120, 0)),
    safari: Some(version(17, 5)),
    ios_saf: Some(version(17, 5)),
    android: None,
    edge: None,
    ie: None,
    opera: None,
    samsung: None,
};

const fn version(major: u32, minor: u32) -> u32 {
    major << 16 | minor << 8
}

/// The bundled style sheet.
///
/// # Errors
/// Lists every fault with file, line and column: what does not parse, and `url()`s of files that are not in `public/`.
/// URLs are relative to the finished sheet, which lies beside the content of `public/`.
pub(crate) fn bundle(workspace: &Workspace) -> Result<String> {
    bundle_file(&workspace.path("style/main.css"), &workspace.path("public"), workspace.root())
}

fn bundle_file(entry: &Path, public: &Path, root: &Path) -> Result<String> {
    let sources = FileProvider::new();
    let faults = Arc::new(RwLock::new(Vec::new()));
    // Recovery lists all faults instead of the first one; any of them fails the build.
    let options = ParserOptions { error_recovery: true, warnings: Some(faults.clone()), ..ParserOptions::default() };
    let mut sheet = Bundler::new(&sources, None, options).bundle(entry).map_err(|error| match error.kind {
        BundleErrorKind::ResolverError(cause) => {
            anyhow!("{}cannot read the imported file: {cause}", place(error.loc.as_ref(), root))
        }
        kind => anyhow!("{}{kind}", place(error.loc.as_ref(), root)),
    })?;
    let list = faults.read().map_err(|_| anyhow!("the style sheets could not be read"))?.iter().fold(
        String::new(),
        |mut list, fault| {
            let _ = write!(list, "\n{}{}", place(fault.loc.as_ref(), root), fault.kind);
            list
        },
    );
    if !list.is_empty() {
        bail!("faults in the style sheets:{list}");
    }

    let targets = Targets { browsers: Some(BROWSERS), ..Targets::default() };
    sheet
        .minify(MinifyOptions { targets, ..MinifyOptions::default() })
        .map_err(|error| anyhow!("{}{}", place(error.loc.as_ref(), root), error.kind))?;
    let print = |analyze_dependencies| {
        sheet
            .to_css(PrinterOptions { minify: true, targets, analyze_dependencies, ..PrinterOptions::default() })
            .map_err(|error| anyhow!("{}{}", place(error.loc.as_ref(), root), error.kind))
    };
    check_urls(&print(Some(DependencyOptions::default()))?.dependencies.unwrap_or_default(), public)?;
    Ok(print(None)?.code)
}

fn check_urls(dependencies: &[Dependency], public: &Path) -> Result<()> {
    for dependency in dependencies {
        let url = match dependency {
            Dependency::Import(import) => bail!("the style sheets import {}, which is no file of ours", import.url),
            Dependency::Url(url) => &url.url,
        };
        let is_inline = url.starts_with("data:") || url.starts_with('#');
        if !is_inline && !public.join(url).is_file() {
            bail!("the style sheets refer to {url}, which is not in public/");
        }
    }
    Ok(())
}

/// `file:line:column: `, as editors understand it; lines are counted from 0 by the parser.
fn place(location: Option<&ErrorLocation>, root: &Path) -> String {
    location.map_or_else(String::new, |ErrorLocation { filename, line, column }| {
        let file = Path::new(filename).strip_prefix(root).unwrap_or(Path::new(filename));
        format!("{}:{}:{column}: ", file.display(), line + 1)
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn bundled(main: &str, part: &str) -> Result<String> {
        let dir = tempfile::tempdir()?;
        fs::create_dir_all(dir.path().join("public/fonts"))?;
        fs::write(dir.path().join("public/fonts/a.woff2"), "")?;
        fs::write(dir.path().join("main.css"), main)?;
        fs::write(dir.path().join("part.css"), part)?;
        bundle_file(&dir.path().join("main.css"), &dir.path().join("public"), dir.path())
    }

    #[test]
    fn imports_are_bundled_and_new_functions_are_kept() -> Result<()> {
        let css = bundled(
            "@layer base;\n@import url(\"part.css\") layer(base);",
            ":root { color: light-dark(oklch(0.2 0 0), white) }\n@container (width > 3rem) { p { & a { top: 0 } } }\n\
             @font-face { font-family: A; src: url(\"fonts/a.woff2\") }",
        )?;
        for kept in ["@layer base", "light-dark(oklch(", "@container", "& a", "url(fonts/a.woff2)"] {
            assert!(css.contains(kept), "{kept} is gone from {css}");
        }
        Ok(())
    }

    #[test]
    fn faults_are_told_with_their_place() {
        for (part, expected) in [
            ("a {}\np { color: red; top }", "part.css:2:"),
            ("a { }\n@media (min-width: ) { a { top: 0 } }", "part.css:2:"),
            ("a:hoover(x) { top: 0 }", "part.css:1:"),
            ("@import url(\"absent.css\");", "part.css:1:1: cannot read the imported file"),
            ("a { background: url(fonts/absent.woff2) }", "fonts/absent.woff2, which is not in public/"),
        ] {
            let error = bundled("@import url(\"part.css\");", part).expect_err(part).to_string();
            assert!(error.contains(expected), "{part}: {error}");
        }
    }
}
