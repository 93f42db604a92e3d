use model::{
    catalog::{Problem, ProblemCode},
    entity::Level,
};
use serde_json::json;
use storage::test_support::{TestDatabase, store_tests};

use super::*;
use crate::{
    provenance::hash_of,
    source::{Claim, Content, generated_name},
};

store_tests!(
    stores_what_is_new_and_loads_it_again,
    writes_only_what_differs,
    what_has_moved_in_its_file_is_stored_without_a_new_version,
    an_entity_keeps_its_uid_and_loses_it_when_it_goes,
    what_could_not_be_read_keeps_its_body,
    the_first_to_define_an_entity_keeps_it,
    a_source_that_yields_has_only_what_no_other_defines,
    among_new_definitions_the_order_of_sources_and_paths_decides,
    a_lost_definition_is_a_problem_of_what_led_to_it,
    orphans_are_kept_where_that_is_wanted,
    a_definition_that_comes_into_force_unread_is_asked_for,
    a_source_that_is_gone_takes_its_entities_and_problems_along,
    followers_see_the_same_changes,
    a_second_writer_is_noticed,
    earlier_versions_are_kept_up_to_a_number,
    changes_are_told_a_set_a_write,
    ancestors_are_found_up_to_the_source,
    ten_thousand_entities_fit_in_one_transaction,
);

/// A claim with a body of its own for each version.
fn claim(entity_ref: &str, path: &str, version: u32) -> Claim {
    let (kind, name) = entity_ref.split_once(":default/").unwrap();
    let body = json!({"kind": kind, "metadata": {"name": name}, "spec": {"version": version, "target": "./a.yaml"}});
    let body = body.to_string();
    Claim {
        entity_ref: entity_ref.to_owned(),
        location: format!("file:{path}").into(),
        parent: "location:default/root".into(),
        position: None,
        content: Content::Read {
            body_hash: BodyHash::of(&body),
            places_hash: hash_of(""),
            body: Some(Box::new(Body { json: body, ..Body::default() })),
        },
        problems: Vec::new(),
    }
}

fn unread(mut claim: Claim) -> Claim {
    if let Content::Read { body, .. } = &mut claim.content {
        *body = None;
    }
    claim
}

fn last_good(entity_ref: &str, path: &str) -> Claim {
    Claim { content: Content::LastGood, problems: vec![problem("broken")], ..claim(entity_ref, path, 0) }
}

fn problem(message: &str) -> Problem {
    Problem {
        code: ProblemCode::InvalidYaml,
        level: Level::Error,
        message: message.to_owned(),
        hint: None,
        entity_ref: None,
        location: None,
        position: None,
        target_ref: None,
    }
}

fn reading(source: &str, claims: Vec<Claim>) -> Reading {
    Reading { source: source.to_owned(), claims, ..Reading::default() }
}

struct Fixture {
    store: CatalogStore,
    known: Known,
}

impl Fixture {
    async fn new(database: &TestDatabase) -> Self {
        let store = CatalogStore::new((**database).clone());
        let known = store.load().await.unwrap().known;
        Self { store, known }
    }

    async fn sync(&mut self, readings: Vec<Reading>) -> Changes {
        match self.store.sync(&mut self.known, readings).await.unwrap() {
            Synced::Done(changes) => {
                self.assert_known_is_stored().await;
                changes
            }
            other => panic!("{other:?}"),
        }
    }

    /// What the store remembers is what a fresh look would find.
    async fn assert_known_is_stored(&self) {
        let loaded = self.store.load().await.unwrap().known;
        assert_eq!(loaded.entities, self.known.entities);
        assert_eq!(loaded.unattached, self.known.unattached);
        assert_eq!(loaded.revision, self.known.revision);
    }
}

fn refs(entities: &[StoredEntity]) -> Vec<&str> {
    entities.iter().map(|entity| entity.entity_ref.as_str()).collect()
}

async fn stores_what_is_new_and_loads_it_again(database: TestDatabase) {
    let mut fixture = Fixture::new(&database).await;
    let mut broken =
        reading("file:/a", vec![claim("component:default/b", "/b", 1), claim("location:default/a", "/a", 1)]);
    broken.problems.push(problem("näh \0 \u{1f600}"));
    let changes = fixture.sync(vec![broken]).await;
    assert_eq!(refs(&changes.upserted), ["component:default/b", "location:default/a"]);
    assert_eq!((changes.revision, changes.removed.len()), (1, 0));
    assert_eq!(changes.unattached_problems, Some(vec![problem("näh \0 \u{1f600}")]));

    let loaded = fixture.store.load().await.unwrap();
    assert_eq!(loaded.entities, changes.upserted);
    assert_eq!(loaded.unattached, [problem("näh \0 \u{1f600}")]);
    assert_eq!(loaded.revision, 1);
    let targets = loaded.known.entities["location:default/a"].targets.clone().unwrap();
    assert_eq!(targets.targets, ["./a.yaml"]);
    assert_eq!(loaded.known.entities["component:default/b"].targets, None);
}

async fn writes_only_what_differs(database: TestDatabase) {
    let mut fixture = Fixture::new(&database).await;
    let read = |version| {
        vec![reading("file:/a", vec![claim("api:default/a", "/a", 1), claim("api:default/b", "/a", version)])]
    };
    fixture.sync(read(1)).await;
    let unchanged = fixture.sync(read(1)).await;
    assert_eq!(unchanged, Changes { revision: 1, ..Changes::default() });
    assert_eq!(database.revision().await.unwrap(), 1);

    let changed = fixture.sync(read(2)).await;
    assert_eq!((refs(&changed.upserted), changed.revision), (vec!["api:default/b"], 2));
    assert!(changed.upserted[0].body.contains("\"version\":2"));
}

async fn what_has_moved_in_its_file_is_stored_without_a_new_version(database: TestDatabase) {
    let mut fixture = Fixture::new(&database).await;
    let read = |places: &str| {
        let mut claim = claim("api:default/a", "/a", 1);
        if let Content::Read { body: Some(body), places_hash, .. } = &mut claim.content {
            (body.places, *places_hash) = (places.to_owned(), hash_of(places));
        }
        claim
    };
    fixture.sync(vec![reading("file:/a", vec![read("[1,1]")])]).await;
    fixture.sync(vec![reading("file:/a", vec![read("[2,1]")])]).await;
    let origins = fixture.store.origins(&["api:default/a", "api:default/none"]).await.unwrap();
    assert_eq!(origins.len(), 1);
    assert_eq!(origins["api:default/a"].places, "[2,1]");
    assert_eq!(fixture.store.versions("api:default/a").await.unwrap().len(), 1);
    let changes = fixture.sync(vec![reading("file:/a", vec![last_good("api:default/a", "/a")])]).await;
    assert_eq!(changes.upserted[0].problems, [problem("broken")]);
    assert_eq!(fixture.store.origins(&["api:default/a"]).await.unwrap()["api:default/a"].places, "[2,1]");
}

async fn an_entity_keeps_its_uid_and_loses_it_when_it_goes(database: TestDatabase) {
    let mut fixture = Fixture::new(&database).await;
    let read = |version| vec![reading("file:/a", vec![claim("api:default/a", "/a", version)])];
    let first = fixture.sync(read(1)).await.upserted.remove(0).uid;
    assert_eq!(fixture.sync(read(2)).await.upserted[0].uid, first);

    let gone = fixture.sync(vec![reading("file:/a", vec![])]).await;
    assert_eq!(gone.removed, ["api:default/a"]);
    assert_ne!(fixture.sync(read(2)).await.upserted[0].uid, first);
}

async fn what_could_not_be_read_keeps_its_body(database: TestDatabase) {
    let mut fixture = Fixture::new(&database).await;
    let read = || vec![reading("file:/a", vec![claim("api:default/a", "/a", 1)])];
    let good = fixture.sync(read()).await.upserted.remove(0);

    let broken = fixture.sync(vec![reading("file:/a", vec![last_good("api:default/a", "/a")])]).await;
    assert_eq!(broken.upserted, [StoredEntity { problems: vec![problem("broken")], ..good.clone() }]);
    // It is whole again, and the file is as it was: its body was not read anew.
    let mended = fixture.sync(vec![reading("file:/a", vec![unread(claim("api:default/a", "/a", 1))])]).await;
    assert_eq!(mended.upserted, [good]);
}

async fn the_first_to_define_an_entity_keeps_it(database: TestDatabase) {
    let mut fixture = Fixture::new(&database).await;
    let z = || claim("api:default/a", "/z", 1);
    let a = || claim("api:default/a", "/a", 2);
    fixture.sync(vec![reading("file:/second", vec![z()]), reading("file:/first", vec![])]).await;
    let both = fixture.sync(vec![reading("file:/first", vec![a()]), reading("file:/second", vec![z()])]).await;
    assert!(both.upserted[0].body.contains("\"version\":1"));
    let [conflict] = &both.upserted[0].problems[..] else { panic!("one conflict") };
    assert_eq!((conflict.code, conflict.level), (ProblemCode::Conflict, Level::Warning));
    assert_eq!(conflict.message, "`api:default/a` is also defined in `file:/a`; what `file:/z` says counts");
    assert_eq!(conflict.location.as_deref(), Some("file:/a"));

    // Even while the first can't be read.
    let broken = last_good("api:default/a", "/z");
    let kept = fixture.sync(vec![reading("file:/first", vec![a()]), reading("file:/second", vec![broken])]).await;
    assert!(kept.upserted[0].body.contains("\"version\":1"));

    let uid = kept.upserted[0].uid.clone();
    let taken = fixture.sync(vec![reading("file:/first", vec![a()]), reading("file:/second", vec![])]).await;
    assert!(taken.upserted[0].body.contains("\"version\":2"));
    assert_eq!((taken.upserted[0].problems.len(), &taken.upserted[0].uid), (0, &uid));
}

async fn a_source_that_yields_has_only_what_no_other_defines(database: TestDatabase) {
    let mut fixture = Fixture::new(&database).await;
    let theirs = || Reading { yields: true, ..reading("backstage:x", vec![claim("api:default/a", "/x", 1)]) };
    let ours = || reading("file:/ours", vec![claim("api:default/a", "/ours", 2)]);
    let first = fixture.sync(vec![theirs()]).await;
    // It is there already, and its source is named first.
    let later = fixture.sync(vec![theirs(), ours()]).await;
    assert!(later.upserted[0].body.contains("\"version\":2"));
    assert_eq!(later.upserted[0].uid, first.upserted[0].uid);
    assert_eq!(later.upserted[0].problems, [], "to give way is no conflict");
    assert!(fixture.sync(vec![theirs()]).await.upserted[0].body.contains("\"version\":1"));

    let others = Reading { yields: true, ..reading("backstage:y", vec![claim("api:default/a", "/y", 3)]) };
    let both = fixture.sync(vec![others, theirs()]).await;
    assert!(both.upserted[0].body.contains("\"version\":1"), "among such sources it stays where it is");
    assert_eq!(both.upserted[0].problems[0].code, ProblemCode::Conflict);
}

async fn among_new_definitions_the_order_of_sources_and_paths_decides(database: TestDatabase) {
    let mut fixture = Fixture::new(&database).await;
    let changes = fixture
        .sync(vec![
            // The same file by way of two sources is no conflict.
            reading("file:/one", vec![claim("api:default/a", "/z", 1), claim("api:default/a", "/b", 2)]),
            reading("file:/two", vec![claim("api:default/a", "/a", 3), claim("api:default/a", "/b", 2)]),
        ])
        .await;
    assert!(changes.upserted[0].body.contains("\"version\":2"));
    let places: Vec<_> =
        changes.upserted[0].problems.iter().map(|problem| problem.location.as_deref().unwrap()).collect();
    assert_eq!(places, ["file:/z", "file:/a"]);

    let twice = fixture
        .sync(vec![reading("file:/one", vec![claim("api:default/t", "/t", 1), claim("api:default/t", "/t", 2)])])
        .await;
    assert!(twice.upserted[0].body.contains("\"version\":1"));
    assert_eq!(
        twice.upserted[0].problems[0].message,
        "`api:default/t` is defined twice in this file; the first definition counts"
    );
}

async fn a_lost_definition_is_a_problem_of_what_led_to_it(database: TestDatabase) {
    let mut fixture = Fixture::new(&database).await;
    let root = |path| claim("location:default/root", path, 0);
    let other = Claim { parent: "location:default/other".into(), ..claim("api:default/a", "/b", 2) };
    let readings = vec![
        reading("file:/one", vec![root("/root"), claim("api:default/a", "/a", 1)]),
        reading("file:/two", vec![claim("location:default/other", "/other", 0), other]),
    ];
    let changes = fixture.sync(readings).await;
    let told: Vec<_> = changes.upserted.iter().flat_map(|entity| &entity.problems).collect();
    let told: Vec<_> = told.iter().map(|p| (p.entity_ref.as_deref().unwrap(), p.message.as_str())).collect();
    assert_eq!(
        told,
        [
            ("api:default/a", "`api:default/a` is also defined in `file:/b`; what `file:/a` says counts"),
            (
                "location:default/other",
                "what `file:/b` says of `api:default/a` does not count: `file:/a` defines it as well"
            ),
        ]
    );
}

async fn orphans_are_kept_where_that_is_wanted(database: TestDatabase) {
    let mut fixture = Fixture::new(&database).await;
    fixture.store = fixture.store.with_orphans(OrphanStrategy::Keep);
    let root = || {
        let name = format!("location:default/{}", generated_name("file:/one"));
        Claim { parent: "".into(), ..claim(&name, "/one", 0) }
    };
    let one = || claim("api:default/a", "/a", 1);
    let first = fixture.sync(vec![reading("file:/one", vec![root(), one()])]).await;

    // A file that is not there any more, and then its whole source.
    let orphaned = fixture.sync(vec![reading("file:/one", vec![root()])]).await;
    assert_eq!((refs(&orphaned.upserted), orphaned.removed.len()), (vec!["api:default/a"], 0));
    assert!(orphaned.upserted[0].body.contains(r#""annotations":{"backstage.io/orphan":"true"}"#));
    assert_eq!(orphaned.upserted[0].problems[0].code, ProblemCode::Orphan);
    let uid =
        |changes: &Changes| changes.upserted.iter().find(|e| e.entity_ref == "api:default/a").unwrap().uid.clone();
    assert_eq!(uid(&orphaned), uid(&first));
    assert_eq!(fixture.sync(vec![reading("file:/one", vec![root()])]).await.revision, orphaned.revision);
    let without_source = fixture.sync(vec![]).await;
    assert_eq!((without_source.removed.len(), without_source.upserted.len()), (1, 0));

    let back = fixture.sync(vec![reading("file:/one", vec![root(), one()])]).await;
    assert!(!back.upserted[0].body.contains("orphan") && back.upserted[0].problems.is_empty());
    assert_eq!(uid(&back), uid(&first));
}

async fn a_definition_that_comes_into_force_unread_is_asked_for(database: TestDatabase) {
    let mut fixture = Fixture::new(&database).await;
    let one = || claim("api:default/a", "/one", 1);
    let two = || claim("api:default/a", "/two", 2);
    fixture.sync(vec![reading("file:/s", vec![one(), two()])]).await;
    let without_body = vec![reading("file:/s", vec![unread(two())])];
    let Synced::NeedsBodies(locations) = fixture.store.sync(&mut fixture.known, without_body).await.unwrap() else {
        panic!("the body of the second definition is nowhere");
    };
    assert_eq!(locations, ["file:/two"]);
    assert_eq!(database.revision().await.unwrap(), 1);
    assert_eq!(fixture.sync(vec![reading("file:/s", vec![two()])]).await.upserted.len(), 1);
}

async fn a_source_that_is_gone_takes_its_entities_and_problems_along(database: TestDatabase) {
    let mut fixture = Fixture::new(&database).await;
    let one = || reading("file:/one", vec![claim("api:default/a", "/a", 1)]);
    let two = Reading { problems: vec![problem("two")], ..reading("file:/two", vec![claim("api:default/b", "/b", 1)]) };
    fixture.sync(vec![one(), two]).await;
    let changes = fixture.sync(vec![one()]).await;
    assert_eq!(changes.removed, ["api:default/b"]);
    assert_eq!(changes.unattached_problems, Some(vec![]));
    assert_eq!(fixture.sync(vec![one()]).await, Changes { revision: 2, ..Changes::default() });
}

async fn followers_see_the_same_changes(database: TestDatabase) {
    let mut fixture = Fixture::new(&database).await;
    let read = |version: u32, claims: &[&str]| {
        let claims = claims.iter().map(|entity_ref| claim(entity_ref, "/a", version)).collect();
        vec![Reading { problems: vec![problem("p")], ..reading("file:/a", claims) }]
    };
    let follower = CatalogStore::new((*database).clone());
    let first = fixture.sync(read(1, &["api:default/a", "api:default/b"])).await;
    assert_eq!(follower.changes_since(0).await.unwrap(), first);

    let second = fixture.sync(read(1, &["api:default/b", "api:default/c"])).await;
    let seen = follower.changes_since(first.revision).await.unwrap();
    assert_eq!(seen, second);
    assert_eq!(
        (refs(&seen.upserted), seen.removed.as_slice()),
        (vec!["api:default/c"], &["api:default/a".to_owned()][..])
    );
    assert_eq!(seen.unattached_problems, None);

    // What is back is not gone.
    fixture.sync(read(1, &["api:default/a", "api:default/b", "api:default/c"])).await;
    let seen = follower.changes_since(first.revision).await.unwrap();
    assert_eq!(refs(&seen.upserted), ["api:default/a", "api:default/c"]);
    assert_eq!(seen.removed, [""; 0]);
}

async fn a_second_writer_is_noticed(database: TestDatabase) {
    let mut one = Fixture::new(&database).await;
    let mut two = Fixture::new(&database).await;
    one.sync(vec![reading("file:/a", vec![claim("api:default/a", "/a", 1)])]).await;
    let readings = || vec![reading("file:/a", vec![claim("api:default/b", "/a", 1)])];
    assert!(matches!(two.store.sync(&mut two.known, readings()).await.unwrap(), Synced::Stale));
    assert_eq!(database.revision().await.unwrap(), 1);
    let changes = two.sync(readings()).await;
    assert_eq!((refs(&changes.upserted), changes.removed), (vec!["api:default/b"], vec!["api:default/a".to_owned()]));
}

async fn changes_are_told_a_set_a_write(database: TestDatabase) {
    let mut fixture = Fixture::new(&database).await;
    let of = |claims: Vec<Claim>| vec![reading("file:/a", claims)];
    let many = || (0..150).map(|n| claim(&format!("api:default/a{n:03}"), "/a", 1));
    let first = fixture.sync(of(many().collect())).await.revision;
    // A problem alone changes nothing of what entities say.
    let mut troubled: Vec<Claim> = many().collect();
    troubled[0].problems.push(problem("p"));
    fixture.sync(of(troubled)).await;
    let mut next: Vec<Claim> = many().skip(2).chain([claim("api:default/new", "/a", 1)]).collect();
    next[0] = claim("api:default/a002", "/a", 2);
    let second = fixture.sync(of(next)).await.revision;

    let sets = fixture.store.change_sets(i64::MAX, 10).await.unwrap();
    let counts: Vec<_> = sets.iter().map(|set| (set.version, set.added, set.changed, set.removed)).collect();
    assert_eq!(counts, [(second, 1, 1, 2), (first, 150, 0, 0)]);
    assert!(sets.iter().all(|set| set.changed_at > 0));
    assert_eq!(fixture.store.change_sets(second, 10).await.unwrap()[0].version, first);
    assert_eq!(fixture.store.change_sets(i64::MAX, 1).await.unwrap().len(), 1);

    let changes = fixture.store.changes_of(second, 10).await.unwrap();
    let told: Vec<_> = changes
        .iter()
        .map(|change| (&*change.entity_ref, change.after.body.is_some(), change.before.is_some()))
        .collect();
    let expected = [
        ("api:default/a000", false, true),
        ("api:default/a001", false, true),
        ("api:default/a002", true, true),
        ("api:default/new", true, false),
    ];
    assert_eq!(told, expected);
    let of_first = fixture.store.changes_of(first, 5).await.unwrap();
    assert_eq!(of_first.len(), 5, "those that later changes replaced are among them");
    assert!(of_first.iter().all(|change| change.before.is_none()));
}

async fn earlier_versions_are_kept_up_to_a_number(database: TestDatabase) {
    let mut fixture = Fixture::new(&database).await;
    let at = |version| vec![reading("file:/a", vec![claim("api:default/a", "/a", version)])];
    let first = fixture.sync(at(1)).await.revision;
    // A problem alone makes no version.
    let mut troubled = claim("api:default/a", "/a", 1);
    troubled.problems.push(problem("p"));
    fixture.sync(vec![reading("file:/a", vec![troubled])]).await;
    let second = fixture.sync(at(2)).await.revision;
    let gone = fixture.sync(vec![reading("file:/a", vec![])]).await.revision;
    let third = fixture.sync(at(3)).await.revision;

    let versions = fixture.store.versions("api:default/a").await.unwrap();
    let told: Vec<_> =
        versions.iter().map(|v| (v.version, v.body.as_deref().map(|b| b.contains("\"version\":2")))).collect();
    assert_eq!(told, [(third, Some(false)), (gone, None), (second, Some(true)), (first, Some(false))]);
    assert!(versions.iter().all(|version| version.changed_at > 0));
    assert_eq!(versions[0].location, "file:/a");

    for version in 4..(KEPT_VERSIONS as u32 + 10) {
        fixture.sync(at(version)).await;
    }
    let versions = fixture.store.versions("api:default/a").await.unwrap();
    assert_eq!(versions.len(), KEPT_VERSIONS);
    assert!(versions.windows(2).all(|pair| pair[0].version > pair[1].version));
    assert_eq!(fixture.store.versions("api:default/nothing").await.unwrap(), []);
}

async fn ancestors_are_found_up_to_the_source(database: TestDatabase) {
    let mut fixture = Fixture::new(&database).await;
    let led_by = |entity_ref: &str, parent: &str| Claim { parent: parent.into(), ..claim(entity_ref, "/a", 1) };
    let claims = vec![
        led_by("location:default/source", ""),
        led_by("location:default/all", "location:default/source"),
        led_by("api:default/a", "location:default/all"),
        // Only somebody else can have written such a thing.
        led_by("api:default/circle", "api:default/circle"),
    ];
    fixture.sync(vec![reading("file:/a", claims)]).await;
    let ancestors = async |entity_ref: &str| fixture.store.ancestors(entity_ref).await.unwrap();
    assert_eq!(ancestors("api:default/a").await, ["location:default/all", "location:default/source"]);
    assert_eq!(ancestors("location:default/source").await, [""; 0]);
    assert_eq!(ancestors("api:default/nothing").await, [""; 0]);
    assert_eq!(ancestors("api:default/circle").await, ["api:default/circle"]);
}

async fn ten_thousand_entities_fit_in_one_transaction(database: TestDatabase) {
    let mut fixture = Fixture::new(&database).await;
    let claims = (0..10_000).map(|number| claim(&format!("api:default/a{number:05}"), "/a", 1)).collect();
    let started = std::time::Instant::now();
    let changes = fixture.sync(vec![reading("file:/a", claims)]).await;
    assert_eq!(changes.upserted.len(), 10_000);
    let removed = fixture.sync(vec![]).await.removed;
    assert_eq!(removed.len(), 10_000);
    // Far more than it takes; a statement a row would be slower still.
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}
