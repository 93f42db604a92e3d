//! The program killed at any moment: what was acknowledged is there afterwards, and the rest comes again.

use std::{
    env, fs,
    path::Path,
    process::Command,
    thread::sleep,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use audit::{AuditKey, AuditStore, SegmentLimits, Verification};
use serde_json::{Value, json};
use storage::{Database, DatabaseUrl, test_support::TestDatabase};
use tempfile::TempDir;

use crate::support::process::ServerProcess;

const ENTITIES: usize = 200;
/// The number of the newest change that each table knows.
const QUERIES_OF_REVISIONS: [&str; 4] = [
    "SELECT COALESCE(MAX(revision), 0) FROM catalog_entities",
    "SELECT COALESCE(MAX(revision), 0) FROM catalog_deletions",
    "SELECT COALESCE(MAX(revision), 0) FROM catalog_unattached_problems",
    "SELECT COALESCE(MAX(version), 0) FROM catalog_versions",
];
/// What would be left of half a transaction.
const QUERIES_OF_HALVES: [(&str, &str); 3] = [
    (
        "entities that are there and gone",
        "SELECT COUNT(*) FROM catalog_entities AS e JOIN catalog_deletions AS d ON e.entity_ref = d.entity_ref",
    ),
    (
        "entities that are newer than their last change",
        "SELECT COUNT(*) FROM catalog_entities WHERE version > revision",
    ),
    (
        "present bodies among the earlier ones",
        "SELECT COUNT(*) FROM catalog_entities AS e JOIN catalog_versions AS v \
         ON e.entity_ref = v.entity_ref AND e.version = v.version",
    ),
];
const AUDIT_KEY: &str = "the key of the audit log of this test";
/// Replays the moments of an earlier run.
const SEED_VARIABLE: &str = "CALLBOARD_TEST_SEED";

fn victim(database: &Value) -> ServerProcess {
    let folder: TempDir = tempfile::tempdir().unwrap();
    for (path, text) in testkit::catalog::generate(ENTITIES, 1) {
        let path = folder.path().join("files").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let config = json!({
        "audit": { "key": AUDIT_KEY },
        "backend": { "database": database },
        "catalog": {
            "rules": [{ "allow": ["Component", "API", "Group", "User", "Resource", "System", "Domain", "Location"] }],
            "locations": [{ "type": "file", "target": format!("./files/{}", testkit::catalog::ROOT) }],
        },
    });
    ServerProcess::new(folder, config)
}

fn edit(folder: &Path, round: u64) {
    let file = folder.join("files/systems.yaml");
    let added = format!(
        "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {{ name: round-{round} }}\nspec: {{ owner: x }}\n"
    );
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{}\n---\n{added}", text.trim_end())).unwrap();
}

/// Another number each time, the same ones for the same seed (splitmix64).
struct Moments(u64);

impl Moments {
    fn new() -> Self {
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let seed = env::var(SEED_VARIABLE).map_or_else(|_| now(), |seed| seed.parse().unwrap());
        eprintln!("{SEED_VARIABLE}={seed}");
        Self(seed)
    }

    fn next(&mut self, below: u64) -> Duration {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Duration::from_millis((mixed ^ (mixed >> 31)) % below)
    }
}

/// Kills the server so often; every third time while it starts.
fn survives(database: &Value, rounds: u64, mut check: impl FnMut(&Path, u64)) {
    let mut moments = Moments::new();
    let mut victim = victim(database);
    victim.start();
    victim.wait_until_ready();
    let before = victim.wait_for("the catalog", || victim.entities().filter(|count| *count as usize > ENTITIES / 2));

    let mut acknowledged = Vec::new();
    for round in 0..rounds {
        edit(victim.folder(), round);
        let target = format!("http://127.0.0.1:9/{round}.yaml");
        let body = json!({ "type": "url", "target": target }).to_string();
        if let Some((201, _)) = victim.ask("POST", "/api/catalog/locations", &body) {
            acknowledged.push(target);
        }
        // From before the edit is noticed to after it is stored.
        sleep(moments.next(150));
        victim.kill();
        check(victim.folder(), acknowledged.len() as u64);
        if round % 3 == 2 {
            victim.start();
            sleep(moments.next(400));
            victim.kill();
            check(victim.folder(), acknowledged.len() as u64);
        }
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
    check(victim.folder(), rounds);
}

#[test]
fn sqlite_survives_being_killed() {
    let database = json!({ "client": "better-sqlite3", "connection": "data.sqlite" });
    survives(&database, 18, |folder, locations| {
        // A copy is only made of a sound database.
        let copy = folder.join("copy.sqlite");
        let made = Command::new(env!("CARGO_BIN_EXE_callboard"))
            .args(["backup", "copy.sqlite"])
            .current_dir(folder)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let url = DatabaseUrl::SqliteFile(copy.clone());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async { is_whole(&Database::connect(&url).await.unwrap(), locations).await });
        drop(runtime);
        fs::remove_file(copy).unwrap();
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_survives_the_server_being_killed() {
    let database = TestDatabase::postgres().await;
    let DatabaseUrl::Postgres(url) = database.url() else { panic!("a PostgreSQL database") };
    let connection = json!({ "client": "pg", "connection": url.as_str() });
    let runtime = tokio::runtime::Handle::current();
    let tables: Database = (*database).clone();
    let check = move |_: &Path, locations| runtime.block_on(is_whole(&tables, locations));
    tokio::task::spawn_blocking(move || survives(&connection, 12, check)).await.unwrap();
}

/// What one transaction writes is in the tables whole or not at all.
async fn is_whole(database: &Database, locations: u64) {
    let count =
        async |query: &'static str| -> i64 { sqlx::query_scalar(query).fetch_one(database.reader()).await.unwrap() };
    assert!(
        count("SELECT COUNT(*) FROM catalog_locations").await >= locations.cast_signed(),
        "what was acknowledged is there"
    );
    let created = "SELECT COUNT(*) FROM audit_entries WHERE action = 'catalog.location.create' AND outcome = 'done'";
    assert!(count(created).await >= locations.cast_signed(), "what was acknowledged is in the audit log");
    let key = AuditKey::of_text(&AUDIT_KEY.into()).unwrap();
    let limits = SegmentLimits { entries: 1_000, age: Duration::from_hours(24) };
    let log = AuditStore::unchecked(database.clone(), key, limits).verify(None).await.unwrap();
    assert!(matches!(log, Verification::Fits(_)), "{log:?}");
    let revision = database.revision().await.unwrap();
    for query in QUERIES_OF_REVISIONS {
        let newest = count(query).await;
        assert!(newest <= revision, "{query}: {newest}, but the counter says {revision}");
    }
    for (what, query) in QUERIES_OF_HALVES {
        assert_eq!(count(query).await, 0, "{what}");
    }
}
