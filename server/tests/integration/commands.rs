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

const RULES: &str = "\
@id(\"readers\") permit (principal, action == Action::\"catalog.entity.read\", resource);
@id(\"owners\") @reason(\"owners act\") permit (principal, action == Action::\"catalog.entity.delete\", resource)
when { resource.owners.contains(Owner::\"group:default/team\") };
";

#[test]
fn policy_test_tells_each_case_that_comes_out_differently() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("callboard.yaml"), "permission: { enabled: true, policies: rules.cedar }").unwrap();
    fs::write(folder.path().join("rules.cedar"), RULES).unwrap();
    let cases = "\
cases:
  - { principal: guest, action: catalog.entity.read, entity: { kind: API }, expected: allow }
  - { principal: guest, action: catalog.entity.delete, entity: { kind: API, owners: [group:default/team] }, expected: deny }
  - { principal: 'external:ci', action: catalog.location.create, expected: deny }
";
    fs::write(folder.path().join("cases.yaml"), cases).unwrap();
    let output = run(folder.path(), &["policy", "test", "cases.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    let expected =
        "case 2: guest catalog.entity.delete: allowed by `owners` (owners act)\n3 cases, 1 came out differently\n";
    assert_eq!(text(&output.stdout), expected, "{}", text(&output.stderr));
    fs::write(folder.path().join("cases.yaml"), cases.replace("team] }, expected: deny", "other] }, expected: deny"))
        .unwrap();
    assert!(run(folder.path(), &["policy", "test", "cases.yaml"]).status.success());

    for (change, told) in [
        (cases.replace("location.create", "location.raed"), "no action `catalog.location.raed`"),
        (cases.replace("principal: guest", "principle: guest"), "cases.yaml:2"),
        (cases.replace("kind: API", "kind: API, owner: x"), "owner"),
    ] {
        fs::write(folder.path().join("cases.yaml"), change).unwrap();
        let output = run(folder.path(), &["policy", "test", "cases.yaml"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stderr).contains(told), "{}", text(&output.stderr));
    }
    fs::write(folder.path().join("cases.yaml"), cases).unwrap();
    fs::write(folder.path().join("rules.cedar"), "permit (principal, action, resorce);").unwrap();
    let output = run(folder.path(), &["policy", "test", "cases.yaml"]);
    assert!(text(&output.stderr).contains("rules.cedar:1:28: "), "{}", text(&output.stderr));
}

#[tokio::test]
async fn policy_explain_says_why_from_the_database() {
    let config = "\
auth: { providers: { oidc: { main: { metadataUrl: 'https://id.acme.example', clientId: callboard } } } }
backend: { database: { client: sqlite3, connection: ./catalog.db } }
permission: { policies: rules.cedar }
";
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("catalog-info.yaml"), CATALOG).unwrap();
    fs::write(folder.path().join("rules.cedar"), RULES).unwrap();
    let database = folder.path().join("catalog.db");
    let absolute = config.replace("./catalog.db", &database.display().to_string());
    fs::write(folder.path().join("callboard.yaml"), &absolute).unwrap();
    let path = folder.path().to_owned();
    let app = crate::support::TestApp::over(folder, "catalog-info.yaml", &absolute).await;
    app.app.stop().await;

    let explain = |who: &str, on: &str| run(&path, &["policy", "explain", who, "catalog.entity.delete", on]);
    let output = explain("user:default/alice", "component:default/web");
    assert_eq!(
        text(&output.stdout),
        "allow\nwhy:    allowed by `owners` (owners act)\nroles:  developer\nowns as user:default/alice\n\
         owners of component:default/web: group:default/team\n",
        "{}",
        text(&output.stderr)
    );
    let denied = explain("external:ci", "component:default/orphan");
    assert_eq!(denied.status.code(), Some(1));
    let told = "deny\nwhy:    what allows it is `owners` (owners act)\n";
    assert!(text(&denied.stdout).starts_with(told), "{}", text(&denied.stdout));
    let unknown = explain("guest", "component:default/nothing");
    assert!(
        text(&unknown.stderr).contains("the catalog has no `component:default/nothing`"),
        "{}",
        text(&unknown.stderr)
    );
}
