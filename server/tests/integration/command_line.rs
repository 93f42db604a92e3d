//! The command line against a real server, as people and CI jobs use it.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::{Command, Output, Stdio},
    thread,
};

use serde_json::{Value, json};

use crate::support::{CATALOG, process::ServerProcess};

const CONFIGURED: &str = "t0ken-of-the-test";

/// A server over [`CATALOG`] that logs all it can.
fn serve() -> ServerProcess {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("catalog-info.yaml"), CATALOG).unwrap();
    let access = json!({ "type": "static", "options": { "token": CONFIGURED, "subject": "ci" } });
    let config = json!({
        "backend": {
            "database": { "client": "better-sqlite3", "connection": "data.sqlite" },
            "auth": { "externalAccess": [access] },
            "logger": { "level": "debug" },
        },
        "catalog": {
            "rules": [{ "allow": ["Component", "Group", "Location"] }],
            "locations": [{ "type": "file", "target": "catalog-info.yaml" }],
        },
    });
    let mut server = ServerProcess::new(folder, config);
    server.start();
    server.wait_until_ready();
    server.wait_for("the catalog", || server.entities().filter(|count| *count >= 3));
    server
}

fn callboard(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_callboard"));
    command.args(args).current_dir(home).env("HOME", home);
    for name in ["XDG_CONFIG_HOME", "CALLBOARD_SERVER", "CALLBOARD_TOKEN"] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it with the address of the server and a token in the environment.
fn run(server: &ServerProcess, token: &str, args: &[&str]) -> Output {
    let mut command = callboard(server.folder(), args);
    command.env("CALLBOARD_SERVER", address(server));
    if !token.is_empty() {
        command.env("CALLBOARD_TOKEN", token);
    }
    command.output().unwrap()
}

fn address(server: &ServerProcess) -> String {
    format!("http://127.0.0.1:{}", server.port())
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// Standard output of what must succeed.
fn printed(output: &Output) -> &str {
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    text(&output.stdout)
}

/// What it says to people.
fn told(output: &Output) -> &str {
    text(&output.stderr)
}

/// What is said of a failure, which prints nothing.
fn refused(output: &Output, status: i32) -> &str {
    assert_eq!(output.status.code(), Some(status), "{}{}", text(&output.stdout), text(&output.stderr));
    assert_eq!(text(&output.stdout), "", "errors go to standard error alone");
    text(&output.stderr)
}

#[test]
fn entities_are_printed_as_they_are_asked_for() {
    let server = serve();
    let get = |args: &[&str]| run(&server, "", &[&["get"], args].concat());
    let table = get(&["component"]);
    let lines: Vec<_> = printed(&table).lines().collect();
    assert_eq!(
        lines[0].split_whitespace().collect::<Vec<_>>(),
        ["NAME", "NAMESPACE", "TYPE", "LIFECYCLE", "OWNER", "TITLE"]
    );
    assert_eq!(
        lines[1].split_whitespace().collect::<Vec<_>>(),
        ["orphan", "default", "service", "production", "nobody", "-"]
    );
    assert_eq!(lines.len(), 3);

    assert_eq!(printed(&get(&["Components", "-o", "name"])), "component:default/orphan\ncomponent:default/web\n");
    let filters = ["component", "--filter", "spec.type=website", "--filter", "metadata.name=nobody", "-o", "name"];
    assert_eq!(printed(&get(&filters)), "component:default/web\n", "either of the two, and of the kind");
    assert_eq!(printed(&get(&["component", "--limit", "1", "-o", "name"])).lines().count(), 1);
    let json: Value = serde_json::from_str(printed(&get(&["component", "-o", "json"]))).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 2);
    for one in ["component/web", "component:default/web", "component/default/web", "components/web"] {
        let json: Value = serde_json::from_str(printed(&get(&[one, "-o", "json"]))).unwrap();
        assert_eq!(json["metadata"]["description"], "The shop", "{one}");
    }
    let yaml = get(&["component/web", "-o", "yaml"]);
    assert!(printed(&yaml).contains("kind: Component\n"), "{}", printed(&yaml));

    let none = get(&["component", "--filter", "spec.type=nothing"]);
    assert_eq!((printed(&none), text(&none.stderr)), ("", "no entities found\n"));
    let none = get(&["component", "--filter", "spec.type=nothing", "-o", "json"]);
    assert_eq!(printed(&none), "[]\n", "a script reads JSON in any case");
    let missing = get(&["component/missing"]);
    assert!(refused(&missing, 1).contains("missing"), "{}", text(&missing.stderr));
    refused(&get(&["component", "-o", "xml"]), 2);
    refused(&get(&["component/web", "--limit", "1"]), 1);
    let wrong = get(&["component", "-n", "\n../x"]);
    assert!(printed(&wrong).is_empty());
}

#[test]
fn what_can_not_be_asked_is_told_with_the_way_out() {
    let home = tempfile::tempdir().unwrap();
    let nowhere = callboard(home.path(), &["get", "component"]).output().unwrap();
    assert!(refused(&nowhere, 1).contains("--server URL"));
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let unreachable =
        callboard(home.path(), &["get", "component", "--server", &format!("http://{gone}")]).output().unwrap();
    assert!(refused(&unreachable, 1).starts_with(&format!("callboard: no answer from http://{gone}: ")));
    for (server, token) in
        [("ftp://portal.example", "x"), ("http://user:pass@portal.example", "x"), ("http://portal.example", "a b")]
    {
        let output = callboard(home.path(), &["whoami", "--server", server, "--token", token]).output().unwrap();
        assert!(!refused(&output, 1).contains("pass"), "{server}");
    }
    // Neither a page of somebody else's nor a redirect is taken for an answer, and the token is not carried on.
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>",
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
    ] {
        let (address, _) = stand_in(answer);
        refused(&callboard(home.path(), &["whoami", "--server", &address, "--token", "x"]).output().unwrap(), 1);
    }
}

/// Answers one request, which the thread gives.
fn stand_in(answer: &'static str) -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let mut request = Vec::new();
        let mut buffer = [0; 4096];
        while !request.windows(4).any(|end| end == b"\r\n\r\n") {
            let read = stream.read(&mut buffer).unwrap();
            assert!(read > 0, "the request ended early");
            request.extend_from_slice(&buffer[..read]);
        }
        stream.write_all(answer.as_bytes()).unwrap();
        String::from_utf8(request).unwrap()
    });
    (address, asked)
}

#[test]
fn a_login_is_kept_for_its_owner_and_its_server_alone() {
    let server = serve();
    let home = server.folder();
    let login = |token: &str| {
        let mut child =
            callboard(home, &["login", "--server", &address(&server)]).stdin(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(token.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let file = home.join(".config/callboard/credentials.json");
    assert!(refused(&login("wrong-token\n"), 4).contains("does not know who asks"));
    refused(&login("\n"), 1);
    assert!(!file.exists(), "what the portal does not know is not kept");

    let output = login(&format!("{CONFIGURED}\n"));
    assert!(text(&output.stderr).starts_with("you are external:ci at "), "{}", text(&output.stderr));
    assert!(!text(&output.stderr).contains(CONFIGURED));
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let whoami = || callboard(home, &["whoami", "-o", "name"]).output().unwrap();
    assert_eq!(printed(&whoami()), "external:ci\n");

    // Another server never gets it.
    let (other, asked) = stand_in("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    refused(&callboard(home, &["whoami", "--server", &other]).output().unwrap(), 1);
    assert!(!asked.join().unwrap().to_lowercase().contains("authorization"));

    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let open = whoami();
    assert!(refused(&open, 1).contains("chmod 600"), "{}", text(&open.stderr));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    fs::write(&file, "{").unwrap();
    assert!(refused(&whoami(), 1).contains("is not what `callboard login` writes"));

    printed(&callboard(home, &["logout"]).output().unwrap());
    assert!(!file.exists());
}

#[test]
fn tokens_are_made_listed_and_revoked_and_their_secrets_stay_secret() {
    let server = serve();
    let guest = run(&server, "", &["whoami"]);
    assert!(refused(&guest, 4).contains("callboard login"));
    let guest = run(&server, "", &["token", "create", "--name", "x", "--scope", "catalog:read"]);
    assert!(refused(&guest, 4).contains("nobody has signed in"), "{}", text(&guest.stderr));

    let made =
        run(&server, CONFIGURED, &["token", "create", "--name", "ci", "--scope", "environments:write", "--ttl", "90d"]);
    let secret = printed(&made).trim_end().to_owned();
    assert!(secret.starts_with("cb_") && secret.len() == 51, "nothing else is printed");
    assert!(!text(&made.stderr).contains(&secret));
    let who: Value = serde_json::from_str(printed(&run(&server, &secret, &["whoami", "-o", "json"]))).unwrap();
    assert_eq!((&who["principal"], &who["token"]["name"]), (&json!("external:ci"), &json!("ci")));
    assert_eq!(who["token"]["scopes"], json!(["environments:write"]));

    let again = run(&server, CONFIGURED, &["token", "create", "--name", "ci", "--scope", "environments:write"]);
    assert!(refused(&again, 1).contains("there is a token `ci` already"));
    for wrong in [["--scope", "everything", "--ttl", "1d"], ["--scope", "catalog:read", "--ttl", "soon"]] {
        refused(&run(&server, CONFIGURED, &[&["token", "create", "--name", "y"], &wrong[..]].concat()), 2);
    }
    let long =
        run(&server, CONFIGURED, &["token", "create", "--name", "y", "--scope", "catalog:read", "--ttl", "366d"]);
    assert!(refused(&long, 1).contains("at most 365 days"));
    let add = run(&server, &secret, &["locations", "add", "https://git.acme.example/a/b/catalog-info.yaml"]);
    assert!(refused(&add, 1).contains("the token lacks the scope `catalog:write`"), "{}", text(&add.stderr));

    // Beside the running server, for a program of its own.
    // A server and a token of the environment mean nothing here.
    let offline = |args: &[&str]| run(&server, "cb_none", &[&["token"], args, &["--offline"]].concat());
    let made = offline(&["create", "--name", "deploy", "--scope", "catalog:read,catalog:write", "-o", "json"]);
    let made: Value = serde_json::from_str(printed(&made)).unwrap();
    let deploy = made["secret"].as_str().unwrap().to_owned();
    assert_eq!(made["token"]["owner"], "external:deploy");
    assert_eq!(printed(&run(&server, &deploy, &["whoami", "-o", "name"])), "external:deploy\n");
    assert_eq!(printed(&offline(&["list", "-o", "name"])), "deploy\nci\n", "of everybody");
    assert_eq!(printed(&run(&server, CONFIGURED, &["token", "list", "-o", "name"])), "ci\n", "one's own");

    printed(&run(&server, CONFIGURED, &["token", "revoke", "ci"]));
    assert!(refused(&run(&server, &secret, &["whoami"]), 4).contains("Illegal token"));
    printed(&offline(&["revoke", "deploy"]));
    refused(&run(&server, &deploy, &["get", "component"]), 4);
    refused(&offline(&["revoke", "deploy"]), 1);

    let logged = server.log();
    assert!(logged.contains("a token was made"), "{logged}");
    for secret in [&secret, &deploy, CONFIGURED] {
        assert!(!logged.contains(secret.trim_start_matches("cb_")), "the log holds a secret");
    }
    let config = callboard(server.folder(), &["config"]).output().unwrap();
    assert!(!printed(&config).contains(CONFIGURED));
    let database = fs::read(server.folder().join("data.sqlite")).unwrap();
    let wal = fs::read(server.folder().join("data.sqlite-wal")).unwrap_or_default();
    let holds = |bytes: &[u8], secret: &str| bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
    assert!(!holds(&database, &secret) && !holds(&wal, &secret) && !holds(&database, &deploy) && !holds(&wal, &deploy));
}

#[test]
fn a_database_in_memory_has_no_tokens_to_make_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("callboard.yaml"),
        "backend: { database: { client: sqlite3, connection: ':memory:' } }",
    )
    .unwrap();
    let output = callboard(folder.path(), &["token", "create", "--name", "x", "--scope", "catalog:read", "--offline"])
        .output()
        .unwrap();
    assert!(refused(&output, 1).contains("in the memory of the server"));
}

#[test]
fn entities_are_pushed_from_files() {
    let server = serve();
    let file = |name: &str, text: &str| fs::write(server.folder().join(name), text).unwrap();
    let component = |name: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{ name: {name} }}\nspec: {{ type: job, lifecycle: x, owner: team }}\n"
        )
    };
    file("jobs.yaml", &format!("{}---\n{}", component("nightly"), component("hourly")));
    let push = |args: &[&str]| run(&server, CONFIGURED, &[&["push", "ci-jobs"], args].concat());
    let dry = push(&["jobs.yaml", "--dry-run"]);
    assert!(printed(&dry).contains("added    component:default/hourly"), "{}", printed(&dry));
    assert!(told(&dry).contains("push:ci-jobs would have 2 entities: 2 added"), "{}", told(&dry));
    let pushed = push(&["jobs.yaml", "-o", "json"]);
    let outcome: Value = serde_json::from_str(printed(&pushed)).unwrap();
    assert_eq!((&outcome["added"], &outcome["isDryRun"]), (&json!(2), &json!(false)));
    let got = run(&server, CONFIGURED, &["get", "component/nightly", "-o", "name"]);
    assert_eq!(printed(&got), "component:default/nightly\n");
    let delta = push(&["--delta", "--delete", "component:default/nightly"]);
    assert!(printed(&delta).contains("removed   component:default/nightly"), "{}", printed(&delta));

    file("broken.yaml", "kind: [");
    assert!(refused(&push(&["broken.yaml"]), 1).contains("broken.yaml:2:1: not valid YAML"));
    file("wrong.yaml", "kind: Component\nmetadata: { name: x }\n");
    assert!(refused(&push(&["wrong.yaml"]), 1).contains("entities[0] (component:default/x): "));
    assert!(refused(&push(&["missing.yaml"]), 1).contains("`missing.yaml` can not be read"));
}

#[test]
fn locations_are_added_listed_and_removed() {
    let server = serve();
    let run = |args: &[&str]| run(&server, CONFIGURED, &[&["locations"], args].concat());
    let url = "https://git.acme.example/a/b/catalog-info.yaml";
    let id = printed(&run(&["add", url])).trim_end().to_owned();
    refused(&run(&["add", url]), 1);
    refused(&run(&["add", "no url"]), 1);
    let list: Value = serde_json::from_str(printed(&run(&["list", "-o", "json"]))).unwrap();
    let own = list.as_array().unwrap().iter().find(|location| location["id"] == id.as_str()).unwrap();
    assert_eq!(own["target"], url);
    assert!(printed(&run(&["list"])).contains(url));
    printed(&run(&["remove", url]));
    assert!(!printed(&run(&["list"])).contains(url));
    assert!(refused(&run(&["remove", &id]), 1).contains("callboard locations list"));
}

#[test]
fn shells_complete_the_command() {
    let home = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let script = callboard(home.path(), &["completion", shell]).output().unwrap();
        assert!(printed(&script).contains("locations"), "{shell}");
    }
}
