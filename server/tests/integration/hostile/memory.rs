//! What hostile files cost.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    process::{Command, Stdio},
};

use serde_json::json;

use super::{inputs::write_all, told};
use crate::support::{
    CATALOG,
    process::{ServerProcess, peak_memory},
};

const MOST_BYTES: u64 = 500_000_000;

#[test]
fn validate_ends_within_500_mb() {
    let folder = tempfile::tempdir().unwrap();
    let mut greatest = (0, "");
    for file in write_all(folder.path()) {
        // When it has told of the file it waits for standard input: the time to see what the file has cost.
        let mut child = Command::new(env!("CARGO_BIN_EXE_callboard"))
            .args(["validate", file.name, "-"])
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut first = String::new();
        output.read_line(&mut first).unwrap();
        let peak = peak_memory(child.id());
        drop(child.stdin.take());
        let mut rest = String::new();
        output.read_to_string(&mut rest).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(1), "{}: {first}", file.name);

        assert!(peak < MOST_BYTES, "{}: {} MB", file.name, peak / 1_000_000);
        greatest = greatest.max((peak, file.name));
        let (position, message) = file.told.split_once(' ').unwrap();
        assert!(first.starts_with(&format!("{}:{position}: error: {message}", file.name)), "{}: {first}", file.name);
        assert!(rest.len() < 1_000_000, "{}: {} bytes of output", file.name, rest.len());
    }
    eprintln!("the most was {} MB, for {}", greatest.0 / 1_000_000, greatest.1);
}

/// One scan reads one file at a time, so many hostile files cost no more than the worst of them; beside that stand the index, the
/// database, and what the allocator has not given back yet.
#[test]
fn the_server_reads_them_all_within_500_mb() {
    let folder = tempfile::tempdir().unwrap();
    let files = folder.path().join("files");
    let hostile = write_all(&files);
    fs::write(files.join("a.yaml"), CATALOG).unwrap();
    let config = json!({
        "backend": { "database": { "client": "better-sqlite3", "connection": "data.sqlite" } },
        "catalog": {
            "rules": [{ "allow": ["Component", "Group", "Location"] }],
            "locations": [{ "type": "file", "target": "./files/*.yaml" }],
        },
    });
    let mut server = ServerProcess::new(folder, config);
    server.start();
    server.wait_until_ready();
    let base = server.folder().canonicalize().unwrap().join("files");
    server.wait_for("all that is to be told", || {
        let problems = server.get("/api/v1/catalog/problems");
        let is_told = |name: &str| !told(&problems, &format!("file:{}", base.join(name).display())).is_empty();
        hostile.iter().all(|file| is_told(file.name)).then_some(())
    });
    assert_eq!(
        server.get("/api/catalog/entities/by-name/component/default/web")["metadata"]["description"],
        "The shop"
    );
    let peak = peak_memory(server.id());
    assert!(peak < MOST_BYTES, "{} MB", peak / 1_000_000);
    eprintln!("{} MB", peak / 1_000_000);
}
