//! What stays when files are broken, gone or defined twice.

use super::*;

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
async fn a_restart_writes_nothing_and_a_location_that_is_configured_no_more_takes_its_entities() {
    let mut fixture = Fixture::new("all.yaml", &[("all.yaml", &system("a", "x"))]).await;
    fixture.read().await;
    let revision = fixture.database.revision().await.unwrap();
    assert_eq!(fixture.read().await, ["system:default/a"]);
    assert_eq!(fixture.database.revision().await.unwrap(), revision);
    fixture.config.locations.clear();
    assert_eq!(fixture.read().await, [""; 0]);
}
