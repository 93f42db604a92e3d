//! The program, run as people run it.

use std::{
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Output, Stdio},
};

use crate::support::CATALOG;

fn callboard(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callboard"));
    command.args(args).current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    callboard(folder, args).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn validate_tells_where_and_fails_on_errors() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("good.yaml"), CATALOG).unwrap();
    fs::write(folder.path().join("bad.yaml"), CATALOG.replace("name: web", "name: we b")).unwrap();

    let good = run(folder.path(), &["validate", "good.yaml"]);
    assert!(good.status.success(), "{}", text(&good.stdout));
    let both = run(folder.path(), &["validate", "good.yaml", "bad.yaml"]);
    assert_eq!(both.status.code(), Some(1));
    assert!(text(&both.stdout).starts_with("bad.yaml:3:13: error: "), "{}", text(&both.stdout));
    for not_readable in ["missing.yaml", "."] {
        let output = run(folder.path(), &["validate", not_readable]);
        assert_eq!(output.status.code(), Some(1), "{not_readable}");
        assert!(text(&output.stdout).contains("can not be read"), "{}", text(&output.stdout));
    }
}

#[test]
fn validate_reads_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = callboard(folder.path(), &["validate", "-"]).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"kind: Component\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).starts_with("-:1:1: error: "), "{}", text(&output.stdout));
}

#[test]
fn serve_refuses_what_other_machines_can_reach() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("callboard.yaml"), "backend: { database: { connection: ':memory:' } }").unwrap();
    let output = run(folder.path(), &["serve", "--listen", ":0"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("--allow-remote"), "{}", text(&output.stderr));
}

#[test]
fn configuration_is_looked_for_in_the_working_folder() {
    let folder = tempfile::tempdir().unwrap();
    let none = run(folder.path(), &["config"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(text(&none.stderr).contains("--config FILE"), "{}", text(&none.stderr));

    fs::write(folder.path().join("app-config.yaml"), "app: { title: Theirs }").unwrap();
    fs::write(folder.path().join("app-config.local.yaml"), "organization: { name: local }").unwrap();
    let printed = run(folder.path(), &["config"]);
    assert!(text(&printed.stdout).contains("title: \"Theirs\"  # app-config.yaml:1:15"), "{}", text(&printed.stdout));
    assert!(text(&printed.stdout).contains("name: \"local\"  # app-config.local.yaml:1:"), "{}", text(&printed.stdout));

    fs::write(folder.path().join("callboard.yaml"), "app: { title: Ours }").unwrap();
    assert!(text(&run(folder.path(), &["config"]).stdout).contains("title: \"Ours\""));
}

#[test]
fn openapi_prints_the_document() {
    let output = run(Path::new("."), &["openapi"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["info"]["title"], "Callboard");
}

#[test]
fn a_backup_is_restored_where_no_database_is() {
    let folder = tempfile::tempdir().unwrap();
    let config = "backend: { database: { client: better-sqlite3, connection: data.sqlite } }";
    fs::write(folder.path().join("callboard.yaml"), config).unwrap();
    let missing = run(folder.path(), &["backup", "copy.sqlite"]);
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing.stderr).contains("data.sqlite` does not exist"), "{}", text(&missing.stderr));
    let nothing = run(folder.path(), &["restore", "copy.sqlite"]);
    assert!(text(&nothing.stderr).contains("copy.sqlite` does not exist"), "{}", text(&nothing.stderr));
}
