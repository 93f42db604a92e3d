//! The tables of Backstage's own tests, and what they leave out.

use super::*;

use proptest::prelude::*;

fn url(text: &str) -> Url {
    text.parse().unwrap()
}

fn integrations() -> Integrations {
    Integrations {
        github: vec![GitHubIntegration::new("ghe.corp")],
        gitlab: vec![GitLabIntegration {
            base_url: Some(url("https://git.corp/gitlab")),
            ..GitLabIntegration::new("git.corp")
        }],
        bitbucket_server: vec![BitbucketServerIntegration::new("bb.corp")],
        gitea: vec![GiteaIntegration::new("gitea.corp")],
        ..Integrations::default()
    }
    .with_public_hosts()
}

#[test]
fn a_page_leads_to_the_raw_file() {
    let all = integrations();
    for (page, token, expected) in [
        (
            "https://github.com/a/b/blob/main/path/to/c.yaml",
            true,
            "https://api.github.com/repos/a/b/contents/path/to/c.yaml?ref=main",
        ),
        (
            "https://github.com/a/b/tree/main/path/to/c.yaml",
            true,
            "https://api.github.com/repos/a/b/contents/path/to/c.yaml?ref=main",
        ),
        ("https://github.com/a/b/edit/main/c.yaml", true, "https://api.github.com/repos/a/b/contents/c.yaml?ref=main"),
        (
            "https://github.com/a/b/blob/main/path/to/c.yaml",
            false,
            "https://raw.githubusercontent.com/a/b/main/path/to/c.yaml",
        ),
        ("https://github.com/a/b/raw/main/c.yaml", false, "https://raw.githubusercontent.com/a/b/main/c.yaml"),
        (
            "https://github.com/a/b/blob/main/with%20space.yaml",
            false,
            "https://raw.githubusercontent.com/a/b/main/with%20space.yaml",
        ),
        (
            "https://github.com/a/b/blob/release/production?path=path/to/c.yaml",
            true,
            "https://api.github.com/repos/a/b/contents/path/to/c.yaml?ref=release%2Fproduction",
        ),
        // No raw host is known, so the API is asked without a token too.
        ("https://ghe.corp/a/b/blob/main/c.yaml", false, "https://ghe.corp/api/v3/repos/a/b/contents/c.yaml?ref=main"),
        (
            "https://gitlab.com/groupA/teams/teamA/subgroupA/repoA/-/blob/branch/my/path/to/file.yaml",
            false,
            "https://gitlab.com/api/v4/projects/groupA%2Fteams%2FteamA%2FsubgroupA%2FrepoA/repository/files/my%2Fpath%2Fto%2Ffile.yaml/raw?ref=branch",
        ),
        (
            "https://gitlab.com/a/repo/-/blob/branch/path%20with%20spaces/file.yaml",
            false,
            "https://gitlab.com/api/v4/projects/a%2Frepo/repository/files/path%20with%20spaces%2Ffile.yaml/raw?ref=branch",
        ),
        (
            "https://gitlab.com/a/b/blob/main/c.yaml",
            false,
            "https://gitlab.com/api/v4/projects/a%2Fb/repository/files/c.yaml/raw?ref=main",
        ),
        (
            "https://gitlab.com/a/blob/blob/main/c.yaml",
            false,
            "https://gitlab.com/api/v4/projects/a%2Fblob/repository/files/c.yaml/raw?ref=main",
        ),
        (
            "https://gitlab.com/a/b/-/raw/feature%2Fx/c.yaml",
            false,
            "https://gitlab.com/api/v4/projects/a%2Fb/repository/files/c.yaml/raw?ref=feature%2Fx",
        ),
        (
            "https://git.corp/gitlab/a/b/-/blob/main/c.yaml",
            false,
            "https://git.corp/gitlab/api/v4/projects/a%2Fb/repository/files/c.yaml/raw?ref=main",
        ),
        (
            "https://gitlab.com/a/b/-/jobs/artifacts/main/raw/build/c.yaml?job=make",
            false,
            "https://gitlab.com/api/v4/projects/a%2Fb/jobs/artifacts/main/raw/build/c.yaml?job=make",
        ),
        (
            "https://bitbucket.org/org/repo/src/master/a/c.yaml",
            false,
            "https://api.bitbucket.org/2.0/repositories/org/repo/src/master/a/c.yaml",
        ),
        (
            "https://bitbucket.org/org/repo/raw/master/c.yaml",
            false,
            "https://api.bitbucket.org/2.0/repositories/org/repo/src/master/c.yaml",
        ),
        (
            "https://bb.corp/projects/A/repos/b/browse/path/c.yaml?at=x",
            false,
            "https://bb.corp/rest/api/1.0/projects/A/repos/b/raw/path/c.yaml?at=x",
        ),
        (
            "https://bb.corp/users/me/repos/b/raw/c.yaml",
            false,
            "https://bb.corp/rest/api/1.0/projects/~me/repos/b/raw/c.yaml",
        ),
        (
            "https://gitea.corp/a/b/src/branch/main/path/c.yaml",
            false,
            "https://gitea.corp/api/v1/repos/a/b/raw/path/c.yaml?ref=main",
        ),
        (
            "https://dev.azure.com/org/project/_git/repo?path=my.yaml&version=GBmaster",
            false,
            "https://dev.azure.com/org/project/_apis/git/repositories/repo/items?api-version=6.0&path=%2Fmy.yaml&version=master",
        ),
        (
            // Whatever the page's scheme is: tokens go by TLS.
            "http://dev.azure.com/org/_git/repo?path=%2Fa%2Fmy.yaml",
            false,
            "https://dev.azure.com/org/repo/_apis/git/repositories/repo/items?api-version=6.0&path=%2Fa%2Fmy.yaml",
        ),
    ] {
        let page = url(page);
        let file = all.for_url(&page).unwrap().file_url(&page, token).unwrap();
        assert_eq!(file.as_str(), expected, "{page}");
    }
}

#[test]
fn what_is_no_file_is_told() {
    let all = integrations();
    for page in [
        "https://github.com/a/b",
        "https://github.com/a/b/blob/main",
        "https://github.com/a/b/issues/12",
        "https://github.com/a/b/blob/main/%2e%2e%2f%2e%2e%2fuser/repos",
        "https://github.com/a/b/blob/main/%252e%252e%252fuser",
        "https://github.com/a%2f../b/blob/main/c.yaml",
        "https://gitlab.com/a/b/-/issues",
        "https://gitlab.com/a/b",
        "https://bitbucket.org/a/b/pull-requests/1",
        "https://bb.corp/projects/A/repos/b/commits",
        "https://gitea.corp/a/b/issues",
        "https://dev.azure.com/org/project/_git/repo",
        "https://dev.azure.com/org/project/_git/repo?path=/a&version=GC123",
        "https://dev.azure.com/org/project/_git/repo?path=/../x",
    ] {
        let page = url(page);
        let result = all.for_url(&page).unwrap().file_url(&page, true);
        assert!(matches!(result, Err(UpstreamError::InvalidUrl { .. })), "{page}: {result:?}");
    }
}

#[test]
fn paths_resolve_within_the_repository() {
    let all = integrations();
    for (base, relative, expected) in [
        (
            "https://github.com/a/b/blob/main/folder/a.yaml",
            "./b.yaml",
            "https://github.com/a/b/tree/main/folder/b.yaml",
        ),
        ("https://github.com/a/b/blob/main/folder/a.yaml", "../b.yaml", "https://github.com/a/b/tree/main/b.yaml"),
        ("https://github.com/a/b/blob/main/folder/a.yaml", "/b.yaml", "https://github.com/a/b/tree/main/b.yaml"),
        (
            "https://github.com/a/b/blob/main/a.yaml",
            "../../../../../x/y.yaml",
            "https://github.com/a/b/tree/main/x/y.yaml",
        ),
        ("https://github.com/a/b/blob/main/a.yaml", "https://x.org/blob/z", "https://x.org/blob/z"),
        ("https://github.com/a/b/blob/main/folder/a.yaml", "./", "https://github.com/a/b/tree/main/folder/"),
        ("https://github.com/a/b/blob/main/a.yaml", "./", "https://github.com/a/b/tree/main/"),
        ("https://github.com/a/b/tree/main/folder/", "docs", "https://github.com/a/b/tree/main/folder/docs"),
        ("https://gitlab.com/a/b/-/blob/main/f/a.yaml", "b.yaml", "https://gitlab.com/a/b/-/blob/main/f/b.yaml"),
        ("https://gitlab.com/a/b/-/blob/main/f/a.yaml", "/b.yaml", "https://gitlab.com/a/b/-/blob/main/b.yaml"),
        (
            "https://git.corp/gitlab/a/b/-/blob/main/f/a.yaml",
            "/b.yaml",
            "https://git.corp/gitlab/a/b/-/blob/main/b.yaml",
        ),
        ("https://bitbucket.org/a/b/src/main/f/a.yaml", "/b.yaml", "https://bitbucket.org/a/b/src/main/b.yaml"),
        (
            "https://bb.corp/projects/A/repos/b/browse/f/a.yaml?at=x",
            "../b.yaml",
            "https://bb.corp/projects/A/repos/b/browse/b.yaml?at=x",
        ),
        (
            "https://gitea.corp/a/b/src/branch/main/f/a.yaml",
            "../b.yaml",
            "https://gitea.corp/a/b/src/branch/main/b.yaml",
        ),
        (
            "https://dev.azure.com/o/p/_git/r?path=%2Ffolder%2Fcatalog-info.yaml",
            "../a.yaml",
            "https://dev.azure.com/o/p/_git/r?path=%2Fa.yaml",
        ),
        ("https://dev.azure.com/o/_git/r", "./a.yaml", "https://dev.azure.com/o/_git/r?path=%2Fa.yaml"),
        (
            "https://dev.azure.com/o/p/_git/r?path=%2Ff%2Fa.yaml&version=GBx",
            "./",
            "https://dev.azure.com/o/p/_git/r?path=%2Ff%2F&version=GBx",
        ),
        (
            "https://dev.azure.com/organization/project/_git",
            "./test",
            "https://dev.azure.com/organization/project/test",
        ),
        ("https://example.com/x/a.yaml", "../b.yaml", "https://example.com/b.yaml"),
        ("https://example.com/x/a.yaml", "./", "https://example.com/x/"),
    ] {
        assert_eq!(all.resolve_url(&url(base), relative).unwrap().as_str(), expected, "{base} {relative}");
    }
    assert!(all.resolve_url(&url("https://github.com/a/b/blob/main/a.yaml"), "//evil.org/x").is_err());
}

#[test]
fn each_host_has_its_edit_page() {
    let all = integrations();
    for (page, expected) in [
        ("https://github.com/a/b/blob/main/c.yaml", "https://github.com/a/b/edit/main/c.yaml"),
        ("https://github.com/blob/b/blob/main/c.yaml", "https://github.com/blob/b/edit/main/c.yaml"),
        ("https://gitlab.com/a/b/-/blob/main/c.yaml", "https://gitlab.com/a/b/-/edit/main/c.yaml"),
        ("https://bitbucket.org/a/b/src/main/c.yaml", "https://bitbucket.org/a/b/src/main/c.yaml?mode=edit&at=main"),
        ("https://bb.corp/projects/A/repos/b/browse/c.yaml?at=x", "https://bb.corp/projects/A/repos/b/browse/c.yaml"),
        ("https://gitea.corp/a/b/src/branch/main/p/c.yaml", "https://gitea.corp/a/b/_edit/main/p/c.yaml"),
        ("https://dev.azure.com/o/p/_git/r?path=%2Fa", "https://dev.azure.com/o/p/_git/r?path=%2Fa"),
        ("https://example.com/x", "https://example.com/x"),
    ] {
        assert_eq!(all.edit_url(&url(page)).as_str(), expected);
    }
}

#[test]
fn credentials_have_the_form_of_each_host() {
    use secrecy::{ExposeSecret, SecretString};
    let secret = |text: &str| Some(SecretString::from(text));
    let shown = |header: Option<SecretString>| header.map(|header| header.expose_secret().to_owned());
    let server = BitbucketServerIntegration {
        username: Some("u".into()),
        password: secret("p"),
        ..BitbucketServerIntegration::new("h")
    };
    assert_eq!(shown(server.auth()).as_deref(), Some("Basic dTpw"));
    let server = BitbucketServerIntegration { token: secret("A"), ..server };
    assert_eq!(shown(server.auth()).as_deref(), Some("Bearer A"));
    let cloud = BitbucketCloudIntegration { token: secret("A"), ..Default::default() };
    assert_eq!(shown(cloud.auth()).as_deref(), Some("Bearer A"));
    let cloud =
        BitbucketCloudIntegration { username: Some("u".into()), app_password: secret("p"), ..Default::default() };
    assert_eq!(shown(cloud.auth()).as_deref(), Some("Basic dTpw"));
    assert_eq!(shown(BitbucketCloudIntegration { username: None, ..cloud }.auth()), None);
    let gitea = GiteaIntegration { password: secret("t"), ..GiteaIntegration::new("h") };
    assert_eq!(shown(gitea.auth()).as_deref(), Some("Token t"));
    let gitlab = GitLabIntegration { token: secret("t"), ..GitLabIntegration::new("h") };
    assert_eq!(shown(gitlab.auth()).as_deref(), Some("Bearer t"));
    let one = |token: &str, organizations: &[&str]| AzureCredential {
        personal_access_token: token.into(),
        organizations: organizations.iter().map(|&name| name.to_owned()).collect(),
    };
    let azure =
        AzureIntegration { credentials: vec![one("all", &[]), one("own", &["org"])], ..AzureIntegration::new("h") };
    assert_eq!(shown(azure.auth("Org")).as_deref(), Some("Basic Om93bg=="));
    assert_eq!(shown(azure.auth("other")).as_deref(), Some("Basic OmFsbA=="));
    assert!(!format!("{azure:?} {gitea:?} {server:?}").contains("own\""), "secrets do not print");
}

#[test]
fn pushes_find_the_files_of_their_repository() {
    let all = integrations();
    for (one, other, same) in [
        ("https://github.com/o/r", "https://github.com/O/R/blob/main/a.yaml", true),
        ("https://github.com/o/r", "https://github.com/o/other/blob/main/a.yaml", false),
        ("https://gitlab.com/a/b/c", "https://gitlab.com/a/b/c/-/blob/main/x", true),
        ("https://bb.corp/projects/P/repos/r/browse", "https://bb.corp/projects/P/repos/r/browse/x?at=main", true),
        ("https://dev.azure.com/o/p/_git/r", "https://dev.azure.com/o/p/_git/r?path=/x", true),
        ("https://example.com/a", "https://example.com/a", false),
    ] {
        assert_eq!(all.same_repository(&url(one), &url(other)), same, "{one} {other}");
    }
}

proptest! {
    /// Whatever a descriptor says, it stays at its ref, or is a full URL that the allow list then judges.
    #[test]
    fn nothing_relative_leaves_the_repository(relative in "[a-z./%2eE\\\\:?#& ]{0,24}") {
        let base = url("https://github.com/o/r/blob/main/folder/a.yaml");
        if let Ok(found) = integrations().resolve_url(&base, &relative)
            && Url::parse(&relative).is_err()
        {
            prop_assert!(found.as_str().starts_with("https://github.com/o/r/tree/main/"), "{found}");
        }
    }

    /// Whatever the page's path is, the API is asked for files of that repository and for nothing else of it.
    #[test]
    fn no_page_reaches_another_part_of_the_api(path in "[a-z./%2fFeE\\\\?&=]{0,32}") {
        let all = integrations();
        for (page, api) in [
            ("https://ghe.corp/o/r/blob/main/", "https://ghe.corp/api/v3/repos/o/r/contents/"),
            ("https://gitlab.com/g/p/-/blob/main/", "https://gitlab.com/api/v4/projects/g%2Fp/repository/files/"),
            ("https://bitbucket.org/o/r/src/main/", "https://api.bitbucket.org/2.0/repositories/o/r/src/main/"),
            ("https://bb.corp/projects/P/repos/r/browse/", "https://bb.corp/rest/api/1.0/projects/P/repos/r/raw/"),
            ("https://gitea.corp/o/r/src/branch/main/", "https://gitea.corp/api/v1/repos/o/r/raw/"),
        ] {
            let page = url(&format!("{page}{path}"));
            // The URL parser itself resolves what climbs in plain sight: then it is another page, maybe of another repository.
            let climbs = path.contains("..") || path.to_lowercase().contains("%2e");
            if let Ok(file) = all.for_url(&page).unwrap().file_url(&page, true) {
                prop_assert!(climbs || file.as_str().starts_with(api), "{page} {file}");
                prop_assert!(!file.path_segments().unwrap().any(|part| part == ".."), "{file}");
            }
        }
    }
}
