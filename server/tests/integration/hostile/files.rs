//! Files.

use std::{fs, os::unix::fs::symlink, path::Path, process::Command};

use axum::http::StatusCode;
use tempfile::TempDir;

use super::{
    inputs::{hostile_files, write_all},
    told,
};
use crate::support::{CATALOG, TestApp};

/// A `Location` with targets.
fn location(name: &str, targets: &[&str]) -> String {
    let targets = targets.join(", ");
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {{ name: {name} }}\nspec: {{ targets: [{targets}] }}\n"
    )
}

/// What is sound, though it does not look so: Windows line ends, a byte order mark, locations in a circle.
fn write_healthy(folder: &Path) {
    let windows = CATALOG.replace("name: web", "name: windows").replace("name: team", "name: windows-team");
    let documents: Vec<&str> = windows.split("---\n").filter(|document| !document.contains("orphan")).collect();
    let text = format!("\u{feff}{}", documents.join("---\n")).replace('\n', "\r\n");
    for (name, text) in [
        ("healthy.yaml", CATALOG.to_owned()),
        ("windows.yaml", text),
        ("self.yaml", location("self", &["./self.yaml"])),
        ("circle-a.yaml", location("circle-a", &["./circle-b.yaml"])),
        ("circle-b.yaml", location("circle-b", &["./circle-a.yaml"])),
        ("empty.yaml", String::new()),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
}

/// What leads somewhere else, and what can't be read at all.
fn write_astray(folder: &Path) {
    fs::write(folder.join("../secret.yaml"), CATALOG.replace("name: ", "name: secret-")).unwrap();
    symlink("../secret.yaml", folder.join("link.yaml")).unwrap();
    symlink("nowhere.yaml", folder.join("dangling.yaml")).unwrap();
    fs::create_dir(folder.join("folder.yaml")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.join("pipe.yaml")).status().unwrap().success());
    let including = CATALOG.replace("The shop", "{ $text: ../secret.yaml }").replace("name: ", "name: including-");
    fs::write(folder.join("including.yaml"), including).unwrap();
    for step in 0..12 {
        let next = format!("./chain-{}.yaml", step + 1);
        fs::write(folder.join(format!("chain-{step}.yaml")), location(&format!("chain-{step}"), &[&next])).unwrap();
    }
}

const TARGETS: [&str; 16] = [
    "./healthy.yaml",
    "./windows.yaml",
    "./self.yaml",
    "./circle-a.yaml",
    "./empty.yaml",
    "./hostile/*.yaml",
    "./link.yaml",
    "./dangling.yaml",
    "./folder.yaml",
    "./pipe.yaml",
    "./including.yaml",
    "./chain-0.yaml",
    "./missing.yaml",
    "../secret.yaml",
    "./self.yaml",
    "ftp://host.example/a.yaml",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_files_are_told_and_leave_the_rest_alone() {
    let folder: TempDir = tempfile::tempdir().unwrap();
    let files = folder.path().join("files");
    let hostile = write_all(&files.join("hostile"));
    write_healthy(&files);
    write_astray(&files);
    fs::write(files.join("all.yaml"), location("all", &TARGETS.map(|target| target))).unwrap();
    let app = TestApp::over(folder, "files/all.yaml", "").await;
    let problems = app.get("/api/v1/catalog/problems").await.json();

    let base = app.folder().join("files");
    let place = |name: &str| format!("file:{}", base.join(name).display());
    let mut differ = Vec::new();
    for file in hostile {
        let told = told(&problems, &place(&format!("hostile/{}", file.name)));
        if told.first().is_none_or(|first| !first.starts_with(file.told)) {
            differ.push(format!("{}: {:?}, expected {}", file.name, told.first(), file.told));
        }
        assert!(
            told.len() <= 501 && told.iter().all(|message| message.len() < 2100),
            "{} is told at length",
            file.name
        );
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    for (at, expected) in [
        ("all.yaml", format!("3:13 can not read `{}`: it leads out of the folder", base.join("link.yaml").display())),
        ("dangling.yaml", format!("can not read `{}`: it does not exist", base.join("dangling.yaml").display())),
        ("folder.yaml", format!("can not read `{}`: it is not a plain file", base.join("folder.yaml").display())),
        ("pipe.yaml", format!("can not read `{}`: it is not a plain file", base.join("pipe.yaml").display())),
        ("missing.yaml", format!("can not read `{}`: it does not exist", base.join("missing.yaml").display())),
        (
            "all.yaml",
            format!("3:13 can not read `{}`: it leads out", base.parent().unwrap().join("secret.yaml").display()),
        ),
        ("including.yaml", "3:34 `metadata.description` can not include `../secret.yaml`: it leads out".to_owned()),
        ("chain-9.yaml", "3:13 more than 10 locations lead to each other".to_owned()),
    ] {
        let told = told(&problems, &place(at));
        assert!(told.iter().any(|message| message.starts_with(&expected)), "{at}, {expected}: {told:#?}");
    }
    assert!(!problems.to_string().contains("secret-"), "nothing of what is outside is shown");

    let names = async |kind: &str| {
        let entities = app.get(&format!("/api/catalog/entities?filter=kind={kind}&fields=metadata.name")).await.json();
        let name = |entity: &serde_json::Value| entity["metadata"]["name"].as_str().unwrap().to_owned();
        let mut names: Vec<String> = entities.as_array().unwrap().iter().map(name).collect();
        names.sort();
        names
    };
    assert_eq!(names("component").await, ["including-orphan", "orphan", "web", "windows"]);
    assert_eq!(names("group").await, ["including-team", "team", "windows-team"]);
    let windows = app.get("/api/catalog/entities/by-name/component/default/windows").await.json();
    assert_eq!(windows["metadata"]["description"], "The shop", "no line end is left in it");
    for location in ["self", "circle-a", "circle-b", "chain-8"] {
        let answer = app.get(&format!("/api/catalog/entities/by-name/location/default/{location}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{location}");
        assert!(told(&problems, &place(&format!("{location}.yaml"))).is_empty(), "{location}");
    }
    let page = app.get("/catalog").await;
    assert!(page.status == StatusCode::OK && page.text().contains("problems in catalog files"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entity_whose_file_turns_hostile_stays_and_its_page_says_why() {
    let app = TestApp::start().await;
    let file = app.folder().join("catalog-info.yaml");
    let mut changes = app.app.state.catalog.changes();
    // A document that is read and names another entity has replaced this one.
    for hostile in hostile_files().into_iter().filter(|file| file.name != "many-faults.yaml") {
        for (bytes, expected) in [(hostile.bytes.as_slice(), hostile.told), (CATALOG.as_bytes(), "")] {
            changes.borrow_and_update();
            // Moved there: nobody reads half of it.
            fs::write(file.with_extension("new"), bytes).unwrap();
            fs::rename(file.with_extension("new"), &file).unwrap();
            loop {
                let problems = app.get("/api/v1/catalog/problems?entityRef=component:default/web").await.json();
                let told = told(&problems, &format!("file:{}", file.display()));
                if (expected.is_empty() && told.is_empty())
                    || (told.iter().any(|one| !expected.is_empty() && one.starts_with(expected)))
                {
                    break;
                }
                // The test's own time limit bounds the wait.
                changes.changed().await.unwrap();
            }
            let web = app.get("/api/catalog/entities/by-name/component/default/web").await.json();
            assert_eq!(web["metadata"]["description"], "The shop", "{}", hostile.name);
            let page = app.get("/catalog/default/component/web").await;
            let position = expected.split_once(' ').map_or("", |(position, _)| position);
            let is_shown = page.text().contains(&format!("catalog-info.yaml:{position}")) && !position.is_empty();
            assert_eq!(is_shown, !expected.is_empty(), "{}: {position}: {}", hostile.name, page.text());
        }
    }
}
