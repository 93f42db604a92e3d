//! The engine over URLs.

use std::{collections::BTreeMap, sync::Mutex, time::Duration};

use async_trait::async_trait;
use url::Url;

use super::*;
use crate::source::{Hosts, Question, Request, Response};

/// Hosts with files, some of them down.
#[derive(Debug, Default)]
struct Web {
    /// Text by URL; an error where the host does not answer.
    files: Mutex<BTreeMap<String, Result<String, String>>>,
    /// Every question that was asked, and whether content was sent.
    asked: Mutex<Vec<(Question, bool)>>,
}

impl Web {
    fn put(&self, url: &str, text: &str) {
        self.files.lock().unwrap().insert(url.to_owned(), Ok(text.to_owned()));
    }

    fn fail(&self, url: &str) {
        self.files.lock().unwrap().insert(url.to_owned(), Err("it is down".to_owned()));
    }

    fn remove(&self, url: &str) {
        self.files.lock().unwrap().remove(url);
    }

    fn asked(&self) -> usize {
        self.asked.lock().unwrap().len()
    }

    fn sent(&self) -> usize {
        self.asked.lock().unwrap().iter().filter(|(_, sent)| *sent).count()
    }

    fn answer(&self, request: &Request) -> Response {
        let files = self.files.lock().unwrap();
        match &request.question {
            Question::Pattern(pattern) => {
                let (folder, name) = pattern.split_once("**/").unwrap();
                let matches = |url: &&String| url.starts_with(folder) && url.ends_with(name);
                Response::Urls(files.keys().filter(matches).cloned().collect())
            }
            Question::Repositories(_) | Question::Entities(_) => unreachable!("no test asks for it"),
            Question::File(url) | Question::People(url) => match files.get(url) {
                None => Response::Missing("it does not exist".to_owned()),
                Some(Err(why)) => Response::Failed { why: why.clone(), retry_after: None },
                // The text is its own tag.
                Some(Ok(text)) if request.etag.as_ref() == Some(text) => Response::Unchanged,
                Some(Ok(text)) => Response::Content {
                    bytes: text.as_bytes().to_vec(),
                    etag: Some(text.clone()),
                    last_modified: None,
                    commit: None,
                },
            },
        }
    }
}

#[async_trait]
impl Hosts for Web {
    fn resolve(&self, base: &str, relative: &str) -> Result<String, String> {
        NoHosts.resolve(base, relative)
    }

    fn edit_url(&self, url: &str) -> Option<String> {
        Some(url.replace("/blob/", "/edit/")).filter(|edit| edit != url)
    }

    fn source_folder(&self, url: &str) -> Option<String> {
        Url::parse(url).ok()?.join("./").ok().map(Into::into)
    }

    async fn ask(&self, request: &Request) -> Response {
        let response = self.answer(request);
        let sent = matches!(response, Response::Content { .. });
        self.asked.lock().unwrap().push((request.question.clone(), sent));
        response
    }
}

const ALL: &str = "https://git.example/org/blob/main/all.yaml";

fn beside(name: &str) -> String {
    ALL.replace("all.yaml", name)
}

/// Reads [`ALL`] again and again, every few milliseconds.
async fn fixture(web: &Arc<Web>, target: &str) -> Fixture {
    let mut fixture = Fixture::new("unused.yaml", &[]).await;
    fixture.config.locations[0] = ConfiguredLocation {
        location_type: "url".to_owned(),
        target: target.to_owned(),
        rules: Vec::new(),
        ..Default::default()
    };
    fixture.config.hosts = Arc::clone(web) as Arc<dyn Hosts>;
    fixture.config.remote_interval = Duration::from_millis(20);
    fixture
}

#[tokio::test]
async fn urls_lead_to_others_relative_to_their_own() {
    let web = Arc::new(Web::default());
    web.put(ALL, &location("all", "{type: url, targets: [./a.yaml, https://other.example/b.yaml]}"));
    let text = "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata:\n  name: a\n  description: {$text: ./a.txt}\n\
                spec: {owner: x}\n";
    web.put(&beside("a.yaml"), text);
    web.put(&beside("a.txt"), "What it is for");
    web.put("https://other.example/b.yaml", &system("b", "x"));
    let mut fixture = fixture(&web, ALL).await;
    assert_eq!(fixture.read().await, ["location:default/all", "system:default/a", "system:default/b"]);

    let body: serde_json::Value = serde_json::from_str(&fixture.seen.entity("system:default/a").body).unwrap();
    assert_eq!(body["metadata"]["description"], "What it is for");
    let annotations = &body["metadata"]["annotations"];
    assert_eq!(annotations["backstage.io/managed-by-location"], format!("url:{}", beside("a.yaml")));
    assert_eq!(annotations["backstage.io/managed-by-origin-location"], format!("url:{ALL}"));
    assert_eq!(annotations["backstage.io/view-url"], beside("a.yaml"));
    assert_eq!(annotations["backstage.io/edit-url"], beside("a.yaml").replace("/blob/", "/edit/"));
    assert_eq!(annotations["backstage.io/source-location"], format!("url:{}", beside("")));
}

#[tokio::test]
async fn a_change_shows_and_what_is_unchanged_is_not_sent_again() {
    let web = Arc::new(Web::default());
    web.put(ALL, &system("a", "one"));
    let mut fixture = fixture(&web, ALL).await;
    let engine = fixture.start().await;
    within_a_moment(|| web.asked() > 3).await;
    assert_eq!(web.sent(), 1);
    web.put(ALL, &system("a", "two"));
    within_a_moment(|| fixture.seen.entity("system:default/a").body.contains("two")).await;
    engine.stop().await;
}

#[tokio::test]
async fn what_a_host_does_not_answer_is_kept_and_told_also_after_a_restart() {
    let web = Arc::new(Web::default());
    web.put(ALL, &location("all", "{target: ./a.yaml}"));
    web.put(&beside("a.yaml"), &system("a", "one"));
    let mut fixture = fixture(&web, ALL).await;
    let engine = fixture.start().await;
    let expected = ["location:default/all", "system:default/a"];
    assert_eq!(fixture.seen.refs(), expected);

    web.fail(&beside("a.yaml"));
    let message = format!("can not read `{}`: it is down", beside("a.yaml"));
    within_a_moment(|| fixture.problems("system:default/a") == [message.clone()]).await;
    engine.stop().await;

    web.fail(ALL);
    let engine = fixture.start().await;
    assert_eq!(fixture.seen.refs(), expected);
    assert_eq!(fixture.problems("location:default/all"), [format!("can not read `{ALL}`: it is down"), message]);
    web.put(ALL, &location("all", "{target: ./a.yaml}"));
    web.put(&beside("a.yaml"), &system("a", "two"));
    within_a_moment(|| fixture.seen.entity("system:default/a").body.contains("two")).await;
    within_a_moment(|| fixture.problems("location:default/all").is_empty()).await;
    engine.stop().await;
}

#[tokio::test]
async fn a_url_that_vanished_keeps_its_entities_and_one_that_no_longer_matches_loses_them() {
    let web = Arc::new(Web::default());
    let pattern = beside("**/info.yaml");
    web.put(ALL, &location("all", &format!("{{type: url, targets: [./literal.yaml, '{pattern}']}}")));
    for name in ["literal.yaml", "x/info.yaml", "y/info.yaml"] {
        web.put(&beside(name), &system(&name.replace('/', "-"), "x"));
    }
    let mut fixture = fixture(&web, ALL).await;
    let engine = fixture.start().await;
    let with = |names: &[&str]| {
        let systems = names.iter().map(|name| format!("system:default/{name}"));
        std::iter::once("location:default/all".to_owned()).chain(systems).collect::<Vec<_>>()
    };
    assert_eq!(fixture.seen.refs(), with(&["literal.yaml", "x-info.yaml", "y-info.yaml"]));
    web.remove(&beside("literal.yaml"));
    web.remove(&beside("x/info.yaml"));
    within_a_moment(|| fixture.seen.refs() == with(&["literal.yaml", "y-info.yaml"])).await;
    within_a_moment(|| fixture.problems("system:default/literal.yaml").len() == 1).await;
    engine.stop().await;
}

#[tokio::test]
async fn an_included_file_that_is_missing_is_told_and_not_asked_for_without_pause() {
    let web = Arc::new(Web::default());
    let text = "apiVersion: backstage.io/v1alpha1\nkind: System\nmetadata: {name: a, description: {$text: ./a.txt}}\n\
                spec: {owner: x}\n";
    web.put(ALL, text);
    let mut fixture = fixture(&web, ALL).await;
    fixture.config.remote_interval = Duration::from_millis(200);
    let engine = fixture.start().await;
    assert_eq!(
        fixture.seen.unattached(),
        ["`metadata.description` can not include `./a.txt`: it does not exist".to_owned()]
    );
    sleep(Duration::from_millis(500)).await;
    assert!(web.asked() < 20, "{:?}", web.asked.lock().unwrap());
    web.put(&beside("a.txt"), "Now it is there");
    within_a_moment(|| fixture.seen.refs() == ["system:default/a"]).await;
    engine.stop().await;
}

#[tokio::test]
async fn what_is_refreshed_is_read_at_once_also_where_a_pattern_leads_to_more() {
    let web = Arc::new(Web::default());
    let pattern = beside("**/info.yaml");
    web.put(&beside("x/info.yaml"), &system("x", "one"));
    let mut fixture = fixture(&web, &pattern).await;
    fixture.config.remote_interval = Duration::from_hours(1);
    let engine = fixture.start().await;
    web.put(&beside("x/info.yaml"), &system("x", "two"));
    web.put(&beside("y/info.yaml"), &system("y", "new"));
    let locations = [beside("x/info.yaml"), pattern].map(|url| format!("url:{url}"));
    engine.handle().refresh(locations.iter().cloned().map(Refresh::from).collect()).await.unwrap();
    within_a_moment(|| fixture.seen.refs() == ["system:default/x", "system:default/y"]).await;
    within_a_moment(|| fixture.seen.entity("system:default/x").body.contains("two")).await;
    engine.stop().await;
}

#[tokio::test]
async fn a_version_names_the_commit_of_the_push_that_brought_it() {
    let web = Arc::new(Web::default());
    web.put(ALL, &system("a", "one"));
    let mut fixture = fixture(&web, ALL).await;
    fixture.config.remote_interval = Duration::from_hours(1);
    let engine = fixture.start().await;
    within_a_moment(|| fixture.seen.refs() == ["system:default/a"]).await;
    web.put(ALL, &system("a", "two"));
    let pushed = Refresh { location: format!("url:{ALL}"), commit: Some("b81e0c4".to_owned()) };
    engine.handle().refresh(vec![pushed]).await.unwrap();
    within_a_moment(|| fixture.seen.entity("system:default/a").body.contains("two")).await;
    engine.stop().await;

    // A restart knows of no push, and what has not changed keeps what is known of it.
    let engine = fixture.start().await;
    engine.handle().reread().await.unwrap();
    engine.stop().await;
    let store = CatalogStore::new(fixture.database.clone());
    let versions = store.versions("system:default/a").await.unwrap();
    let commits: Vec<&str> = versions.iter().map(|version| version.commit.as_str()).collect();
    assert_eq!(commits, ["b81e0c4", ""]);
}

#[tokio::test]
async fn a_url_can_not_lead_to_files_of_the_server() {
    let web = Arc::new(Web::default());
    web.put(ALL, &location("all", "{type: file, target: /etc/passwd}"));
    let mut fixture = fixture(&web, ALL).await;
    fixture.read().await;
    assert_eq!(
        fixture.problems("location:default/all"),
        ["locations of type `file` can not be read from a URL, only those of type `url`"]
    );
}

#[tokio::test]
async fn registered_locations_come_and_go_while_the_engine_runs() {
    let web = Arc::new(Web::default());
    web.put(ALL, &system("a", "x"));
    web.put(&beside("b.yaml"), &system("b", "x"));
    let mut fixture = fixture(&web, ALL).await;
    let engine = fixture.start().await;
    let store = CatalogStore::new(fixture.database.clone());
    let added = store.add_location("url", &beside("b.yaml")).await.unwrap().unwrap();
    assert_eq!(store.add_location("url", &beside("b.yaml")).await.unwrap(), None);
    engine.handle().refresh(Vec::new()).await.unwrap();
    within_a_moment(|| fixture.seen.refs() == ["system:default/a", "system:default/b"]).await;

    assert!(store.remove_location(&added.id).await.unwrap());
    engine.handle().reread().await.unwrap();
    assert_eq!(fixture.seen.refs(), ["system:default/a"]);
    engine.stop().await;
}
