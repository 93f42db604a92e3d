//! How long a catalog takes from its files into the database, and what looking again costs.
//!
//! `cargo bench -p catalog --bench ingest -- 10000`; with `CALLBOARD_TEST_POSTGRES`, on PostgreSQL as well.
#![expect(clippy::print_stdout, reason = "the measurements are what it is for")]

use std::{
    fs,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use catalog::{
    descriptor::Limits,
    kinds::KindRegistry,
    processing::{AllowedKind, Rule},
    source::{ConfiguredLocation, Scanner},
    store::{CatalogStore, Synced},
};
use storage::test_support::{POSTGRES_VARIABLE, TestDatabase};

/// Stamps of files that have just been written prove nothing yet.
const UNTIL_SETTLED: Duration = Duration::from_secs(3);

#[tokio::main]
async fn main() {
    let count = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(10_000);
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for (path, text) in testkit::catalog::generate(count, 1) {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("folders can be made");
        fs::write(path, text).expect("files can be written");
    }
    std::thread::sleep(UNTIL_SETTLED);
    measure("SQLite", count, folder.path(), TestDatabase::sqlite().await).await;
    if std::env::var_os(POSTGRES_VARIABLE).is_some() {
        measure("PostgreSQL", count, folder.path(), TestDatabase::postgres().await).await;
    }
}

async fn measure(name: &str, count: usize, folder: &Path, database: TestDatabase) {
    let kinds = Arc::new(KindRegistry::core());
    let allow = kinds.infos().iter().map(|info| AllowedKind::of(&info.kind)).collect();
    let location = ConfiguredLocation {
        location_type: "file".to_owned(),
        target: folder.join(testkit::catalog::ROOT).to_str().expect("temporary folders have plain names").to_owned(),
        ..ConfiguredLocation::default()
    };
    let rules = [Rule { allow, locations: Vec::new() }];
    let mut scanner = Scanner::new(vec![location], &rules, Limits::default(), kinds).expect("the rules are right");
    let store = CatalogStore::new((*database).clone());
    let mut known = store.load().await.expect("an empty store loads").known;

    println!("{name}, {count} entities");
    let step = |what: &str, since: Instant| println!("  {what:<32}{:>8.1} ms", since.elapsed().as_secs_f64() * 1e3);
    for (read, write) in [("read and process", "compare and write"), ("look again", "compare again")] {
        let started = Instant::now();
        let scan = scanner.scan(&known);
        step(read, started);
        let started = Instant::now();
        let Synced::Done(_) = store.sync(&mut known, scan.readings).await.expect("the database works") else {
            panic!("nobody else writes");
        };
        step(write, started);
    }
    let file = folder.join("systems.yaml");
    let text = fs::read_to_string(&file).expect("it has been written");
    fs::write(&file, text.replacen("runbook", "handbook", 1)).expect("it can be written again");
    let started = Instant::now();
    let scan = scanner.scan(&known);
    store.sync(&mut known, scan.readings).await.expect("the database works");
    step("one edited file", started);
    let started = Instant::now();
    store.load().await.expect("what is stored loads");
    step("load all", started);
}
