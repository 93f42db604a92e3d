//! How soon an edit shows.

use super::*;

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
