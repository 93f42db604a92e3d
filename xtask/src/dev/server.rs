//! The server that `make dev` runs: started, asked whether it is ready, and ended with the loop.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Child;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::binary::DEMO;
use crate::process::program;
use crate::workspace::Workspace;

/// Where the demo organisation's configuration has the server listen.
pub(super) const URL: &str = "http://127.0.0.1:7007";
const ADDRESS: &str = "127.0.0.1:7007";
const START: Duration = Duration::from_secs(30);

/// At most one server process.
pub(super) struct Server {
    child: Arc<Mutex<Option<Child>>>,
    reload_url: String,
}

impl Server {
    /// No process yet. Ends the process when this program is told to end.
    pub(super) fn new(reload_url: &str) -> Result<Self> {
        let child = Arc::new(Mutex::new(None));
        let running = Arc::clone(&child);
        ctrlc::set_handler(move || {
            stop(&mut lock(&running));
            std::process::exit(130);
        })
        .context("cannot react to being stopped")?;
        Ok(Self { child, reload_url: reload_url.to_owned() })
    }

    pub(super) fn is_running(&self) -> Result<bool> {
        Ok(match lock(&self.child).as_mut() {
            Some(child) => child.try_wait()?.is_none(),
            None => false,
        })
    }

    /// Ends the process, starts one of the binary as it is now, and waits until it is ready.
    ///
    /// # Errors
    /// When it ends itself, or is not ready in time.
    pub(super) fn restart(&self, workspace: &Workspace) -> Result<()> {
        let binary = workspace.target().join("debug/callboard");
        let mut command = program(workspace, &binary)
            .args(["serve", "--config", DEMO])
            .env("CALLBOARD_DEV_RELOAD", &self.reload_url)
            .into_command();
        let mut child = lock(&self.child);
        stop(&mut child);
        if TcpStream::connect(ADDRESS).is_ok() {
            bail!("another program listens on {ADDRESS}; stop it, and save a file to try again");
        }
        let started = child.insert(command.spawn().with_context(|| format!("cannot start {}", binary.display()))?);
        let began = Instant::now();
        while !is_ready() {
            if let Some(status) = started.try_wait()? {
                bail!("the server ended at its start: {status}");
            }
            if began.elapsed() > START {
                bail!("the server is not ready after {} s", START.as_secs());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

fn lock(child: &Mutex<Option<Child>>) -> MutexGuard<'_, Option<Child>> {
    child.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Ends the process at once: it may be killed at any time without harm, and open streams would hold up a polite end.
fn stop(child: &mut Option<Child>) {
    if let Some(mut child) = child.take() {
        // Either fails only if the process has ended by itself.
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Does the server answer that it is ready?
fn is_ready() -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(ADDRESS)?;
        stream.set_read_timeout(Some(Duration::from_secs(2)))?;
        stream.write_all(format!("GET /readyz HTTP/1.1\r\nhost: {ADDRESS}\r\nconnection: close\r\n\r\n").as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200 "))
}
