//! The engine over real files and a real database.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::Mutex, time::Instant};

use model::catalog::ProblemCode;
use storage::{Database, DatabaseUrl, test_support::TestDatabase};
use tempfile::TempDir;
use tokio::time::sleep;

use super::*;
use crate::processing::AllowedKind;

mod corpus;
mod urls;

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
                rules: Vec::new(),
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

#[tokio::test]
async fn locations_lead_to_files_relative_to_their_own() {
    let mut fixture = Fixture::new(
        "all.yaml",
        &[
            ("all.yaml", &location("all", "{targets: [./org/all.yaml, 'services/*/info.{yaml,yml}']}")),
            ("org/all.yaml", &format!("{}---\n{}", location("org", "{target: ../systems.yaml}"), system("org", "a"))),
            ("systems.yaml", &system("one", "a")),
            ("services/a/info.yaml", &system("a", "a")),
            ("services/b/info.yml", &system("b", "a")),
            ("services/b/other.yaml", &system("other", "a")),
        ],
    )
    .await;
    assert_eq!(
        fixture.read().await,
        [
            "location:default/all",
            "location:default/org",
            "system:default/a",
            "system:default/b",
            "system:default/one",
            "system:default/org"
        ]
    );
    let body: serde_json::Value = serde_json::from_str(&fixture.seen.entity("system:default/one").body).unwrap();
    let annotations = &body["metadata"]["annotations"];
    assert_eq!(annotations["backstage.io/managed-by-location"], format!("file:{}", fixture.shown("systems.yaml")));
    assert_eq!(annotations["backstage.io/managed-by-origin-location"], format!("file:{}", fixture.shown("all.yaml")));

    let generated: serde_json::Value = serde_json::from_str(&fixture.seen.generated().body).unwrap();
    assert_eq!(generated["spec"], serde_json::json!({"type": "file", "target": fixture.shown("all.yaml")}));
    let name = generated["metadata"]["name"].as_str().unwrap();
    assert_eq!(name.len(), "generated-".len() + 40);
}

#[tokio::test]
async fn locations_in_a_circle_end() {
    let mut fixture = Fixture::new(
        "a.yaml",
        &[
            ("a.yaml", &location("a", "{target: ./b.yaml}")),
            ("b.yaml", &location("b", "{targets: [./a.yaml, ./b.yaml]}")),
        ],
    )
    .await;
    assert_eq!(fixture.read().await, ["location:default/a", "location:default/b"]);
}

#[tokio::test]
async fn a_chain_of_locations_has_a_limit() {
    let names: Vec<_> = (0..5).map(|number| format!("l{number}.yaml")).collect();
    let texts: Vec<_> =
        (0..5).map(|number| location(&format!("l{number}"), &format!("{{target: ./l{}.yaml}}", number + 1))).collect();
    let files: Vec<_> = names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
    let mut fixture = Fixture::new("l0.yaml", &files).await;
    fixture.config.limits.location_depth = 3;
    assert_eq!(fixture.read().await.len(), 4);
    assert_eq!(fixture.problems("location:default/l3"), ["more than 3 locations lead to each other"]);
}

#[tokio::test]
async fn a_broken_file_keeps_its_entities_until_it_is_mended() {
    let good = format!("{}---\n{}", system("a", "x"), system("b", "x"));
    let mut fixture = Fixture::new("all.yaml", &[("all.yaml", &good)]).await;
    fixture.read().await;
    let uid = fixture.seen.entity("system:default/b").uid;

    fixture.write("all.yaml", &format!("{}---\n  broken: [\n", system("a", "y")));
    assert_eq!(fixture.read().await, ["system:default/a", "system:default/b"]);
    assert!(fixture.seen.entity("system:default/a").body.contains("\"owner\":\"y\""));
    let kept = fixture.seen.entity("system:default/b");
    assert!(kept.body.contains("\"owner\":\"x\""));
    assert_eq!(kept.uid, uid);
    assert_eq!((kept.problems[0].code, kept.problems[0].position.unwrap().line), (ProblemCode::InvalidYaml, 9));
    assert_eq!(kept.problems[0].entity_ref.as_deref(), Some("system:default/b"));
    assert_eq!(fixture.seen.unattached(), [""; 0]);

    // The kind's rule is broken instead: the same, with its own problem.
    fixture.write("all.yaml", &format!("{}---\n{}", system("a", "y"), system("b", "[]")));
    fixture.read().await;
    assert_eq!(fixture.problems("system:default/b"), ["`spec.owner` must be a text, found a list"]);

    fixture.write("all.yaml", &good);
    fixture.read().await;
    assert_eq!(fixture.problems("system:default/b"), [""; 0]);

    // It is whole, and one is missing: now it goes.
    fixture.write("all.yaml", &system("a", "x"));
    assert_eq!(fixture.read().await, ["system:default/a"]);
}

#[tokio::test]
async fn a_file_that_never_was_good_has_unattached_problems() {
    let bad = "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: a}\nspec: {}\n";
    let mut fixture = Fixture::new("*.yaml", &[("a.yaml", bad), ("b.yaml", "a: 'x\n")]).await;
    assert_eq!(fixture.read().await, [""; 0]);
    assert_eq!(fixture.seen.unattached(), ["not valid YAML: the quoted text has no end", "`spec.owner` is missing"]);
    let problem = fixture.seen.unattached.lock().unwrap()[1].clone();
    assert_eq!(problem.location, Some(format!("file:{}", fixture.shown("a.yaml"))));
    assert_eq!(problem.entity_ref, None);

    fs::remove_file(fixture.path("a.yaml")).unwrap();
    fixture.read().await;
    assert_eq!(fixture.seen.unattached(), ["not valid YAML: the quoted text has no end"]);
}

#[tokio::test]
async fn a_literal_target_that_is_gone_keeps_its_entities_and_where_they_lead() {
    let mut fixture = Fixture::new(
        "all.yaml",
        &[
            ("all.yaml", &location("all", "{target: ./sub/more.yaml}")),
            ("sub/more.yaml", &format!("{}---\n{}", location("more", "{target: ./last.yaml}"), system("a", "x"))),
            ("sub/last.yaml", &system("b", "x")),
        ],
    )
    .await;
    let all = fixture.read().await;
    fs::remove_file(fixture.path("sub/more.yaml")).unwrap();
    assert_eq!(fixture.read().await, all);
    let message = format!("can not read `{}`: it does not exist", fixture.shown("sub/more.yaml"));
    for (entity_ref, messages) in [
        ("location:default/all", vec![message.clone()]),
        ("location:default/more", vec![message.clone()]),
        ("system:default/a", vec![message]),
        ("system:default/b", vec![]),
    ] {
        assert_eq!(fixture.problems(entity_ref), messages, "{entity_ref}");
    }
    // The configured file itself is gone: the same.
    fs::remove_file(fixture.path("all.yaml")).unwrap();
    assert_eq!(fixture.read().await, all);
    assert_eq!(fixture.seen.generated().problems.len(), 1);
}

#[tokio::test]
async fn an_optional_target_may_be_missing() {
    let all = location("all", "{targets: [./a.yaml, './none/*.yaml'], presence: optional}");
    let mut fixture = Fixture::new("all.yaml", &[("all.yaml", &all), ("a.yaml", &system("a", "x"))]).await;
    fixture.read().await;
    fs::remove_file(fixture.path("a.yaml")).unwrap();
    assert_eq!(fixture.read().await, ["location:default/all"]);
    assert_eq!(fixture.problems("location:default/all"), [""; 0]);
}

#[tokio::test]
async fn what_a_pattern_no_longer_matches_goes_unless_its_folder_can_not_be_read() {
    let mut fixture =
        Fixture::new("in/*.yaml", &[("in/a.yaml", &system("a", "x")), ("in/b.yaml", &system("b", "x"))]).await;
    fixture.read().await;
    fs::rename(fixture.path("in/b.yaml"), fixture.path("in/b.txt")).unwrap();
    assert_eq!(fixture.read().await, ["system:default/a"]);

    fs::rename(fixture.path("in"), fixture.path("away")).unwrap();
    assert_eq!(fixture.read().await, ["system:default/a"]);
    let message = format!("can not read the folder `{}`: it does not exist", fixture.shown("in"));
    assert_eq!(fixture.seen.generated().problems[0].message, message);
    assert_eq!(fixture.problems("system:default/a"), [message]);

    fs::create_dir(fixture.path("in")).unwrap();
    assert_eq!(fixture.read().await, [""; 0]);
    let nothing = format!("`{}` matches no file", fixture.shown("in/*.yaml"));
    assert_eq!(fixture.seen.generated().problems[0].message, nothing);
}

#[tokio::test]
async fn an_entity_that_moves_to_another_file_is_not_kept_in_the_broken_one() {
    let both = format!("{}---\n{}", system("a", "x"), system("b", "x"));
    let mut fixture = Fixture::new("*.yaml", &[("1.yaml", &both)]).await;
    fixture.read().await;
    let uid = fixture.seen.entity("system:default/b").uid;
    fixture.write("1.yaml", &format!("{}---\na: [\n", system("a", "x")));
    fixture.write("2.yaml", &system("b", "moved"));
    fixture.read().await;
    let moved = fixture.seen.entity("system:default/b");
    assert!(moved.body.contains("moved"));
    assert_eq!((moved.uid, moved.problems.len()), (uid, 0));
}

#[tokio::test]
async fn the_second_definition_is_a_problem_and_takes_over_without_having_changed() {
    let mut fixture = Fixture::new("*.yaml", &[("1.yaml", &system("a", "one")), ("2.yaml", &system("a", "two"))]).await;
    fixture.config.watch = true;
    let engine = fixture.start().await;
    let message = format!(
        "`system:default/a` is also defined in `file:{}`; what `file:{}` says counts",
        fixture.shown("2.yaml"),
        fixture.shown("1.yaml")
    );
    assert_eq!(fixture.problems("system:default/a"), [message]);
    fs::remove_file(fixture.path("1.yaml")).unwrap();
    within_a_moment(|| fixture.seen.entity("system:default/a").body.contains("two")).await;
    assert_eq!(fixture.problems("system:default/a"), [""; 0]);
    engine.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn what_leads_out_of_the_folder_is_not_read() {
    use std::os::unix::fs::symlink;

    let definition = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: leak}\n\
                      spec: {type: x, lifecycle: x, owner: x, definition: {$text: ../secret.txt}}\n";
    let mut fixture = Fixture::new(
        "in/all.yaml",
        &[
            (
                "in/all.yaml",
                &location(
                    "all",
                    "{targets: [./link.yaml, ../outside.yaml, './linked/*.yaml', ./inner.yaml, ./leak.yaml]}",
                ),
            ),
            ("in/real.yaml", &system("inner", "x")),
            ("in/leak.yaml", definition),
            ("outside.yaml", &system("outside", "x")),
            ("other/more.yaml", &system("more", "x")),
            ("secret.txt", "secret"),
        ],
    )
    .await;
    symlink("../outside.yaml", fixture.path("in/link.yaml")).unwrap();
    symlink("../other", fixture.path("in/linked")).unwrap();
    symlink("real.yaml", fixture.path("in/inner.yaml")).unwrap();
    assert_eq!(fixture.read().await, ["location:default/all", "system:default/inner"]);
    let problems = fixture.problems("location:default/all");
    assert_eq!(problems.len(), 3, "{problems:?}");
    assert!(problems.iter().all(|message| message.contains("it leads out of the folder")), "{problems:?}");
    let [leak] = &fixture.seen.unattached()[..] else { panic!("one problem") };
    assert!(
        leak.starts_with("`spec.definition` can not include `../secret.txt`: it leads out of the folder"),
        "{leak}"
    );
}

#[tokio::test]
async fn only_known_types_can_be_read_and_only_what_the_rules_allow() {
    let all = format!("{}---\n{}", location("all", "{type: s3, target: 'bucket/a.yaml'}"), system("a", "x"));
    let mut fixture = Fixture::new("all.yaml", &[("all.yaml", &all)]).await;
    fixture.read().await;
    assert_eq!(
        fixture.problems("location:default/all"),
        ["locations of type `s3` can not be read, only those of types `file` and `url`"]
    );
    // What is forbidden goes, although its document can't be taken.
    fixture.config.rules = Vec::new();
    assert_eq!(fixture.read().await, ["location:default/all"]);
    assert!(fixture.seen.unattached()[0].starts_with("kind `System` is not allowed from location `file:"));
    fixture.config.locations[0].rules = vec![Rule { allow: vec![AllowedKind::of("System")], locations: Vec::new() }];
    assert_eq!(fixture.read().await.len(), 2);
}

#[tokio::test]
async fn a_restart_writes_nothing_and_a_location_that_is_configured_no_more_takes_its_entities() {
    let mut fixture = Fixture::new("all.yaml", &[("all.yaml", &system("a", "x"))]).await;
    fixture.read().await;
    let revision = fixture.database.revision().await.unwrap();
    assert_eq!(fixture.read().await, ["system:default/a"]);
    assert_eq!(fixture.database.revision().await.unwrap(), revision);
    fixture.config.locations.clear();
    assert_eq!(fixture.read().await, [""; 0]);
}

#[tokio::test]
async fn an_edited_file_shows_in_a_moment() {
    let mut fixture =
        Fixture::new("**/*.yaml", &[("a.yaml", &system("a", "one")), ("b/b.yaml", &system("b", "x"))]).await;
    fixture.config.watch = true;
    let engine = fixture.start().await;
    fixture.write("a.yaml", &system("a", "two"));
    within_a_moment(|| fixture.seen.entity("system:default/a").body.contains("two")).await;
    // Of the same size, within the resolution of the file system's clock.
    fixture.write("a.yaml", &system("a", "six"));
    within_a_moment(|| fixture.seen.entity("system:default/a").body.contains("six")).await;
    // As editors save: written beside, then moved.
    fixture.write("a.yaml.tmp", &system("a", "moved"));
    fs::rename(fixture.path("a.yaml.tmp"), fixture.path("a.yaml")).unwrap();
    within_a_moment(|| fixture.seen.entity("system:default/a").body.contains("moved")).await;
    fixture.write("new/folder/c.yaml", &system("c", "x"));
    within_a_moment(|| fixture.seen.refs().contains(&"system:default/c".to_owned())).await;
    fs::remove_dir_all(fixture.path("b")).unwrap();
    within_a_moment(|| !fixture.seen.refs().contains(&"system:default/b".to_owned())).await;
    engine.stop().await;
}

#[tokio::test]
async fn an_included_file_is_watched_with_its_document() {
    let definition = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: a}\n\
                      spec: {type: x, lifecycle: x, owner: x, definition: {$text: ./a.txt}}\n";
    let mut fixture = Fixture::new("all.yaml", &[("all.yaml", definition), ("a.txt", "first")]).await;
    fixture.config.watch = true;
    let engine = fixture.start().await;
    fixture.write("a.txt", "other");
    within_a_moment(|| fixture.seen.entity("api:default/a").body.contains("other")).await;
    fs::remove_file(fixture.path("a.txt")).unwrap();
    within_a_moment(|| !fixture.problems("api:default/a").is_empty()).await;
    fixture.write("a.txt", "again");
    within_a_moment(|| fixture.seen.entity("api:default/a").body.contains("again")).await;
    engine.stop().await;
}

#[tokio::test]
async fn a_folder_that_is_made_again_is_watched_again() {
    let mut fixture = Fixture::new("in/*.yaml", &[("in/a.yaml", &system("a", "one"))]).await;
    fixture.config.watch = true;
    let engine = fixture.start().await;
    fs::rename(fixture.path("in"), fixture.path("away")).unwrap();
    within_a_moment(|| !fixture.problems("system:default/a").is_empty()).await;
    engine.stop().await;

    fixture.config.rescan_interval = Duration::from_millis(200);
    let engine = fixture.start().await;
    fixture.write("in/a.yaml", &system("a", "two"));
    within_a_moment(|| fixture.seen.entity("system:default/a").body.contains("two")).await;
    engine.stop().await;
}

#[tokio::test]
async fn without_watching_a_rescan_finds_changes() {
    let mut fixture = Fixture::new("all.yaml", &[("all.yaml", &system("a", "one"))]).await;
    fixture.config.rescan_interval = Duration::from_millis(20);
    let engine = fixture.start().await;
    fixture.write("all.yaml", &system("a", "two"));
    within_a_moment(|| fixture.seen.entity("system:default/a").body.contains("two")).await;
    engine.stop().await;
}

/// Two processes on one database: what one reads, the other shows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_follows_what_another_has_read() {
    let database = TestDatabase::postgres().await;
    let mut reader = Fixture::new("all.yaml", &[("all.yaml", &system("a", "one"))]).await;
    reader.database = (*database).clone();
    let mut follower = Fixture::new("unused.yaml", &[]).await;
    follower.database = Database::connect(database.url()).await.unwrap();
    follower.config = SourcesConfig { rescan_interval: Duration::from_hours(1), ..reader.config.clone() };
    reader.config.watch = true;
    let (reading, following) = (reader.start().await, follower.start().await);
    assert_eq!(follower.seen.refs(), ["system:default/a"]);

    reader.write("all.yaml", &format!("{}---\nb: 'x\n", system("b", "x")));
    within_a_moment(|| follower.seen.refs() == ["system:default/a", "system:default/b"]).await;
    reader.write("all.yaml", &system("b", "x"));
    within_a_moment(|| follower.seen.refs() == ["system:default/b"]).await;
    assert_eq!(follower.seen.entities.lock().unwrap().clone(), reader.seen.entities.lock().unwrap().clone());
    reading.stop().await;
    following.stop().await;
}

/// One process reads; when it ends, whether or not in good order, another goes on where it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_takes_over_the_reading() {
    let database = TestDatabase::postgres().await;
    let mut one = Fixture::new("all.yaml", &[("all.yaml", &system("a", "one"))]).await;
    one.config.lease = LeaseTimes { lifetime: Duration::from_millis(400), renewal: Duration::from_millis(50) };
    one.config.watch = true;
    one.database = (*database).clone();
    let mut two = Fixture::new("unused.yaml", &[]).await;
    two.database = Database::connect(database.url()).await.unwrap();
    two.config = one.config.clone();
    let mut three = Fixture::new("unused.yaml", &[]).await;
    three.database = Database::connect(database.url()).await.unwrap();
    three.config = one.config.clone();
    let (first, second) = (one.start().await, two.start().await);

    first.stop().await;
    one.write("all.yaml", &system("a", "two"));
    within_a_moment(|| two.seen.entity("system:default/a").body.contains("two")).await;
    let third = three.start().await;
    drop(second);
    one.write("all.yaml", &system("a", "three"));
    within_a_moment(|| three.seen.entity("system:default/a").body.contains("three")).await;

    // What one that only shows is asked for, the one that reads does.
    let fourth = two.start().await;
    let store = CatalogStore::new(two.database.clone());
    store.add_location("file", &one.path("more.yaml").display().to_string()).await.unwrap();
    one.write("more.yaml", &system("b", "x"));
    fourth.handle().refresh(vec![format!("file:{}", one.shown("more.yaml"))]).await.unwrap();
    within_a_moment(|| two.seen.refs() == ["system:default/a", "system:default/b"]).await;
    third.stop().await;
    fourth.stop().await;
}

/// Fails if it takes much longer than the 0.3 s that are promised; test machines are slow.
async fn within_a_moment(mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(3), "it has not shown");
        sleep(Duration::from_millis(5)).await;
    }
}
