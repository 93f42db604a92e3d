//! A real Gitea, which `cargo xtask gitea` starts: a repository is read, followed by its webhooks, and read no more when the token is wrong.

use std::env;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::support::process::{ServerProcess, ask_with};

const SECRET: &str = "webhook-s3cret";

/// The server that `CALLBOARD_TEST_GITEA` names, as `PORT TOKEN`.
struct Gitea {
    port: u16,
    token: String,
    organization: String,
}

impl Gitea {
    /// With an organisation of this test's own.
    fn running() -> Self {
        let named = env::var("CALLBOARD_TEST_GITEA").expect("CALLBOARD_TEST_GITEA must name a Gitea as PORT TOKEN");
        let (port, token) = named.split_once(' ').expect("a port, a space, a token");
        let organization = format!("acme-{}", std::process::id());
        let gitea = Self { port: port.parse().unwrap(), token: token.to_owned(), organization };
        gitea.ask("POST", "/orgs", &json!({ "username": gitea.organization, "visibility": "private" }));
        let repository = json!({ "name": "shop", "private": true, "auto_init": true, "default_branch": "main" });
        gitea.ask("POST", &format!("/orgs/{}/repos", gitea.organization), &repository);
        gitea
    }

    fn ask(&self, method: &str, path: &str, body: &Value) -> Value {
        let authorization = format!("authorization: token {}\r\n", self.token);
        let path = format!("/api/v1{path}");
        let (status, answer) =
            ask_with(self.port, method, &path, &authorization, &body.to_string()).expect("Gitea answers");
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer}");
        serde_json::from_str(&answer).unwrap_or_default()
    }

    /// Path in Gitea's API of a file of the repository.
    fn contents(&self, path: &str) -> String {
        format!("/repos/{}/shop/contents/{path}", self.organization)
    }

    /// The hash of a file that is there.
    fn sha(&self, path: &str) -> Value {
        self.ask("GET", &self.contents(path), &Value::Null)["sha"].clone()
    }

    /// Writes a file, and answers with the commit.
    fn write(&self, path: &str, text: &str, is_new: bool) -> String {
        let mut change =
            json!({ "content": STANDARD.encode(text), "message": format!("write {path}"), "branch": "main" });
        if !is_new {
            change["sha"] = self.sha(path);
        }
        let done = self.ask(if is_new { "POST" } else { "PUT" }, &self.contents(path), &change);
        done["commit"]["sha"].as_str().unwrap().to_owned()
    }

    fn delete(&self, path: &str) {
        let change = json!({ "sha": self.sha(path), "message": format!("delete {path}"), "branch": "main" });
        self.ask("DELETE", &self.contents(path), &change);
    }

    /// Address of a file or a pattern of the repository, as a person copies it.
    fn address(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}/{}/shop/src/branch/main/{path}", self.port, self.organization)
    }

    /// A server that reads the repository, and asks again only when it is told to.
    fn reader(&self, token: &str) -> ServerProcess {
        let host = format!("127.0.0.1:{}", self.port);
        let config = json!({
            "backend": {
                "database": { "client": "better-sqlite3", "connection": "callboard.sqlite" },
                "reading": { "allow": [{ "host": host }] },
            },
            "integrations": { "gitea": [{ "host": host, "baseUrl": format!("http://{host}"), "password": token }] },
            "events": { "modules": { "gitea": { "webhookSecret": SECRET } } },
            "catalog": {
                "rules": [{ "allow": ["Component", "Location"] }],
                "urlInterval": { "hours": 1 },
                "locations": [
                    { "type": "url", "target": self.address("catalog-info.yaml") },
                    { "type": "url", "target": self.address("services/*/catalog-info.yaml") },
                ],
            },
        });
        let mut server = ServerProcess::new(tempfile::tempdir().unwrap(), config);
        server.start();
        server.wait_until_ready();
        server
    }
}

fn component(name: &str, description: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\n  description: {description}\n\
         spec: {{ type: service, lifecycle: production, owner: shop }}\n"
    )
}

/// What is told of a component, in the answer of Backstage's API.
fn description(server: &ServerProcess, name: &str) -> Option<String> {
    let path = format!("/api/catalog/entities/by-name/component/default/{name}");
    let (status, body) = server.ask("GET", &path, "")?;
    let entity: Value = serde_json::from_str(&body).ok()?;
    (status == 200).then(|| entity["metadata"]["description"].as_str().unwrap_or_default().to_owned())
}

#[test]
#[ignore = "needs CALLBOARD_TEST_GITEA, a running Gitea: cargo xtask gitea"]
fn a_repository_of_gitea_is_read_and_followed() {
    let gitea = Gitea::running();
    gitea.write("catalog-info.yaml", &component("shop", "{ $text: ./about.txt }"), true);
    gitea.write("about.txt", "All of it", true);
    gitea.write("services/cart/catalog-info.yaml", &component("cart", "Holds goods"), true);

    let server = gitea.reader(&gitea.token);
    let shows = |name: &str, expected: Option<&str>| {
        server.wait_for(&format!("{name}: {expected:?}"), || {
            (description(&server, name).as_deref() == expected).then_some(())
        });
    };
    shows("shop", Some("All of it"));
    shows("cart", Some("Holds goods"));

    let hook = json!({
        "type": "gitea", "active": true, "events": ["push"],
        "config": {
            "url": format!("http://127.0.0.1:{}/api/events/http/gitea", server.port()),
            "content_type": "json", "secret": SECRET,
        },
    });
    gitea.ask("POST", &format!("/repos/{}/shop/hooks", gitea.organization), &hook);

    let commit = gitea.write("services/cart/catalog-info.yaml", &component("cart", "Holds more"), false);
    shows("cart", Some("Holds more"));
    let versions = server.get("/api/v1/catalog/entities/component/default/cart/versions");
    assert_eq!(versions["items"][0]["commit"], json!(commit), "{versions}");

    gitea.write("services/pay/catalog-info.yaml", &component("pay", "Takes money"), true);
    shows("pay", Some("Takes money"));
    gitea.write("services/pay/catalog-info.yaml", &component("pay", "Takes money\n  name: pay"), false);
    let problem = server.wait_for("the broken file", || {
        let problems = server.get("/api/v1/catalog/problems?entityRef=component:default/pay");
        let broken = |problem: &&Value| problem["code"] == "invalid-yaml";
        problems["items"].as_array()?.iter().find(broken).cloned()
    });
    assert_eq!(problem["position"]["line"], 6, "{problem}");
    shows("pay", Some("Takes money"));

    gitea.delete("services/cart/catalog-info.yaml");
    shows("cart", None);
}

#[test]
#[ignore = "needs CALLBOARD_TEST_GITEA, a running Gitea: cargo xtask gitea"]
fn a_wrong_token_of_gitea_is_told() {
    let gitea = Gitea::running();
    gitea.write("catalog-info.yaml", &component("shop", "All of it"), true);
    let server = gitea.reader("0123456789012345678901234567890123456789");
    let told = server.wait_for("the refusal", || {
        let problems = server.get("/api/v1/catalog/problems");
        let messages = problems["items"].as_array()?.iter().filter_map(|problem| problem["message"].as_str());
        messages.into_iter().find(|message| message.contains("credentials")).map(str::to_owned)
    });
    assert!(told.contains("integrations"), "{told}");
    assert!(!server.log().contains("0123456789012345678901234567890123456789"));
    assert_eq!(description(&server, "shop"), None);
}
