//! The program as its users run it.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// Longer than anything takes.
const PATIENCE: Duration = Duration::from_mins(10);

/// Where the catalog is stored.
pub(crate) enum Store {
    Sqlite,
    /// A server's URL; each program gets a database of its own there.
    Postgres(String),
}

impl Store {
    /// SQLite, and PostgreSQL if there is one.
    pub(crate) fn all() -> Vec<Self> {
        let postgres = std::env::var("CALLBOARD_TEST_POSTGRES").ok().map(Self::Postgres);
        std::iter::once(Self::Sqlite).chain(postgres).collect()
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    fn config(&self, folder: &Path) -> Value {
        match self {
            Self::Sqlite => json!({ "client": "better-sqlite3", "connection": folder.join("catalog.sqlite") }),
            Self::Postgres(server) => {
                let name = format!("bench_{}", uuid::Uuid::now_v7().simple());
                let made = Command::new("psql").arg(server).args(["-qc", &format!("CREATE DATABASE {name}")]).status();
                assert!(made.is_ok_and(|status| status.success()), "a database can be made with psql");
                let (server, _) = server.rsplit_once('/').expect("the URL names a database");
                json!({ "client": "pg", "connection": format!("{server}/{name}") })
            }
        }
    }
}

/// A program with its configuration and its database.
pub(crate) struct Program {
    folder: PathBuf,
    port: u16,
    child: Option<Child>,
    /// From its start until it was ready.
    pub(crate) ready_after: Duration,
}

impl Program {
    /// One that has not been started.
    pub(crate) fn new(folder: &Path, store: &Store, target: &Path) -> Self {
        fs::create_dir_all(folder).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let config = json!({
            "app": { "baseUrl": format!("http://127.0.0.1:{port}") },
            "audit": { "key": "the key of the audit log of the bench" },
            "backend": { "listen": format!("127.0.0.1:{port}"), "database": store.config(folder), "logger": { "level": "warn" }, "rateLimit": { "requestsPerSecond": 0 } },
            "catalog": {
                "rules": [{ "allow": ["Component", "API", "Group", "User", "Resource", "System", "Domain", "Location", "Template"] }],
                "locations": [{ "type": "file", "target": target }],
            },
        });
        fs::write(folder.join("callboard.yaml"), config.to_string()).unwrap();
        Self { folder: folder.to_owned(), port, child: None, ready_after: Duration::ZERO }
    }

    /// Starts it, and waits until it is ready.
    pub(crate) fn start(&self) -> Self {
        let begun = Instant::now();
        let child = Command::new(env!("CARGO_BIN_EXE_callboard"))
            .args(["serve", "--config", "callboard.yaml"])
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn();
        let mut running = Self {
            folder: self.folder.clone(),
            port: self.port,
            child: Some(child.unwrap()),
            ready_after: Duration::ZERO,
        };
        while !running.get("/readyz").starts_with("HTTP/1.1 200") {
            assert!(begun.elapsed() < PATIENCE, "it does not become ready");
            sleep(Duration::from_millis(2));
        }
        running.ready_after = begun.elapsed();
        running
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The whole answer; empty where nobody answers.
    pub(crate) fn get(&self, path: &str) -> String {
        let mut answer = String::new();
        if let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) {
            let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n\r\n", self.port);
            _ = stream.write_all(request.as_bytes()).and_then(|()| stream.read_to_string(&mut answer));
        }
        answer
    }

    /// The name of a component.
    pub(crate) fn first_component(&self) -> String {
        let answer = self.get("/api/v1/catalog/entities?kind=component&limit=1");
        let body = answer.split_once("\r\n\r\n").expect("it answers").1;
        let list: Value = serde_json::from_str(body).expect("the list is JSON");
        list["items"][0]["name"].as_str().expect("there is a component").to_owned()
    }

    /// Resident memory in MiB.
    pub(crate) fn resident(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most resident memory since its start, in MiB.
    pub(crate) fn peak(&self) -> u64 {
        self.status("VmHWM:")
    }

    fn status(&self, label: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix(label));
        line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
    }

    /// What it has used of the processor, user and system.
    pub(crate) fn processor_time(&self) -> Duration {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap_or_default();
        // The name may hold spaces; it ends with the last parenthesis.
        let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields);
        let ticks: u64 = fields.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        // A hundred a second, whatever the kernel's own clock.
        Duration::from_millis(ticks * 10)
    }

    fn id(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        _ = Command::new("kill").arg(child.id().to_string()).status();
        _ = child.wait();
    }
}
