//! The payloads that hosts document, shortened to what is read.

use super::*;

const GITHUB: &str = r#"{"ref":"refs/heads/main","before":"6113728f27ae82c7b1a177c8d03f9e96e0adf246","after":"59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5",
"created":false,"deleted":false,"forced":false,"commits":[{"id":"59b20b8","added":["b/new.yaml"],"removed":["old.yaml"],"modified":["catalog-info.yaml"]},
{"id":"1","added":[],"removed":[],"modified":["catalog-info.yaml"]}],"repository":{"id":1,"full_name":"o/r","html_url":"https://github.com/o/r"}}"#;
const GITEA: &str = r#"{"ref":"refs/heads/develop","before":"28e1879d029cb852e4844d9c718537df08844e03","after":"bffeb74224043ba2feb48d137756c8a9331c449a",
"commits":[{"id":"bffeb74","added":null,"removed":null,"modified":["a.yaml"]}],"total_commits":1,"repository":{"html_url":"http://localhost:3000/gitea/webhooks"}}"#;
const GITLAB: &str = r#"{"object_kind":"push","event_name":"push","before":"95790bf891e76fee5e1747ab589903a6a1f80f22","after":"da1560886d4f094c3e6c9ef40349f7d38b5d27d7",
"ref":"refs/heads/master","checkout_sha":"da1560886d4f094c3e6c9ef40349f7d38b5d27d7","project":{"id":15,"web_url":"http://example.com/mike/diaspora"},
"commits":[{"id":"b6568db","added":["CHANGELOG"],"modified":["app/controller/application.rb"],"removed":[]}],"total_commits_count":4}"#;
const CLOUD: &str = r#"{"actor":{},"repository":{"full_name":"team/repo","links":{"html":{"href":"https://bitbucket.org/team/repo"}}},"push":{"changes":[
{"new":{"type":"branch","name":"main","target":{"type":"commit","hash":"709d658dc5b6d6afcd46049c2f332ee3f515a67d"}},"old":null,"created":true},
{"new":null,"old":{"type":"tag","name":"v1","target":{"hash":"1e65c05"}},"closed":true}]}}"#;
const SERVER: &str = r#"{"eventKey":"repo:refs_changed","repository":{"slug":"repository","links":{"self":[{"href":"https://bb.corp/projects/P/repos/repository/browse"}]}},
"changes":[{"ref":{"id":"refs/heads/master","displayId":"master","type":"BRANCH"},"refId":"refs/heads/master","fromHash":"ecddabb624f6f5ba43816f5926e580a5f680a932",
"toHash":"178864a7d521b6f5e720b386b2c2b0ef8563e0dc","type":"UPDATE"}]}"#;
const AZURE: &str = r#"{"subscriptionId":"0","eventType":"git.push","publisherId":"tfs","resource":{"commits":[{"commitId":"33b55f7"}],"refUpdates":[
{"name":"refs/heads/master","oldObjectId":"aad331d8d3b131fa9ae03cf5e53965b51942618a","newObjectId":"0000000000000000000000000000000000000000"}],
"repository":{"name":"Fabrikam","remoteUrl":"https://org@dev.azure.com/org/Fabrikam/_git/Fabrikam"}}}"#;

const SECRET: &str = "It's a Secret to Everybody";

fn signature(body: &str) -> String {
    signature::sign(body.as_bytes(), &SECRET.into())
}

fn headers(pairs: &[(&'static str, String)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap())).collect()
}

/// What each host sends with its body.
fn sent(kind: HostKind, body: &str) -> HeaderMap {
    let prefixed = format!("sha256={}", signature(body));
    headers(&match kind {
        HostKind::GitHub => vec![("x-hub-signature-256", prefixed), ("x-github-event", "push".into())],
        HostKind::Gitea => vec![("x-gitea-signature", signature(body)), ("x-gitea-event", "push".into())],
        HostKind::GitLab => vec![("x-gitlab-token", SECRET.into()), ("x-gitlab-event", "Push Hook".into())],
        HostKind::BitbucketCloud => vec![("x-hub-signature", prefixed), ("x-event-key", "repo:push".into())],
        HostKind::BitbucketServer => vec![("x-hub-signature", prefixed), ("x-event-key", "repo:refs_changed".into())],
        HostKind::Azure => {
            use base64::Engine;
            let account = base64::engine::general_purpose::STANDARD.encode(format!("callboard:{SECRET}"));
            vec![("authorization", format!("Basic {account}"))]
        }
    })
}

fn push(url: &str, git_ref: &str, commit: Option<&str>, changed: Option<&[&str]>) -> Push {
    Push {
        repository_url: url.parse().unwrap(),
        git_ref: git_ref.to_owned(),
        commit: commit.map(str::to_owned),
        changed_paths: changed.map(|paths| paths.iter().map(|&path| path.to_owned()).collect()),
    }
}

const ALL: [(HostKind, &str); 6] = [
    (HostKind::GitHub, GITHUB),
    (HostKind::Gitea, GITEA),
    (HostKind::GitLab, GITLAB),
    (HostKind::BitbucketCloud, CLOUD),
    (HostKind::BitbucketServer, SERVER),
    (HostKind::Azure, AZURE),
];

#[test]
fn each_host_is_understood() {
    let expected = [
        vec![push(
            "https://github.com/o/r",
            "refs/heads/main",
            Some("59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5"),
            Some(&["b/new.yaml", "catalog-info.yaml", "old.yaml"]),
        )],
        vec![push(
            "http://localhost:3000/gitea/webhooks",
            "refs/heads/develop",
            Some("bffeb74224043ba2feb48d137756c8a9331c449a"),
            Some(&["a.yaml"]),
        )],
        // Four commits, one of them listed: the paths are not all.
        vec![push(
            "http://example.com/mike/diaspora",
            "refs/heads/master",
            Some("da1560886d4f094c3e6c9ef40349f7d38b5d27d7"),
            None,
        )],
        vec![
            push(
                "https://bitbucket.org/team/repo",
                "refs/heads/main",
                Some("709d658dc5b6d6afcd46049c2f332ee3f515a67d"),
                None,
            ),
            push("https://bitbucket.org/team/repo", "refs/tags/v1", None, None),
        ],
        vec![push(
            "https://bb.corp/projects/P/repos/repository/browse",
            "refs/heads/master",
            Some("178864a7d521b6f5e720b386b2c2b0ef8563e0dc"),
            None,
        )],
        vec![push("https://dev.azure.com/org/Fabrikam/_git/Fabrikam", "refs/heads/master", None, None)],
    ];
    for ((kind, body), expected) in ALL.into_iter().zip(expected) {
        assert_eq!(
            verify_and_parse(kind, &sent(kind, body), body.as_bytes(), &SECRET.into()).as_ref(),
            Ok(&expected),
            "{kind:?}"
        );
    }
}

#[test]
fn who_does_not_know_the_secret_is_refused() {
    for (kind, body) in ALL {
        let good = sent(kind, body);
        let take = |headers: &HeaderMap, body: &str, secret: &str| {
            verify_and_parse(kind, headers, body.as_bytes(), &secret.into())
        };
        assert_eq!(take(&good, body, "another"), Err(WebhookError::WrongSignature), "{kind:?}");
        assert_eq!(take(&good, body, ""), Err(WebhookError::NoSecret), "{kind:?}");
        assert!(matches!(take(&HeaderMap::new(), body, SECRET), Err(WebhookError::Unsigned(_))), "{kind:?}");
        if !matches!(kind, HostKind::GitLab | HostKind::Azure) {
            assert_eq!(take(&good, &format!("{body} "), SECRET), Err(WebhookError::WrongSignature), "{kind:?}");
        }
    }
}

#[test]
fn the_signature_is_the_documented_one() {
    // The example of GitHub's "Validating webhook deliveries".
    let headers = headers(&[
        ("x-hub-signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17".to_owned()),
        ("x-github-event", "ping".to_owned()),
    ]);
    let result = verify_and_parse(HostKind::GitHub, &headers, b"Hello, World!", &SECRET.into());
    assert_eq!(result, Err(WebhookError::NotAPush { event: "ping".to_owned() }));
}

#[test]
fn what_is_no_push_is_told() {
    for (kind, _) in ALL {
        for body in ["", "[]", "{}", r#"{"object_kind":"push","eventType":"git.push","ref":"x"}"#] {
            let result = verify_and_parse(kind, &sent(kind, body), body.as_bytes(), &SECRET.into());
            assert!(
                matches!(result, Err(WebhookError::Malformed(_) | WebhookError::NotAPush { .. })),
                "{kind:?} {body}: {result:?}"
            );
        }
    }
}

#[test]
fn a_forced_push_says_nothing_of_paths() {
    let body = GITHUB.replace("\"forced\":false", "\"forced\":true");
    let pushes =
        verify_and_parse(HostKind::GitHub, &sent(HostKind::GitHub, &body), body.as_bytes(), &SECRET.into()).unwrap();
    assert_eq!(pushes[0].changed_paths, None);
    assert_eq!(pushes[0].branch(), Some("main"));
}
