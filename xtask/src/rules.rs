//! The rules of the house that no compiler checks: who may import whom, what no committed file may name, and how large it may be.

use std::fs;

use anyhow::{Result, bail};
use serde::Deserialize;

use crate::process::{cargo, program};
use crate::workspace::Workspace;

/// The floors: what every capability may stand on.
const FLOORS: [&str; 3] = ["access", "storage", "upstream"];
/// What the UI must do without, also by way of others: it runs in the browser and knows of no server.
const NOT_IN_APP: [&str; 5] = ["axum", "kube", "reqwest", "sqlx", "tokio"];
/// Bytes of a committed file: more is what a program has left behind.
const LARGEST_FILE: u64 = 1_000_000;
/// Hosts of package registries: which one is asked is each machine's own setting. In halves, so that this file is clean.
const REGISTRIES: [&str; 6] = [
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("registry.", "npmjs.org"),
    concat!("registry.", "yarnpkg.com"),
    concat!("files.", "pythonhosted.org"),
    concat!("proxy.", "golang.org"),
];

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// `dev` or `build`; nothing for what the crate itself uses.
    kind: Option<String>,
    /// Set for the crates of this workspace.
    path: Option<String>,
}

/// Checks all rules.
///
/// # Errors
/// Lists what breaks a rule.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let metadata = cargo(workspace, ["metadata", "--no-deps", "--format-version", "1", "--locked"]).output()?;
    let metadata: Metadata = serde_json::from_str(&metadata)?;
    let mut faults: Vec<String> = metadata.packages.iter().flat_map(import_faults).collect();
    faults.extend(app_faults(&dependencies_of_app(workspace)?));
    faults.extend(naming_faults(workspace)?);
    if faults.is_empty() { Ok(()) } else { bail!("the rules of the house are broken:\n{}", faults.join("\n")) }
}

fn import_faults(package: &Package) -> Vec<String> {
    let ours = package.dependencies.iter().filter(|dependency| dependency.path.is_some());
    ours.filter(|dependency| !may_import(&package.name, &dependency.name, dependency.kind.as_deref()))
        .map(|dependency| {
            let kind = dependency.kind.as_ref().map_or_else(String::new, |kind| format!(" ({kind}-dependency)"));
            format!("{} must not import {}{kind}", package.name, dependency.name)
        })
        .collect()
}

/// May this crate have `imported` among its dependencies of this kind?
fn may_import(crate_name: &str, imported: &str, kind: Option<&str>) -> bool {
    match (crate_name, imported) {
        (_, "server" | "xtask") => false,
        (_, "testkit") => kind == Some("dev"),
        // Its own tests may switch its features on.
        _ if crate_name == imported => kind == Some("dev"),
        ("server", _) => true,
        ("model" | "xtask", _) => false,
        ("client" | "testkit" | "access" | "storage" | "upstream", _) => imported == "model",
        ("app", _) => ["client", "model"].contains(&imported),
        ("hydrate", _) => ["app", "client", "model"].contains(&imported),
        (_capability, _) => imported == "model" || FLOORS.contains(&imported),
    }
}

/// Names of all crates that end up in the UI when it is rendered on the server.
fn dependencies_of_app(workspace: &Workspace) -> Result<String> {
    // `cargo tree` and not the metadata: there the features that the server asks of shared crates count for all.
    cargo(workspace, ["tree", "--locked", "--package", "app", "--features", "ssr", "--edges", "normal"])
        .args(["--prefix", "none", "--format", "{p}"])
        .output()
}

fn app_faults(tree: &str) -> Vec<String> {
    let names: Vec<&str> = tree.lines().filter_map(|line| line.split_whitespace().next()).collect();
    NOT_IN_APP
        .iter()
        .filter(|banned| names.contains(banned))
        .map(|banned| {
            format!("app must do without {banned}; see who brings it by `cargo tree -p app --features ssr -i {banned}`")
        })
        .collect()
}

/// Files that name a registry's host, this machine's folder of the repository, or the home folder.
fn naming_faults(workspace: &Workspace) -> Result<Vec<String>> {
    let mut banned: Vec<String> = REGISTRIES.iter().map(ToString::to_string).collect();
    banned.push(format!("{}/", workspace.root().display()));
    banned.extend(std::env::var("HOME").ok().filter(|home| home.len() > 1).map(|home| format!("{home}/")));

    let files =
        program(workspace, "git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]).output()?;
    let mut faults = Vec::new();
    for name in files.split('\0').filter(|name| !name.is_empty()) {
        let bytes = fs::metadata(workspace.path(name)).map_or(0, |metadata| metadata.len());
        if bytes > LARGEST_FILE {
            faults.push(format!(
                "{name} has {bytes} bytes, and what is committed stays for ever; at most {LARGEST_FILE}"
            ));
        }
        // What is no text has no names in it; what is listed but gone is about to be removed.
        let Ok(text) = fs::read_to_string(workspace.path(name)) else { continue };
        faults.extend(banned.iter().filter(|host| text.contains(*host)).map(|host| format!("{name} names {host}")));
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_follow_the_architecture() {
        for (crate_name, imported, kind, allowed) in [
            ("app", "client", None, true),
            ("app", "model", None, true),
            ("app", "catalog", None, false),
            ("app", "testkit", Some("dev"), true),
            ("app", "app", Some("dev"), true),
            ("catalog", "model", None, true),
            ("catalog", "storage", None, true),
            ("catalog", "upstream", None, true),
            ("catalog", "search", None, false),
            ("catalog", "client", None, false),
            ("catalog", "testkit", None, false),
            ("catalog", "testkit", Some("dev"), true),
            ("catalog", "testkit", Some("build"), false),
            ("client", "model", None, true),
            ("client", "access", None, false),
            ("hydrate", "app", None, true),
            ("hydrate", "catalog", None, false),
            ("model", "client", None, false),
            ("server", "catalog", None, true),
            ("server", "testkit", None, false),
            ("storage", "access", None, false),
            ("catalog", "server", Some("dev"), false),
        ] {
            assert_eq!(may_import(crate_name, imported, kind), allowed, "{crate_name} -> {imported} ({kind:?})");
        }
    }

    #[test]
    fn a_server_crate_in_the_ui_is_a_fault_and_a_similar_name_is_not() {
        assert_eq!(app_faults("app v0.1.0\nleptos v0.8.23\ntokio-stream v0.1.0\n"), [""; 0]);
        assert_eq!(app_faults("app v0.1.0\ntokio v1.54.0\n").len(), 1);
    }
}
