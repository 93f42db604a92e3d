//! Other people's catalogs. Their faults are their own: what must not happen is a panic, a silent loss, or a message that leaves one at a
//! loss. They stay where they are, so what is read and what is refused is printed and not kept as a snapshot.

use std::{collections::BTreeSet, path::Path};

use model::{
    catalog::{Problem, ProblemCode},
    entity::Level,
};
use serde_json::Value;

use super::Fixture;
use crate::{
    kinds::KindRegistry,
    processing::{AllowedKind, Rule},
};

#[tokio::test]
#[ignore = "needs CALLBOARD_CORPUS, the folder of other people's catalogs"]
#[expect(clippy::print_stdout, reason = "whoever runs it wants to read the lists")]
async fn the_corpus_of_other_peoples_catalogs_is_read_or_refused_in_words() {
    let corpus =
        std::env::var("CALLBOARD_CORPUS").expect("CALLBOARD_CORPUS names the folder of other people's catalogs");
    let corpus = Path::new(&corpus).join("catalog");
    let mut fixture = Fixture::new("all.yaml", &[]).await;
    let all = KindRegistry::core().infos().iter().map(|info| AllowedKind::of(&info.kind)).collect();
    fixture.config.rules = vec![Rule { allow: all, locations: Vec::new() }];
    fixture.config.locations[0].target = corpus.join("**/*.{yaml,yml}").to_str().unwrap().to_owned();
    fixture.read().await;

    let short = |location: &str| location.trim_start_matches("file:").replace(&format!("{}/", corpus.display()), "");
    let entities = fixture.seen.entities.lock().unwrap();
    let mut loaded = Vec::new();
    let mut refused = fixture.seen.unattached.lock().unwrap().clone();
    for entity in entities.values() {
        let body: Value = serde_json::from_str(&entity.body).unwrap();
        let location = body["metadata"]["annotations"]["backstage.io/managed-by-location"].as_str().unwrap();
        loaded.push(format!("{}  {}", short(location), entity.entity_ref));
        let is_refused = |problem: &&Problem| problem.level == Level::Error || problem.code == ProblemCode::Conflict;
        refused.extend(entity.problems.iter().filter(is_refused).cloned());
    }
    loaded.sort();
    println!("loaded, {}:\n  {}\n", loaded.len(), loaded.join("\n  "));
    let in_words = |problem: &Problem| {
        let at = problem.position.map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default();
        let hint = problem.hint.as_ref().map(|hint| format!("\n    help: {hint}")).unwrap_or_default();
        format!("{}{at}: {}{hint}", short(problem.location.as_deref().unwrap_or("?")), problem.message)
    };
    let mut words: Vec<String> = refused.iter().map(in_words).collect();
    words.sort();
    println!("refused, {}:\n  {}", words.len(), words.join("\n  "));

    for problem in &refused {
        assert!(problem.location.is_some(), "{problem:?} does not say in which file");
        assert!(problem.position.is_some(), "{} does not say in which line", in_words(problem));
        assert!(tells_what_to_do(problem), "{} does not say what to do", in_words(problem));
    }
    let told: BTreeSet<String> = loaded
        .iter()
        .filter_map(|line| line.split_once("  ").map(|(file, _)| file.to_owned()))
        .chain(refused.iter().filter_map(|problem| Some(short(problem.location.as_deref()?))))
        .collect();
    let mut descriptors = 0;
    let mut folders = vec![corpus.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if is_descriptor(&path) {
                descriptors += 1;
                let file = short(path.to_str().unwrap());
                assert!(told.contains(&file), "{file} is neither loaded nor refused");
            }
        }
    }
    assert!(descriptors > 30 && loaded.len() > 50, "{descriptors} files, {} entities", loaded.len());
}

/// True for a message that has a hint, or itself says what is missing, expected or allowed.
fn tells_what_to_do(problem: &Problem) -> bool {
    let says =
        ["is missing", "must be", "must not", "must have", "expected", "known are", "known is", "put it in quotes"];
    problem.hint.is_some() || says.iter().any(|part| problem.message.contains(part))
}

fn is_descriptor(path: &Path) -> bool {
    let is_yaml = path.extension().is_some_and(|extension| ["yaml", "yml"].iter().any(|yaml| extension == *yaml));
    is_yaml
        && std::fs::read_to_string(path).is_ok_and(|text| {
            let has = |key: &str| text.lines().any(|line| line.starts_with(key));
            text.lines().any(|line| line.starts_with("apiVersion:") && line.contains("backstage.io/")) && has("kind:")
        })
}
