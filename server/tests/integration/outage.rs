//! PostgreSQL gone and back, again and again, while two servers over it are asked to read and to write.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::{scope, sleep},
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{
    CATALOG,
    postgres::{PostgresServer, Stop},
    process::{ServerProcess, ask},
};

/// How the database goes.
#[derive(Clone, Copy, Debug)]
enum Outage {
    Stopped(Stop),
    /// It stands still: connections stay, and nobody answers.
    Frozen,
}

const OUTAGES: [Outage; 6] = [
    Outage::Stopped(Stop::Fast),
    Outage::Stopped(Stop::Immediate),
    Outage::Frozen,
    Outage::Stopped(Stop::Immediate),
    Outage::Frozen,
    Outage::Stopped(Stop::Fast),
];
const WEB: &str = "/api/catalog/entities/by-name/component/default/web";

/// A server over files and a database that another may share.
fn server(files: &Path, database: &str) -> ServerProcess {
    let config = json!({
        "audit": { "key": "the key of the audit log of this test" },
        "backend": {
            "database": { "client": "pg", "connection": database, "acquireTimeout": "1s" },
            "server": { "requestTimeout": "5s" },
        },
        "catalog": {
            "rules": [{ "allow": ["Component", "Group", "System", "Location"] }],
            "locations": [{ "type": "file", "target": files.join("*.yaml") }],
        },
    });
    let mut server = ServerProcess::new(tempfile::tempdir().unwrap(), config);
    server.start();
    server
}

fn add_system(files: &Path, name: &str) {
    let text = format!(
        "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {{ name: {name} }}\nspec: {{ owner: team }}\n"
    );
    fs::write(files.join(format!("{name}.yaml")), text).unwrap();
}

/// What was acknowledged to those who write: targets of locations, and whether they were taken away again.
#[derive(Default)]
struct Acknowledged(Mutex<BTreeMap<String, bool>>);

impl Acknowledged {
    fn assert_kept_by(&self, server: &ServerProcess) {
        let known = server.locations();
        for (target, is_removed) in &*self.0.lock().unwrap() {
            assert_eq!(known.contains(target), !is_removed, "{target} was acknowledged");
        }
    }
}

/// Registers locations until it is told to stop, and takes every other one away again. While the database is gone there is no other answer
/// than that.
fn write(port: u16, name: &str, stop: &AtomicBool, acknowledged: &Acknowledged) {
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let target = format!("http://127.0.0.1:9/{name}-{number}.yaml");
        let body = json!({ "type": "url", "target": target }).to_string();
        let (status, answer) = ask(port, "POST", "/api/catalog/locations", &body).expect("an answer");
        if status == 201 {
            acknowledged.0.lock().unwrap().insert(target.clone(), false);
            if number % 2 == 0 {
                let id = serde_json::from_str::<Value>(&answer).unwrap()["location"]["id"].as_str().unwrap().to_owned();
                // From here on nobody knows, until that is acknowledged too.
                acknowledged.0.lock().unwrap().remove(&target);
                let (status, answer) =
                    ask(port, "DELETE", &format!("/api/catalog/locations/{id}"), "").expect("an answer");
                if status == 204 {
                    acknowledged.0.lock().unwrap().insert(target, true);
                } else {
                    assert_says_unavailable(status, &answer);
                }
            }
        } else {
            assert_says_unavailable(status, &answer);
        }
        sleep(Duration::from_millis(50));
    }
}

/// Reads until it is told to stop: the catalog is in memory, so each answer is a good one.
fn read(port: u16, stop: &AtomicBool, count: &AtomicU64) {
    while !stop.load(Ordering::Relaxed) {
        for path in [WEB, "/api/catalog/entities/by-query?filter=kind=component", "/catalog/default/component/web"] {
            let (status, body) = ask(port, "GET", path, "").expect("an answer");
            assert!(status == 200 && body.contains("The shop"), "{path}: {status} {body}");
            count.fetch_add(1, Ordering::Relaxed);
        }
        sleep(Duration::from_millis(20));
    }
}

/// As Backstage tells of errors.
fn assert_says_unavailable(status: u16, body: &str) {
    let error: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {status} {body}"));
    assert_eq!((status, &error["error"]["name"]), (503, &"ServiceUnavailableError".into()), "{body}");
    assert_eq!(error["response"]["statusCode"], 503, "{body}");
    assert!(!body.contains("postgres://"), "nothing of the database's address: {body}");
}

/// What is told while the database is gone.
fn assert_told_while_gone(server: &ServerProcess, round: usize, reads: &AtomicU64) {
    let before = reads.load(Ordering::Relaxed);
    let body = json!({ "type": "url", "target": format!("http://127.0.0.1:9/lost-{round}.yaml") }).to_string();
    let (status, answer) = server.ask("POST", "/api/catalog/locations", &body).expect("an answer");
    assert_says_unavailable(status, &answer);
    let versions = "/api/v1/catalog/entities/component/default/web/versions";
    let (status, answer) = server.ask("GET", versions, "").expect("an answer");
    let problem: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((status, &problem["title"], &problem["status"]), (503, &"ServiceUnavailableError".into(), &503.into()));
    // What is read comes from memory, so requests should still be sent here.
    assert_eq!(server.ask("GET", "/readyz", "").expect("an answer").0, 200);
    server.wait_for("more reads", || (reads.load(Ordering::Relaxed) > before + 20).then_some(()));
}

/// Everything works again, without anybody's help.
fn assert_recovers(servers: [&ServerProcess; 2], round: usize) {
    for (number, server) in servers.into_iter().enumerate() {
        let target = format!("http://127.0.0.1:9/recovered-{round}-{number}.yaml");
        let body = json!({ "type": "url", "target": target }).to_string();
        server.wait_for("a registration", || {
            server.ask("POST", "/api/catalog/locations", &body).filter(|(status, _)| [201, 409].contains(status))
        });
        for other in servers {
            // The process that has the lease has read it, and the other has followed.
            let query = format!("/api/catalog/entities/by-query?limit=0&filter=kind=location,spec.target={target}");
            other.wait_for("the location's entity", || (other.get(&query)["totalItems"] == 1).then_some(()));
        }
    }
    for server in servers {
        for name in [format!("before-{round}"), format!("during-{round}")] {
            let address = format!("/api/catalog/entities/by-name/system/default/{name}");
            server.wait_for(&name, || server.ask("GET", &address, "").filter(|(status, _)| *status == 200));
        }
    }
}

#[test]
fn the_database_gone_and_back_under_load_loses_nothing() {
    let postgres = PostgresServer::start_new();
    let files: TempDir = tempfile::tempdir().unwrap();
    fs::write(files.path().join("catalog-info.yaml"), CATALOG).unwrap();
    let servers = [server(files.path(), &postgres.url()), server(files.path(), &postgres.url())];
    for server in &servers {
        server.wait_until_ready();
        server.wait_for("the catalog", || server.ask("GET", WEB, "").filter(|(status, _)| *status == 200));
    }
    let (stop, reads, acknowledged) = (AtomicBool::new(false), AtomicU64::new(0), Acknowledged::default());
    scope(|threads| {
        // Also where the test fails: else its threads would go on for ever.
        let _stop = StopWhenDropped(&stop);
        for (number, server) in servers.iter().enumerate() {
            let (port, stop, reads, acknowledged) = (server.port(), &stop, &reads, &acknowledged);
            threads.spawn(move || write(port, &format!("writer-{number}"), stop, acknowledged));
            threads.spawn(move || read(port, stop, reads));
        }
        for (round, outage) in OUTAGES.into_iter().enumerate() {
            add_system(files.path(), &format!("before-{round}"));
            sleep(Duration::from_millis(200));
            match outage {
                Outage::Stopped(how) => postgres.stop(how),
                Outage::Frozen => postgres.freeze(true),
            }
            add_system(files.path(), &format!("during-{round}"));
            for server in &servers {
                assert_told_while_gone(server, round, &reads);
            }
            match outage {
                Outage::Stopped(_) => postgres.start(),
                Outage::Frozen => postgres.freeze(false),
            }
            assert_recovers([&servers[0], &servers[1]], round);
        }
    });
    for server in &servers {
        acknowledged.assert_kept_by(server);
    }
    let acknowledged = acknowledged.0.lock().unwrap().len();
    eprintln!("{acknowledged} writes were acknowledged, {} reads answered", reads.load(Ordering::Relaxed));
    assert!(acknowledged > OUTAGES.len(), "there was a load");
}

struct StopWhenDropped<'a>(&'a AtomicBool);

impl Drop for StopWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
