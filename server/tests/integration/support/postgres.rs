//! A PostgreSQL server of a test's own, which it may stop and start.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;

/// How a server is stopped.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stop {
    /// Transactions are rolled back and connections closed, as an operator does it.
    Fast,
    /// As if the machine had lost its power: the next start recovers from the log.
    Immediate,
}

/// A running server, or a stopped one. Gone when dropped.
pub(crate) struct PostgresServer {
    binaries: PathBuf,
    folder: TempDir,
    port: u16,
}

impl PostgresServer {
    /// Makes a cluster and starts it. What it acknowledges it keeps: it runs with `fsync`, as `initdb` sets it up.
    pub(crate) fn start_new() -> Self {
        // Free a moment ago; nobody else asks for it while the server is down, for the system hands out others first.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Self { binaries: binaries(), folder: tempfile::tempdir().unwrap(), port };
        if is_root() {
            // The server refuses to run as root.
            assert!(Command::new("chown").arg("postgres:").arg(server.folder.path()).status().unwrap().success());
        }
        server.run("initdb", &["-U", "callboard", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]);
        server.start();
        server
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://callboard@127.0.0.1:{}/postgres", self.port)
    }

    pub(crate) fn start(&self) {
        let options = format!("-h 127.0.0.1 -p {} -k {}", self.port, self.folder.path().display());
        let log = self.folder.path().join("log");
        self.run("pg_ctl", &["-w", "-t", "30", "-l", log.to_str().unwrap(), "-o", &options, "start"]);
    }

    pub(crate) fn stop(&self, how: Stop) {
        let mode = match how {
            Stop::Fast => "fast",
            Stop::Immediate => "immediate",
        };
        self.run("pg_ctl", &["-w", "-t", "30", "-m", mode, "stop"]);
    }

    /// Has the processes of the server stand still, so that connections stay and nobody answers; or has them go on.
    pub(crate) fn freeze(&self, frozen: bool) {
        let main = fs::read_to_string(self.folder.path().join("cluster/postmaster.pid")).unwrap();
        let main = main.lines().next().unwrap().to_owned();
        let signal = |processes: &[&str]| {
            let signal = if frozen { "-STOP" } else { "-CONT" };
            // A child may have ended in between.
            let _ = Command::new("kill").arg(signal).args(processes).stderr(Stdio::null()).status();
        };
        // It first, so that it makes no child that is then overlooked.
        signal(&[&main]);
        let children = Command::new("pgrep").args(["-P", &main]).output().unwrap();
        signal(&String::from_utf8(children.stdout).unwrap().lines().collect::<Vec<_>>());
    }

    fn run(&self, program: &str, args: &[&str]) {
        let mut command = if is_root() {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).arg(self.binaries.join(program));
            command
        } else {
            Command::new(self.binaries.join(program))
        };
        command.arg("-D").arg(self.folder.path().join("cluster")).args(args).current_dir(self.folder.path());
        // Not a pipe: the server that stays would keep it open.
        let told = fs::File::create(self.told()).unwrap();
        let done = command.stdin(Stdio::null()).stdout(told.try_clone().unwrap()).stderr(told).status().unwrap();
        assert!(done.success(), "{program} {args:?}: {}", fs::read_to_string(self.told()).unwrap());
    }

    fn told(&self) -> PathBuf {
        self.folder.path().join("told")
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        if self.folder.path().join("cluster/postmaster.pid").exists() {
            self.freeze(false);
            self.stop(Stop::Immediate);
        }
    }
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().unwrap().stdout.trim_ascii() == b"0"
}

/// The folder of the newest installed version.
fn binaries() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").expect("PostgreSQL is installed, `make test` does so");
    let newest = versions.map(|entry| entry.unwrap().path()).max_by_key(|path| version(path)).unwrap();
    newest.join("bin")
}

fn version(path: &Path) -> u32 {
    path.file_name().and_then(|name| name.to_str()?.parse().ok()).unwrap_or(0)
}
