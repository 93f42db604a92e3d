//! The program killed at any moment: what was acknowledged is there afterwards, and the rest comes again.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use storage::test_support::TestDatabase;
use tempfile::TempDir;

const ENTITIES: usize = 200;
const PATIENCE: Duration = Duration::from_secs(30);

/// A server that can be killed and started again.
struct Victim {
    folder: TempDir,
    port: u16,
    server: Option<Child>,
}

impl Victim {
    fn new(database: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in testkit::catalog::generate(ENTITIES, 1) {
            let path = folder.path().join("files").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        // Free a moment ago: the closest that there is to a port of one's own before the server binds it.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = json!({
            "app": { "baseUrl": format!("http://127.0.0.1:{port}") },
            "backend": { "listen": format!("127.0.0.1:{port}"), "database": database },
            "catalog": {
                "rules": [{ "allow": ["Component", "API", "Group", "User", "Resource", "System", "Domain", "Location"] }],
                "locations": [{ "type": "file", "target": format!("./files/{}", testkit::catalog::ROOT) }],
            },
        });
        fs::write(folder.path().join("callboard.yaml"), config.to_string()).unwrap();
        Self { folder, port, server: None }
    }

    fn start(&mut self) {
        let log = fs::File::create(self.folder.path().join("log")).unwrap();
        let server = Command::new(env!("CARGO_BIN_EXE_callboard"))
            .args(["serve", "--config", "callboard.yaml"])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        self.server = Some(server.unwrap());
    }

    fn kill(&mut self) {
        let mut server = self.server.take().unwrap();
        // SIGKILL: it has no time for anything.
        server.kill().unwrap();
        server.wait().unwrap();
    }

    /// Status and body; `None` where nobody answers.
    fn ask(&self, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let status = answer.split(' ').nth(1)?.parse().ok()?;
        Some((status, answer.split_once("\r\n\r\n")?.1.to_owned()))
    }

    fn wait_for<T>(&self, what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = condition() {
                return found;
            }
            let log = || fs::read_to_string(self.folder.path().join("log")).unwrap();
            assert!(Instant::now() < until, "{what} never came:\n{}", log());
            sleep(Duration::from_millis(10));
        }
    }

    fn wait_until_ready(&self) {
        self.wait_for("readiness", || self.ask("GET", "/readyz", "").filter(|(status, _)| *status == 200));
    }

    fn entities(&self) -> Option<u64> {
        let (_, body) = self.ask("GET", "/api/catalog/entities/by-query?limit=0", "")?;
        serde_json::from_str::<Value>(&body).ok()?["totalItems"].as_u64()
    }

    fn locations(&self) -> Vec<String> {
        let (_, body) = self.ask("GET", "/api/catalog/locations", "").unwrap();
        let items: Vec<Value> = serde_json::from_str(&body).unwrap();
        items.iter().map(|item| item["data"]["target"].as_str().unwrap().to_owned()).collect()
    }

    fn edit(&self, round: u64) {
        let file = self.folder.path().join("files/systems.yaml");
        let added = format!(
            "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {{ name: round-{round} }}\nspec: {{ owner: x }}\n"
        );
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, format!("{}\n---\n{added}", text.trim_end())).unwrap();
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// Kills the server so often.
fn survives(database: &Value, rounds: u64, mut check: impl FnMut(&Path)) {
    let mut victim = Victim::new(database);
    victim.start();
    victim.wait_until_ready();
    let before = victim.wait_for("the catalog", || victim.entities().filter(|count| *count as usize > ENTITIES / 2));

    let mut acknowledged = Vec::new();
    for round in 0..rounds {
        victim.edit(round);
        let target = format!("http://127.0.0.1:9/{round}.yaml");
        let body = json!({ "type": "url", "target": target }).to_string();
        if let Some((201, _)) = victim.ask("POST", "/api/catalog/locations", &body) {
            acknowledged.push(target);
        }
        // From before the edit is noticed to after it is stored.
        sleep(Duration::from_millis(round * 17 % 150));
        victim.kill();
        check(victim.folder.path());
        victim.start();
        victim.wait_until_ready();
        let known = victim.locations();
        assert!(acknowledged.iter().all(|target| known.contains(target)), "{acknowledged:?} {known:?}");
    }
    assert_eq!(acknowledged.len() as u64, rounds, "each was asked of a server that ran");
    // One location entity for each that was registered, and one system for each edit.
    let expected = before + 2 * rounds;
    victim.wait_for("all that was written", || victim.entities().filter(|count| *count == expected));
    victim.kill();
}

#[test]
fn sqlite_survives_being_killed() {
    let database = json!({ "client": "better-sqlite3", "connection": "data.sqlite" });
    survives(&database, 12, |folder| {
        // A copy is only made of a sound database.
        let copy = folder.join("copy.sqlite");
        let made = Command::new(env!("CARGO_BIN_EXE_callboard"))
            .args(["backup", "copy.sqlite"])
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        fs::remove_file(copy).unwrap();
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_survives_the_server_being_killed() {
    let database = TestDatabase::postgres().await;
    let storage::DatabaseUrl::Postgres(url) = database.url() else { panic!("a PostgreSQL database") };
    let connection = json!({ "client": "pg", "connection": url.as_str() });
    tokio::task::spawn_blocking(move || survives(&connection, 6, |_| {})).await.unwrap();
}
