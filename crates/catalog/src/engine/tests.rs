//! The engine over real files and a real database.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::Mutex, time::Instant};

use model::catalog::ProblemCode;
use storage::{Database, DatabaseUrl, test_support::TestDatabase};
use tempfile::TempDir;
use tokio::time::sleep;

use super::*;
use crate::{processing::AllowedKind, store::PushedSource};

mod corpus;
mod last_good;
mod listings;
mod locations;
mod processes;
mod urls;
mod watching;

/// What the index would hold.
#[derive(Default)]
struct Seen {
    entities: Mutex<BTreeMap<String, StoredEntity>>,
    unattached: Mutex<Vec<Problem>>,
    revision: Mutex<i64>,
}

impl ChangeSink for Seen {
    fn load(&self, entities: Vec<StoredEntity>, unattached: Vec<Problem>, revision: i64) {
        self.entities.lock().unwrap().extend(entities.into_iter().map(|entity| (entity.entity_ref.clone(), entity)));
        *self.unattached.lock().unwrap() = unattached;
        *self.revision.lock().unwrap() = revision;
    }

    fn apply(&self, changes: Changes) {
        let mut entities = self.entities.lock().unwrap();
        entities.extend(changes.upserted.into_iter().map(|entity| (entity.entity_ref.clone(), entity)));
        for entity_ref in changes.removed {
            entities.remove(&entity_ref);
        }
        if let Some(unattached) = changes.unattached_problems {
            *self.unattached.lock().unwrap() = unattached;
        }
        *self.revision.lock().unwrap() = changes.revision;
    }
}

impl Seen {
    /// Refs, without the locations that the engine makes itself.
    fn refs(&self) -> Vec<String> {
        let entities = self.entities.lock().unwrap();
        entities.keys().filter(|entity_ref| !entity_ref.starts_with("location:default/generated-")).cloned().collect()
    }

    fn entity(&self, entity_ref: &str) -> StoredEntity {
        let entities = self.entities.lock().unwrap();
        entities.get(entity_ref).unwrap_or_else(|| panic!("no {entity_ref} in {:?}", entities.keys())).clone()
    }

    /// The location that the engine made for the configured one.
    fn generated(&self) -> StoredEntity {
        let entities = self.entities.lock().unwrap();
        let found = entities.values().find(|entity| entity.entity_ref.starts_with("location:default/generated-"));
        found.unwrap().clone()
    }

    fn unattached(&self) -> Vec<String> {
        self.unattached.lock().unwrap().iter().map(|problem| problem.message.clone()).collect()
    }
}

/// A folder of files, a database, and engines over them.
struct Fixture {
    folder: TempDir,
    database: Database,
    seen: Arc<Seen>,
    config: SourcesConfig,
}

impl Fixture {
    /// Reads `target` of a folder with some files.
    async fn new(target: &str, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::SqliteFile(folder.path().join("db/test.sqlite"));
        let database = Database::connect(&url).await.unwrap();
        database.migrate().await.unwrap();
        let all = ["Component", "API", "System", "Group", "User", "Location"].map(AllowedKind::of).to_vec();
        let config = SourcesConfig {
            locations: vec![ConfiguredLocation {
                location_type: "file".to_owned(),
                target: folder.path().join("files").join(target).to_str().unwrap().to_owned(),
                ..ConfiguredLocation::default()
            }],
            rules: vec![Rule { allow: all, locations: Vec::new() }],
            watch: false,
            rescan_interval: Duration::from_hours(1),
            ..SourcesConfig::default()
        };
        let fixture = Self { folder, database, seen: Arc::default(), config };
        for (path, text) in files {
            fixture.write(path, text);
        }
        fixture
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join("files").join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    async fn start(&mut self) -> Engine {
        self.seen = Arc::default();
        let store = CatalogStore::new(self.database.clone());
        let kinds = Arc::new(KindRegistry::core());
        let sink = Arc::clone(&self.seen) as Arc<dyn ChangeSink>;
        let engine = Engine::start(self.config.clone(), store, kinds, sink).await.unwrap();
        engine.first_read().wait_for(|read| *read).await.unwrap();
        engine
    }

    /// What an engine that starts anew finds.
    async fn read(&mut self) -> Vec<String> {
        self.start().await.stop().await;
        self.seen.refs()
    }

    /// Messages of an entity's problems.
    fn problems(&self, entity_ref: &str) -> Vec<String> {
        self.seen.entity(entity_ref).problems.into_iter().map(|problem| problem.message).collect()
    }

    fn shown(&self, path: &str) -> String {
        self.path(path).display().to_string()
    }
}

fn system(name: &str, owner: &str) -> String {
    format!("apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata:\n  name: {name}\nspec:\n  owner: {owner}\n")
}

fn location(name: &str, spec: &str) -> String {
    format!("apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata:\n  name: {name}\nspec: {spec}\n")
}

/// Fails if it takes much longer than the 0.3 s that are promised; test machines are slow.
async fn within_a_moment(mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(3), "it has not shown");
        sleep(Duration::from_millis(5)).await;
    }
}
