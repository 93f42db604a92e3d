//! The engine over the catalog of another Backstage.

use async_trait::async_trait;
use serde_json::{Value, json};

use super::*;
use crate::{
    processing::process_listed,
    source::{Hosts, Question, Request, Response, Schedule, StoredHashes},
};

const TARGET: &str = "https://backstage.example";

/// A Backstage; `None` while it is down.
#[derive(Debug, Default)]
struct Other {
    entities: Mutex<Option<Vec<Value>>>,
    /// What each question said of what is at hand, and how many bodies were sent.
    asked: Mutex<Vec<(Arc<StoredHashes>, usize)>>,
}

impl Other {
    fn set(&self, entities: Option<Vec<Value>>) {
        *self.entities.lock().unwrap() = entities;
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    /// Bodies that the latest answer had.
    fn sent(&self) -> usize {
        self.asked.lock().unwrap().last().unwrap().1
    }
}

#[async_trait]
impl Hosts for Other {
    fn resolve(&self, base: &str, relative: &str) -> Result<String, String> {
        NoHosts.resolve(base, relative)
    }

    fn edit_url(&self, _: &str) -> Option<String> {
        None
    }

    fn source_folder(&self, _: &str) -> Option<String> {
        None
    }

    async fn ask(&self, request: &Request) -> Response {
        assert_eq!(request.question, Question::Entities(TARGET.to_owned()), "where its locations lead is none of ours");
        let Some(all) = self.entities.lock().unwrap().clone() else {
            self.asked.lock().unwrap().push((Arc::clone(&request.stored), 0));
            return Response::Failed { why: "it is down".to_owned(), retry_after: None };
        };
        let location = format!("backstage:{TARGET}");
        let mut entities: Vec<_> =
            all.into_iter().map(|entity| process_listed(entity, &KindRegistry::core(), &location).unwrap()).collect();
        for entity in &mut entities {
            entity.body.take_if(|_| request.stored.get(&entity.entity_ref) == Some(&entity.body_hash));
        }
        let sent = entities.iter().filter(|entity| entity.body.is_some()).count();
        self.asked.lock().unwrap().push((Arc::clone(&request.stored), sent));
        Response::Entities { entities, refused: Vec::new() }
    }
}

fn listed(kind: &str, name: &str, spec: &Value) -> Value {
    json!({ "apiVersion": "backstage.io/v1alpha1", "kind": kind, "metadata": { "name": name }, "spec": spec })
}

/// A system that its kind objects to, and a location that leads elsewhere.
fn entities() -> Vec<Value> {
    vec![
        listed("Location", "elsewhere", &json!({ "type": "url", "target": "https://git.example/all.yaml" })),
        listed("System", "shop", &json!({})),
    ]
}

async fn fixture(other: &Arc<Other>, interval: Duration) -> Fixture {
    let mut fixture = Fixture::new("all.yaml", &[("all.yaml", "")]).await;
    fixture.config.locations.push(ConfiguredLocation {
        location_type: "backstage".to_owned(),
        target: TARGET.to_owned(),
        schedule: Schedule { interval: Some(interval), ..Schedule::default() },
        ..ConfiguredLocation::default()
    });
    fixture.config.hosts = Arc::clone(other) as Arc<dyn Hosts>;
    fixture.config.remote_interval = Duration::from_hours(1);
    fixture
}

#[tokio::test]
async fn a_restart_while_the_other_side_is_down_writes_nothing_but_the_error() {
    let other = Arc::new(Other::default());
    other.set(Some(entities()));
    let mut fixture = fixture(&other, Duration::from_hours(1)).await;
    let expected = ["location:default/elsewhere", "system:default/shop"];
    assert_eq!(fixture.read().await, expected);
    let shop = fixture.seen.entity("system:default/shop");
    assert!(!shop.problems.is_empty(), "its kind wants an owner");

    // Neither does one while it is up.
    let revision = fixture.database.revision().await.unwrap();
    assert_eq!(fixture.read().await, expected);
    assert_eq!((fixture.database.revision().await.unwrap(), other.sent()), (revision, 0));

    other.set(None);
    let engine = fixture.start().await;
    within_a_moment(|| other.asked() == 3).await;
    let handle = engine.handle();
    let error = || {
        let sources = handle.sources.borrow().clone().unwrap_or_default();
        sources.into_iter().find_map(|source| source.error)
    };
    within_a_moment(|| error().is_some_and(|error| error.contains("it is down"))).await;
    engine.stop().await;
    assert_eq!(fixture.seen.refs(), expected);
    assert_eq!(fixture.seen.entity("system:default/shop"), shop);
}

#[tokio::test]
async fn what_gave_way_is_not_sent_again_and_again_and_comes_when_it_is_needed() {
    let other = Arc::new(Other::default());
    other.set(Some(entities()));
    let mut fixture = fixture(&other, Duration::from_millis(20)).await;
    fixture.config.watch = true;
    fixture.write("all.yaml", &system("shop", "ours"));
    let engine = fixture.start().await;
    assert!(fixture.seen.entity("system:default/shop").body.contains("ours"));
    let asked = other.asked();
    within_a_moment(|| other.asked() > asked + 3).await;
    assert_eq!(other.sent(), 0);

    fixture.write("all.yaml", "");
    within_a_moment(|| !fixture.seen.entity("system:default/shop").body.contains("ours")).await;
    engine.stop().await;
}
