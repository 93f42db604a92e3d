//! Files by the URL of their page.

use upstream::integrations::{
    AzureCredential, AzureIntegration, GitHubApp, GitHubIntegration, GitLabIntegration, GiteaIntegration,
};
use upstream::{Fetched, Integrations, UpstreamError, Validators};
use url::Url;

use crate::standin::{Standin, client_with, json, reply};

fn page(text: &str) -> Url {
    text.parse().unwrap()
}

fn github(standin: &Standin) -> GitHubIntegration {
    GitHubIntegration {
        api_base_url: Some(standin.url("/api")),
        raw_base_url: Some(standin.url("/raw")),
        ..GitHubIntegration::new("github.com")
    }
}

#[tokio::test]
async fn github_is_asked_by_api_with_a_token_and_raw_without() {
    let standin = Standin::start(|request| match request.header("if-none-match") {
        Some(_) => reply(304, &[], ""),
        None => reply(200, &[("etag", "\"a\"")], "kind: API"),
    })
    .await;
    let file = page("https://github.com/o/r/blob/main/a.yaml");
    let public = client_with(Integrations { github: vec![github(&standin)], ..Integrations::default() });
    let Ok(Fetched::Body(document)) = public.read_file(&file, None).await else { panic!("a file") };
    assert_eq!(document.bytes, "kind: API");
    let token = GitHubIntegration { token: Some("t0ken".into()), ..github(&standin) };
    let private = client_with(Integrations { github: vec![token], ..Integrations::default() });
    assert_eq!(private.read_file(&file, Some(&document.validators)).await, Ok(Fetched::NotModified));
    let seen = standin.seen();
    assert_eq!((seen[0].target.as_str(), seen[0].header("authorization")), ("/raw/o/r/main/a.yaml", None));
    assert_eq!(
        (seen[1].target.as_str(), seen[1].header("authorization")),
        ("/api/repos/o/r/contents/a.yaml?ref=main", Some("Bearer t0ken"))
    );
    assert_eq!(seen[1].header("accept"), Some("application/vnd.github.v3.raw"));
}

#[tokio::test]
async fn other_hosts_get_their_own_credentials() {
    let standin = Standin::start(|_| reply(200, &[], "x")).await;
    let base = || Some(standin.url("/base"));
    let upstream = client_with(Integrations {
        gitlab: vec![GitLabIntegration {
            api_base_url: base(),
            token: Some("gl".into()),
            ..GitLabIntegration::new("gitlab.com")
        }],
        gitea: vec![GiteaIntegration {
            base_url: Some(standin.url("")),
            password: Some("gt".into()),
            ..GiteaIntegration::new("gitea.corp")
        }],
        azure: vec![AzureIntegration {
            base_url: base(),
            credentials: vec![AzureCredential { personal_access_token: "own".into(), organizations: Vec::new() }],
            ..AzureIntegration::new("dev.azure.com")
        }],
        ..Integrations::default()
    });
    for (file, target, authorization) in [
        (
            "https://gitlab.com/g/p/-/blob/main/a.yaml",
            "/base/projects/g%2Fp/repository/files/a.yaml/raw?ref=main",
            "Bearer gl",
        ),
        ("https://gitea.corp/o/r/src/branch/main/a.yaml", "/api/v1/repos/o/r/raw/a.yaml?ref=main", "Token gt"),
        (
            "https://dev.azure.com/o/p/_git/r?path=/a.yaml",
            "/base/o/p/_apis/git/repositories/r/items?api-version=6.0&path=%2Fa.yaml",
            "Basic Om93bg==",
        ),
    ] {
        assert!(upstream.read_file(&page(file), None).await.is_ok(), "{file}");
        let last = standin.seen().pop().unwrap();
        assert_eq!((last.target.as_str(), last.header("authorization")), (target, Some(authorization)));
    }
}

#[tokio::test]
async fn errors_name_the_page_and_the_way_out() {
    let standin = Standin::start(|request| match request.target.as_str() {
        "/raw/o/r/main/secret.yaml" => reply(403, &[], ""),
        _ => reply(404, &[], ""),
    })
    .await;
    let upstream = client_with(Integrations { github: vec![github(&standin)], ..Integrations::default() });
    let error = upstream.read_file(&page("https://github.com/o/r/blob/main/gone.yaml"), None).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "`https://github.com/o/r/blob/main/gone.yaml` does not exist, or the integration's credentials may not see it"
    );
    let error = upstream.read_file(&page("https://github.com/o/r/blob/main/secret.yaml"), None).await.unwrap_err();
    assert!(matches!(error, UpstreamError::Unauthorized { .. }), "{error:?}");
    let error = upstream.read_file(&page("https://github.com/o/r"), None).await.unwrap_err();
    assert!(matches!(error, UpstreamError::InvalidUrl { .. }), "{error:?}");
    let error =
        upstream.read_file(&page("https://elsewhere.org/a.yaml"), Some(&Validators::default())).await.unwrap_err();
    assert!(error.to_string().contains("`backend.reading.allow`"), "{error}");
}

#[tokio::test]
async fn an_app_gets_one_token_for_many_files() {
    let standin = Standin::start(|request| match request.target.split('?').next().unwrap() {
        "/api/app/installations" => json(
            r#"[{"id":1,"account":{"login":"other"},"suspended_at":null},{"id":2,"account":{"login":"Org"},"suspended_at":null},
                {"id":3,"account":{"slug":"enterprise"},"suspended_at":"2020-01-01T00:00:00Z"}]"#,
        ),
        "/api/app/installations/2/access_tokens" if request.head.starts_with("POST ") => {
            reply(201, &[], r#"{"token":"ghs_installation","expires_at":"2999-01-01T00:00:00Z"}"#)
        }
        "/api/app/installations/1/access_tokens" => {
            reply(201, &[], r#"{"token":"ghs_short","expires_at":"2000-01-01T00:00:00Z"}"#)
        }
        _ => reply(200, &[], "x"),
    })
    .await;
    let app = GitHubApp {
        app_id: 7,
        private_key: include_str!("test-key-pkcs1.pem").into(),
        webhook_secret: None,
        client_id: None,
        client_secret: None,
        allowed_installation_owners: vec!["org".to_owned(), "other".to_owned(), "nobody".to_owned()],
    };
    let integration = GitHubIntegration { apps: vec![app], token: Some("personal".into()), ..github(&standin) };
    let upstream = client_with(Integrations { github: vec![integration], ..Integrations::default() });
    let read = async |url: &str| {
        assert!(upstream.read_file(&page(url), None).await.is_ok(), "{url}");
        standin.seen().pop().unwrap().header("authorization").map(str::to_owned)
    };
    assert_eq!(read("https://github.com/org/r/blob/main/a.yaml").await.as_deref(), Some("Bearer ghs_installation"));
    assert_eq!(read("https://github.com/org/r/blob/main/b.yaml").await.as_deref(), Some("Bearer ghs_installation"));
    assert_eq!(standin.seen().len(), 4, "one list, one token, two files");
    assert!(standin.seen()[0].header("authorization").unwrap().starts_with("Bearer eyJ"));
    // A token that has run out is renewed.
    for _ in 0..2 {
        assert_eq!(read("https://github.com/other/r/blob/main/a.yaml").await.as_deref(), Some("Bearer ghs_short"));
    }
    assert_eq!(standin.targets().iter().filter(|target| target.ends_with("/1/access_tokens")).count(), 2);
    // Where the app is not installed or not allowed the personal token serves.
    assert_eq!(read("https://github.com/nobody/r/blob/main/a.yaml").await.as_deref(), Some("Bearer personal"));
    assert_eq!(read("https://github.com/enterprise/r/blob/main/a.yaml").await.as_deref(), Some("Bearer personal"));
}
