//! Repositories and teams of organisations and groups.

use upstream::discovery::RepositoryFilter;
use upstream::integrations::{GitHubIntegration, GitLabIntegration, GiteaIntegration};
use upstream::{Integrations, Upstream, UpstreamError};
use url::Url;

use crate::standin::{Reply, Request, Standin, client_with, json, reply};

fn upstream(standin: &Standin) -> Upstream {
    client_with(Integrations {
        github: vec![GitHubIntegration {
            api_base_url: Some(standin.url("")),
            token: Some("t".into()),
            ..GitHubIntegration::new("github.com")
        }],
        gitea: vec![GiteaIntegration { base_url: Some(standin.url("")), ..GiteaIntegration::new(&standin.host()) }],
        gitlab: vec![GitLabIntegration { api_base_url: Some(standin.url("")), ..GitLabIntegration::new("gitlab.com") }],
        ..Integrations::default()
    })
}

fn page(text: &str) -> Url {
    text.parse().unwrap()
}

fn answer(request: &Request) -> Reply {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    match path {
        "/orgs/org/repos" if !query.contains("page=2") => reply(
            200,
            &[("link", "<https://api.github.com/orgs/org/repos?per_page=100&page=2>; rel=\"next\"")],
            r#"[{"name":"a","full_name":"org/a","html_url":"https://github.com/org/a","default_branch":"main","description":null,"archived":false,"fork":false,"topics":["x"],"size":3,"pushed_at":"2020"},
                {"name":"old","full_name":"org/old","html_url":"https://github.com/org/old","default_branch":"master","archived":true,"fork":false}]"#,
        ),
        "/orgs/org/repos" | "/users/me/repos" => json(
            r#"[{"name":"f","full_name":"org/f","html_url":"https://github.com/org/f","default_branch":"main","fork":true},
                {"name":"empty","full_name":"org/empty","html_url":"https://github.com/org/empty","default_branch":"main","size":0,"pushed_at":null}]"#,
        ),
        "/api/v1/repos/acme/shop" => json(
            // As Gitea answers: an empty text for no description, and topics that may be null.
            r#"{"name":"shop","full_name":"acme/shop","html_url":"https://gitea.example/acme/shop","default_branch":"trunk","description":"","archived":false,"fork":false,"empty":false,"size":20,"topics":null}"#,
        ),
        "/repos/org/a" => json(
            r#"{"name":"a","full_name":"org/a","html_url":"https://github.com/org/a","default_branch":"main","description":"Sells things","topics":["x"],"size":3,"pushed_at":"2020"}"#,
        ),
        "/projects/g%2Fsub%2Fp" => json(
            r#"{"path":"p","path_with_namespace":"g/sub/p","web_url":"https://gitlab.com/g/sub/p","default_branch":"main","description":"Keeps books","topics":["go"]}"#,
        ),
        "/orgs/org/teams" => json(
            r#"[{"slug":"web","name":"Web","description":"","html_url":"https://github.com/orgs/org/teams/web","parent":{"slug":"all"}}]"#,
        ),
        "/orgs/org/teams/web/members" => {
            json(r#"[{"login":"ann","avatar_url":"https://x.org/ann.png","html_url":"https://github.com/ann"}]"#)
        }
        "/groups/g%2Fsub/projects" => json(
            r#"[{"path":"p","path_with_namespace":"g/sub/p","web_url":"https://gitlab.com/g/sub/p","default_branch":"main","description":"","archived":false,"topics":[]},
                {"path":"q","path_with_namespace":"g/sub/x/q","web_url":"https://gitlab.com/g/sub/x/q","default_branch":null,"archived":false,"forked_from_project":{"id":3}}]"#,
        ),
        "/groups/g" => json(
            r#"{"id":1,"full_path":"g","name":"G","description":"all","web_url":"https://gitlab.com/groups/g","parent_id":null}"#,
        ),
        "/groups/g/descendant_groups" => json(
            r#"[{"id":2,"full_path":"g/sub","name":"Sub","description":"","web_url":"https://gitlab.com/groups/g/sub","parent_id":1}]"#,
        ),
        "/groups/1/members" => json("[]"),
        "/groups/2/members" => json(
            r#"[{"username":"ann","name":"Ann","avatar_url":null,"web_url":"https://gitlab.com/ann","state":"active"},{"username":"bob","name":"Bob","state":"blocked"}]"#,
        ),
        _ => reply(404, &[], ""),
    }
}

#[tokio::test]
async fn repositories_of_an_organisation_come_page_by_page() {
    let standin = Standin::start(answer).await;
    let upstream = upstream(&standin);
    let names = async |owner: &str, filter| {
        let all = upstream.repositories(&page(owner), filter).await.unwrap();
        all.into_iter().map(|one| (one.full_name, one.default_branch)).collect::<Vec<_>>()
    };
    let pair = |name: &str, branch: Option<&str>| (name.to_owned(), branch.map(str::to_owned));
    let ordinary = names("https://github.com/org", RepositoryFilter::default()).await;
    assert_eq!(ordinary, [pair("org/a", Some("main")), pair("org/empty", None)]);
    let all = names("https://github.com/orgs/org", RepositoryFilter { archived: true, forks: true }).await;
    assert_eq!(all.len(), 4);
    assert_eq!(names("https://github.com/me", RepositoryFilter::default()).await.len(), 1, "a user");
    assert!(standin.seen().iter().all(|request| request.header("authorization") == Some("Bearer t")));
    let group =
        names("https://gitlab.com/g/sub", RepositoryFilter { forks: true, ..RepositoryFilter::default() }).await;
    assert_eq!(group, [pair("g/sub/p", Some("main")), pair("g/sub/x/q", None)]);
}

#[tokio::test]
async fn a_repository_is_told_by_the_url_of_any_of_its_pages() {
    let standin = Standin::start(answer).await;
    let upstream = upstream(&standin);
    for (url, expected) in [
        ("https://github.com/org/a", Some(("org/a", Some("Sells things"), "x"))),
        ("https://github.com/org/a/blob/main/none.yaml", Some(("org/a", Some("Sells things"), "x"))),
        ("https://gitlab.com/g/sub/p/-/tree/main/", Some(("g/sub/p", Some("Keeps books"), "go"))),
        ("https://github.com/org/none", None),
    ] {
        let told = upstream.repository(&page(url)).await.ok();
        let told =
            told.as_ref().map(|one| (one.full_name.as_str(), one.description.as_deref(), one.topics[0].as_str()));
        assert_eq!(told, expected, "{url}");
    }
    let of_gitea = upstream.repository(&standin.url("/acme/shop")).await.unwrap();
    assert_eq!(
        (of_gitea.default_branch.as_deref(), of_gitea.description, of_gitea.topics),
        (Some("trunk"), None, vec![])
    );
    assert!(matches!(
        upstream.repository(&page("https://files.example/a/b")).await,
        Err(UpstreamError::InvalidUrl { .. })
    ));
}

#[tokio::test]
async fn teams_come_with_their_members() {
    let standin = Standin::start(answer).await;
    let upstream = upstream(&standin);
    let teams = upstream.teams(&page("https://github.com/org")).await.unwrap();
    assert_eq!(
        (teams[0].id.as_str(), teams[0].parent.as_deref(), teams[0].members[0].login.as_str()),
        ("web", Some("all"), "ann")
    );
    assert_eq!(teams[0].description, None);
    let groups = upstream.teams(&page("https://gitlab.com/groups/g")).await.unwrap();
    assert_eq!((groups[1].id.as_str(), groups[1].parent.as_deref()), ("g/sub", Some("g")));
    assert_eq!(
        groups[1].members.iter().map(|one| one.name.as_deref()).collect::<Vec<_>>(),
        [Some("Ann")],
        "blocked accounts are out"
    );
}

#[tokio::test]
async fn what_is_no_owner_is_told() {
    let standin = Standin::start(answer).await;
    let upstream = upstream(&standin);
    for url in [
        "https://github.com/",
        "https://github.com/o/r",
        "https://gitlab.com/",
        "https://gitlab.com/g/p/-/issues",
        "https://example.com/o",
    ] {
        let error = upstream.teams(&page(url)).await.unwrap_err();
        assert!(matches!(error, UpstreamError::InvalidUrl { .. }), "{url}: {error:?}");
    }
    assert!(matches!(upstream.teams(&page("https://github.com/none")).await, Err(UpstreamError::NotFound { .. })));
}
