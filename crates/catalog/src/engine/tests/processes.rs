//! Several processes over one database.

use super::*;

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
    fourth.handle().refresh(vec![format!("file:{}", one.shown("more.yaml")).into()]).await.unwrap();
    within_a_moment(|| two.seen.refs() == ["system:default/a", "system:default/b"]).await;
    third.stop().await;
    fourth.stop().await;
}

/// What is pushed to a process that only shows, the one that reads takes in; after a restart it is still there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_pushed_to_one_process_another_takes_in() {
    let database = TestDatabase::postgres().await;
    let mut reader = Fixture::new("all.yaml", &[("all.yaml", &system("a", "one"))]).await;
    reader.database = (*database).clone();
    let mut follower = Fixture::new("unused.yaml", &[]).await;
    follower.database = Database::connect(database.url()).await.unwrap();
    follower.config = reader.config.clone();
    let (reading, following) = (reader.start().await, follower.start().await);
    let store = CatalogStore::new(follower.database.clone());
    let source = |hash: &str, name: &str| PushedSource {
        name: "ci".to_owned(),
        owner: "service ci".to_owned(),
        owner_name: "external:ci".to_owned(),
        content: format!(
            r#"{{"apiVersion":"backstage.io/v1alpha1","kind":"System","metadata":{{"name":"{name}"}},"spec":{{"owner":"x"}}}}"#
        ),
        content_hash: hash.to_owned(),
        ..PushedSource::default()
    };
    assert!(store.put_pushed_source(&source("1", "b"), None).await.unwrap());
    assert!(!store.put_pushed_source(&source("2", "c"), None).await.unwrap(), "it is there");
    assert!(!store.put_pushed_source(&source("2", "c"), Some("0")).await.unwrap(), "it has changed");
    following.handle().reread().await.unwrap();
    within_a_moment(|| follower.seen.refs() == ["system:default/a", "system:default/b"]).await;
    reading.stop().await;
    following.stop().await;

    let restarted = reader.start().await;
    assert_eq!(reader.seen.refs(), ["system:default/a", "system:default/b"]);
    assert!(store.remove_pushed_source("ci").await.unwrap() && !store.remove_pushed_source("ci").await.unwrap());
    restarted.handle().reread().await.unwrap();
    assert_eq!(reader.seen.refs(), ["system:default/a"]);
    restarted.stop().await;
}
