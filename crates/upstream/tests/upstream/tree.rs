//! Listings of whole repositories, host by host, and globs in them.

use upstream::integrations::{
    AzureIntegration, BitbucketCloudIntegration, BitbucketServerIntegration, GitHubIntegration, GitLabIntegration,
    GiteaIntegration,
};
use upstream::{Integrations, Limits, Tree, Upstream, UpstreamConfig, UpstreamError};

use crate::standin::{Reply, Request, Standin, client_with, json, reply, short};

/// All hosts, their APIs being the stand-in's.
fn integrations(standin: &Standin) -> Integrations {
    let base = || Some(standin.url("/api"));
    Integrations {
        github: vec![GitHubIntegration { api_base_url: base(), ..GitHubIntegration::new("github.com") }],
        gitlab: vec![GitLabIntegration { api_base_url: base(), ..GitLabIntegration::new("gitlab.com") }],
        bitbucket_cloud: vec![BitbucketCloudIntegration {
            api_base_url: base(),
            ..BitbucketCloudIntegration::default()
        }],
        bitbucket_server: vec![BitbucketServerIntegration {
            api_base_url: base(),
            ..BitbucketServerIntegration::new("bb.corp")
        }],
        gitea: vec![GiteaIntegration { base_url: Some(standin.url("")), ..GiteaIntegration::new("gitea.corp") }],
        azure: vec![AzureIntegration { base_url: base(), ..AzureIntegration::new("dev.azure.com") }],
    }
}

fn answer(request: &Request) -> Reply {
    let has = |part: &str| request.target.contains(part);
    let (path, _) = request.target.split_once('?').unwrap_or((&request.target, ""));
    match path {
        "/api/repos/o/r/commits/main" | "/api/v1/repos/o/r/git/commits/main" => json(r#"{"sha":"c0ffee"}"#),
        "/api/repos/o/r/git/trees/c0ffee" => json(
            r#"{"sha":"c0ffee","tree":[{"path":"a","type":"tree"},{"path":"a/x.yaml","type":"blob"},{"path":"y.yaml","type":"blob"},{"path":"sub","type":"commit"}],"truncated":false}"#,
        ),
        "/api/v1/repos/o/r/git/trees/c0ffee" if has("&page=1") => {
            json(r#"{"tree":[{"path":"a/x.yaml","type":"blob"}],"truncated":true,"page":1,"total_count":2}"#)
        }
        "/api/v1/repos/o/r/git/trees/c0ffee" => {
            json(r#"{"tree":[{"path":"y.yaml","type":"blob"}],"truncated":false,"page":2,"total_count":2}"#)
        }
        "/api/projects/o%2Fr/repository/commits/main" => json(r#"{"id":"c0ffee"}"#),
        "/api/projects/o%2Fr/repository/tree" if has("page_token") => json(r#"[{"path":"y.yaml","type":"blob"}]"#),
        "/api/projects/o%2Fr/repository/tree" => reply(
            200,
            &[(
                "link",
                "<http://elsewhere.org/api/projects/o%2Fr/repository/tree?page_token=2&ref=c0ffee>; rel=\"next\"",
            )],
            r#"[{"path":"a","type":"tree"},{"path":"a/x.yaml","type":"blob"}]"#,
        ),
        "/api/repositories/o/r/commit/main" => json(r#"{"hash":"c0ffee"}"#),
        "/api/repositories/o/r/src/c0ffee/" if has("page=2") => {
            json(r#"{"values":[{"path":"y.yaml","type":"commit_file"}]}"#)
        }
        "/api/repositories/o/r/src/c0ffee/" => json(
            r#"{"values":[{"path":"a","type":"commit_directory"},{"path":"a/x.yaml","type":"commit_file"}],"next":"https://api.bitbucket.org/api/repositories/o/r/src/c0ffee/?page=2"}"#,
        ),
        "/api/projects/o/repos/r/commits" => {
            json(r#"{"values":[{"id":"c0ffee"}],"isLastPage":false,"nextPageStart":1}"#)
        }
        "/api/projects/o/repos/r/files" if has("start=0") => {
            json(r#"{"values":["a/x.yaml"],"isLastPage":false,"nextPageStart":1}"#)
        }
        "/api/projects/o/repos/r/files" => json(r#"{"values":["y.yaml"],"isLastPage":true,"nextPageStart":null}"#),
        "/api/o/p/_apis/git/repositories/r/commits" => json(r#"{"count":1,"value":[{"commitId":"c0ffee"}]}"#),
        "/api/o/p/_apis/git/repositories/r/items" => json(
            r#"{"value":[{"path":"/","gitObjectType":"tree"},{"path":"/a/x.yaml","gitObjectType":"blob"},{"path":"/y.yaml","gitObjectType":"blob"}]}"#,
        ),
        _ => reply(404, &[], ""),
    }
}

#[tokio::test]
async fn every_host_lists_its_files() {
    let standin = Standin::start(answer).await;
    let upstream = client_with(integrations(&standin));
    let expected =
        Tree { commit: "c0ffee".to_owned(), paths: vec!["a/x.yaml".to_owned(), "y.yaml".to_owned()], truncated: false };
    for page in [
        "https://github.com/o/r/tree/main",
        "https://gitea.corp/o/r/src/branch/main",
        "https://gitlab.com/o/r/-/tree/main",
        "https://bitbucket.org/o/r/src/main",
        "https://bb.corp/projects/o/repos/r/browse?at=main",
        "https://dev.azure.com/o/p/_git/r?version=GBmain",
    ] {
        assert_eq!(
            upstream.read_tree(&page.parse().unwrap()).await.as_ref(),
            Ok(&expected),
            "{page}: {:?}",
            standin.targets()
        );
    }
}

#[tokio::test]
async fn a_glob_is_searched_and_a_plain_url_is_not() {
    let standin = Standin::start(answer).await;
    let upstream = client_with(integrations(&standin));
    let plain = "https://github.com/o/r/blob/main/a/x.yaml".parse().unwrap();
    assert_eq!(upstream.search(&plain).await.unwrap(), std::slice::from_ref(&plain));
    assert!(standin.seen().is_empty());
    let found = upstream.search(&"https://github.com/o/r/blob/main/**/x.yaml".parse().unwrap()).await.unwrap();
    assert_eq!(found, [plain]);
}

#[tokio::test]
async fn what_is_not_whole_is_not_searched() {
    let standin = Standin::start(|request| {
        let listing = r#"{"tree":[{"path":"a.yaml","type":"blob"}],"truncated":true}"#;
        json(if request.target.contains("/trees/") { listing } else { r#"{"sha":"c0ffee"}"# })
    })
    .await;
    let upstream = client_with(integrations(&standin));
    let page = "https://github.com/o/r/blob/main/*.yaml".parse().unwrap();
    assert!(upstream.read_tree(&page).await.unwrap().truncated);
    assert!(matches!(upstream.search(&page).await, Err(UpstreamError::UnexpectedContent { .. })));
}

#[tokio::test]
async fn listings_are_bounded() {
    let standin = Standin::start(|request| {
        if request.target.contains("/tree?") {
            // Each page has a next one.
            return reply(200, &[("x-next-page", "2")], r#"[{"path":"a.yaml","type":"blob"}]"#);
        }
        json(r#"{"id":"c0ffee"}"#)
    })
    .await;
    let limited = |limits| {
        Upstream::new(UpstreamConfig { integrations: integrations(&standin), limits, ..UpstreamConfig::default() })
            .unwrap()
    };
    let page = "https://gitlab.com/o/r/-/tree/main".parse().unwrap();
    let error = limited(Limits { listing_pages: 3, ..short() }).read_tree(&page).await.unwrap_err();
    assert!(matches!(error, UpstreamError::TooMany { what: "pages", limit: 3, .. }), "{error:?}");
    let error = limited(Limits { tree_paths: 2, ..short() }).read_tree(&page).await.unwrap_err();
    assert!(matches!(error, UpstreamError::TooMany { what: "paths", .. }), "{error:?}");
}

#[tokio::test]
async fn an_api_that_answers_with_a_page_is_told() {
    let standin = Standin::start(|_| reply(200, &[("content-type", "text/html")], "<html>Sign in</html>")).await;
    let upstream = client_with(integrations(&standin));
    let error = upstream.read_tree(&"https://github.com/o/r".parse().unwrap()).await.unwrap_err();
    assert!(matches!(error, UpstreamError::UnexpectedContent { .. }), "{error:?}");
    let nowhere = upstream.read_tree(&"https://elsewhere.org/o/r".parse().unwrap()).await.unwrap_err();
    assert!(matches!(nowhere, UpstreamError::InvalidUrl { .. }), "{nowhere:?}");
}
