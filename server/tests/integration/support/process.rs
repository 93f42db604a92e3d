//! The program as a process of its own, which can be killed, started again and asked over real connections.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread::{panicking, sleep},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

/// For what is sure to come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// `callboard serve` in a folder of its own.
pub(crate) struct ServerProcess {
    folder: TempDir,
    port: u16,
    child: Option<Child>,
}

impl ServerProcess {
    /// Not yet started; `config` may say everything but the addresses.
    pub(crate) fn new(folder: TempDir, mut config: Value) -> Self {
        // Free a moment ago: the closest that there is to a port of one's own before the server binds it.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        config["app"] = json!({ "baseUrl": format!("http://127.0.0.1:{port}") });
        config["backend"]["listen"] = json!(format!("127.0.0.1:{port}"));
        fs::write(folder.path().join("callboard.yaml"), config.to_string()).unwrap();
        Self { folder, port, child: None }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn start(&mut self) {
        let log = fs::File::options().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let server = Command::new(env!("CARGO_BIN_EXE_callboard"))
            .args(["serve", "--config", "callboard.yaml"])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        self.child = Some(server.unwrap());
    }

    pub(crate) fn kill(&mut self) {
        let mut server = self.child.take().unwrap();
        // SIGKILL: it has no time for anything.
        server.kill().unwrap();
        server.wait().unwrap();
    }

    /// Of the process that runs.
    pub(crate) fn id(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    /// Status and body; `None` where nobody answers.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
        ask(self.port, method, path, body)
    }

    /// To ask from another thread.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The JSON of an answer that has to be there.
    pub(crate) fn get(&self, path: &str) -> Value {
        let (status, body) = self.ask("GET", path, "").unwrap_or_else(|| panic!("no answer:\n{}", self.log()));
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    pub(crate) fn wait_for<T>(&self, what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = condition() {
                return found;
            }
            assert!(Instant::now() < until, "{what} never came:\n{}", self.log());
            sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn wait_until_ready(&self) {
        self.wait_for("readiness", || self.ask("GET", "/readyz", "").filter(|(status, _)| *status == 200));
    }

    /// How many entities there are.
    pub(crate) fn entities(&self) -> Option<u64> {
        let (_, body) = self.ask("GET", "/api/catalog/entities/by-query?limit=0", "")?;
        serde_json::from_str::<Value>(&body).ok()?["totalItems"].as_u64()
    }

    /// Targets of the registered locations.
    pub(crate) fn locations(&self) -> Vec<String> {
        let items = self.get("/api/catalog/locations");
        let target = |item: &Value| item["data"]["target"].as_str().unwrap().to_owned();
        items.as_array().unwrap().iter().map(target).collect()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        if panicking() {
            eprintln!("the log of the server:\n{}", self.log());
        }
        if let Some(mut server) = self.child.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// The most memory that a running process has held, in bytes.
pub(crate) fn peak_memory(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
}

/// Status and body of what a server at a port of this machine answers; `None` where nobody does.
pub(crate) fn ask(port: u16, method: &str, path: &str, body: &str) -> Option<(u16, String)> {
    ask_with(port, method, path, "", body)
}

/// The same with more headers, each with its end of line. HTTP/1.0, so that the answer's body comes in one piece.
pub(crate) fn ask_with(port: u16, method: &str, path: &str, headers: &str, body: &str) -> Option<(u16, String)> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.0\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {length}\r\n{headers}\r\n{body}"
    );
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let status = answer.split(' ').nth(1)?.parse().ok()?;
    Some((status, answer.split_once("\r\n\r\n")?.1.to_owned()))
}
