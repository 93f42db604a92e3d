//! Where locations lead, and where they may not.

use super::*;

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
async fn an_optional_target_may_be_missing() {
    let all = location("all", "{targets: [./a.yaml, './none/*.yaml'], presence: optional}");
    let mut fixture = Fixture::new("all.yaml", &[("all.yaml", &all), ("a.yaml", &system("a", "x"))]).await;
    fixture.read().await;
    fs::remove_file(fixture.path("a.yaml")).unwrap();
    assert_eq!(fixture.read().await, ["location:default/all"]);
    assert_eq!(fixture.problems("location:default/all"), [""; 0]);
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
