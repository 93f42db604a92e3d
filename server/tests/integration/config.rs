//! Configuration files, environment and flags.

use std::{fs, path::PathBuf};

use server::config::{Config, ConfigError, Environment, Loaded, Overrides};
use storage::DatabaseUrl;
use tempfile::TempDir;

/// Files of a temporary folder; the first is loaded unless a test says otherwise.
struct Files(TempDir);

impl Files {
    fn of<const N: usize>(files: [(&str, &str); N]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn load(&self, names: &[&str], environment: &Environment) -> Result<Loaded, ConfigError> {
        let paths: Vec<_> = names.iter().map(|name| self.path(name)).collect();
        Config::load(&paths, environment, &Overrides::default())
    }
}

fn load(yaml: &str) -> Result<Config, ConfigError> {
    Files::of([("callboard.yaml", yaml)]).load(&["callboard.yaml"], &Environment::default()).map(|loaded| loaded.config)
}

/// The message of a refusal, without the folder.
fn refusal(yaml: &str) -> String {
    let message = load(yaml).expect_err(yaml).to_string();
    let parts = message.split('/').collect::<Vec<_>>();
    let start = parts.iter().position(|part| part.starts_with("callboard.yaml")).unwrap_or_default();
    parts[start..].join("/")
}

#[test]
fn each_form_of_listen_is_read() {
    for (yaml, expected) in [
        ("backend: { listen: ':7007' }", ":7007"),
        ("backend: { listen: 7008 }", ":7008"),
        ("backend: { listen: '127.0.0.1:80' }", "127.0.0.1:80"),
        ("backend: { listen: '[::1]:80' }", "[::1]:80"),
        ("backend: { listen: { host: localhost, port: 80 } }", "localhost:80"),
        ("backend: { listen: { host: localhost, port: '80' } }", "localhost:80"),
        ("backend: { listen: { port: 80 } }", ":80"),
        ("{}", "127.0.0.1:7007"),
    ] {
        assert_eq!(load(yaml).unwrap().backend.listen.to_string(), expected, "{yaml}");
    }
}

#[test]
fn each_form_of_database_is_read() {
    for (yaml, expected) in [
        ("{ client: better-sqlite3, connection: ':memory:' }", "sqlite::memory:"),
        ("{ client: sqlite3, connection: a/b.sqlite }", "sqlite:a/b.sqlite"),
        ("{ client: sqlite, connection: 'sqlite:a.sqlite' }", "sqlite:a.sqlite"),
        ("{ client: better-sqlite3, connection: { directory: /var/lib/x } }", "sqlite:/var/lib/x/callboard.sqlite"),
        ("{ client: better-sqlite3, connection: { directory: ':memory:' } }", "sqlite::memory:"),
        ("{ client: pg, connection: 'postgres://u:p@h:1/d' }", "postgres://u@h:1/d"),
        ("{ client: pg, connection: { host: h, port: '1', user: u, password: p, database: d } }", "postgres://u@h:1/d"),
    ] {
        let config = load(&format!("backend: {{ database: {yaml} }}")).unwrap();
        assert_eq!(config.backend.database.url().to_string(), expected, "{yaml}");
    }
    let odd = load(
        "backend: { database: { client: pg, connection: { host: h, user: 'a@b', password: 'p/:@', database: d } } }",
    );
    let DatabaseUrl::Postgres(url) = odd.unwrap().backend.database.url().clone() else { panic!("no PostgreSQL") };
    assert_eq!((url.username(), url.password()), ("a%40b", Some("p%2F%3A%40")));
}

#[test]
fn each_form_of_duration_is_read() {
    for (yaml, seconds) in [
        ("30s", 30.0),
        ("'10 minutes'", 600.0),
        ("PT1M", 60.0),
        ("1500", 1.5),
        ("'1500'", 1.5),
        ("{ minutes: 1, seconds: 30 }", 90.0),
        ("2 days", 172_800.0),
    ] {
        let config = load(&format!("backend: {{ server: {{ requestTimeout: {yaml} }} }}")).unwrap();
        assert!((config.backend.server.request_timeout.as_secs_f64() - seconds).abs() < 1e-9, "{yaml}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (yaml, expected) in [
        ("app: { titel: x }", "callboard.yaml:1:8: unknown key `app.titel`; did you mean `title`?"),
        ("backend:\n  databse: {}", "callboard.yaml:2:3: unknown key `backend.databse`; did you mean `database`?"),
        ("zebra: 1", "callboard.yaml:1:1: unknown key `zebra`"),
        (
            "backend: { listen: { hots: x } }",
            "callboard.yaml:1:22: unknown key `backend.listen.hots`; did you mean `host`?",
        ),
        ("app: { title: [a] }", "callboard.yaml:1:15: `app.title`: expected a text, found a list"),
        ("app:\n  - a", "callboard.yaml:2:3: `app`: expected a map, found a list"),
        (
            "backend: { limits: { pageSize: many } }",
            "callboard.yaml:1:32: `backend.limits.pageSize`: expected a whole number, found a text",
        ),
        (
            "backend: { trustProxy: true }",
            "callboard.yaml:1:24: `backend.trustProxy`: expected a text or a list of texts, found `true`",
        ),
        ("catalog: { locations: [{ type: file }] }", "callboard.yaml:1:24: `catalog.locations.0`: `target` is missing"),
        ("app: { title: a", "callboard.yaml:"),
        ("app: {}\napp: {}", "callboard.yaml:2:1: "),
        ("a: 1\n---\nb: 2", "callboard.yaml:3:1: a configuration file has one YAML document"),
        (
            "app: { $nonsense: x }",
            "callboard.yaml:1:8: unknown include `$nonsense`; expected `$env`, `$file` or `$include`",
        ),
        ("app: { title: { $file: missing.txt } }", "callboard.yaml:1:"),
    ] {
        let message = refusal(yaml);
        assert!(message.starts_with(expected), "{yaml}\n  says     {message}\n  expected {expected}");
    }
    let both = load("app: { titel: x }\nbackned: {}").unwrap_err().to_string();
    assert_eq!(both.lines().count(), 2, "all unknown keys are told at once: {both}");
}

#[test]
fn wrong_values_say_what_was_expected() {
    for (yaml, expected) in [
        ("backend: { listen: nowhere }", "expected an address like `127.0.0.1:7007`"),
        ("backend: { listen: '127.0.0.1:x' }", "expected an address like `127.0.0.1:7007`"),
        ("app: { baseUrl: portal }", "expected an address like `https://portal.example.com`"),
        ("backend: { server: { headersTimeout: soon } }", "expected a duration like `30s`"),
        ("backend: { trustProxy: everyone }", "expected addresses or networks like `10.0.0.0/8`"),
        ("backend: { database: { client: oracle } }", "expected one of better-sqlite3, sqlite, sqlite3, pg, "),
        ("backend: { database: { client: pg } }", "client `pg` wants a `connection`"),
        ("backend: { logger: { format: xml } }", "expected one of pretty, json, found `xml`"),
    ] {
        let message = refusal(yaml);
        assert!(message.contains(expected), "{yaml}\n  says     {message}\n  expected {expected}");
    }
}

#[test]
fn secrets_are_in_no_message_and_not_printed() {
    let message = refusal("backend: { metrics: hunter2 }");
    assert!(!message.contains("hunter2"), "{message}");
    let message = refusal("backend: { database: { client: pg, connection: 'postgres://u:hunter2@[' } }");
    assert!(!message.contains("hunter2"), "{message}");

    let yaml = "backend:\n  metrics: { token: hunter2 }\n  database: { client: pg, connection: { host: h, password: hunter2 } }\n\
                integrations:\n  github: [{ host: github.com, token: hunter2, apps: [{ appId: 1, privateKey: hunter2, webhookSecret: hunter2 }] }]\n  \
                azure: [{ host: dev.azure.com, credentials: [{ personalAccessToken: hunter2 }] }]\n\
                events: { modules: { gitlab: { webhookSecret: hunter2 } } }\n";
    let loaded = Files::of([("callboard.yaml", yaml)]).load(&["callboard.yaml"], &Environment::default()).unwrap();
    let printed = loaded.to_yaml();
    assert!(!printed.contains("hunter2") && printed.contains("<hidden>"), "{printed}");
    assert!(!format!("{:?}", loaded.config).contains("hunter2"));
}

#[test]
fn texts_take_values_from_the_environment_and_from_files() {
    let environment = Environment::from([("NAME", "acme"), ("EMPTY", ""), ("PORT", "81")]);
    for (title, expected) in [
        ("${NAME}", "acme"),
        ("the ${NAME} portal", "the acme portal"),
        ("${MISSING:-other}", "other"),
        ("${EMPTY:-other}", "other"),
        ("$${NAME}", "${NAME}"),
        ("${MISSING}", "Callboard"),
        ("{ $env: NAME }", "acme"),
        ("{ $file: secret.txt }", "from a file"),
        ("{ $file: 'sub/${NAME}.txt' }", "of acme"),
        ("{ $include: 'sub/more.yaml#a.title' }", "included, of acme"),
    ] {
        let text = format!(
            "app:\n  title: {}\n",
            if title.starts_with('{') { title.to_owned() } else { format!("'{title}'") }
        );
        let files = Files::of([
            ("callboard.yaml", text.as_str()),
            ("secret.txt", "from a file\n"),
            ("sub/acme.txt", "of acme\n"),
            ("sub/more.yaml", "a: { title: 'included, ${FROM:-of acme}' }"),
        ]);
        assert_eq!(files.load(&["callboard.yaml"], &environment).unwrap().config.app.title, expected, "{title}");
    }
    let port = Files::of([("callboard.yaml", "backend: { limits: { pageSize: '${PORT}' } }")]);
    assert_eq!(port.load(&["callboard.yaml"], &environment).unwrap().config.backend.limits.page_size, 81);
}

#[test]
fn files_that_include_each_other_are_refused() {
    let files = Files::of([("callboard.yaml", "app: { $include: b.yaml }"), ("b.yaml", "title: { $include: b.yaml }")]);
    let message = files.load(&["callboard.yaml"], &Environment::default()).unwrap_err().to_string();
    assert!(message.contains("nested deeper than"), "{message}");
}

#[test]
fn later_files_lie_over_earlier_ones_then_environment_then_flags() {
    let files = Files::of([
        (
            "a.yaml",
            "app: { title: a }\norganization: { name: a }\nbackend: { listen: ':1', trustProxy: [10.0.0.1, 10.0.0.2] }\n",
        ),
        (
            "b.yaml",
            "app: { baseUrl: 'http://b.example' }\norganization: { name: b }\nbackend: { trustProxy: [10.0.0.3] }\n",
        ),
    ]);
    let environment = Environment::from([
        ("CALLBOARD__ORGANIZATION__NAME", "environment"),
        ("CALLBOARD__BACKEND__LIMITS__PAGE_SIZE", "7"),
        ("CALLBOARD__BACKEND__LISTEN", ":2"),
        ("CALLBOARD__CATALOG__LOCATIONS", "[{ type: file, target: /x.yaml }]"),
    ]);
    let paths = [files.path("a.yaml"), files.path("b.yaml")];
    let overrides = Overrides { listen: Some(":3".to_owned()), allow_remote: true };
    let loaded = Config::load(&paths, &environment, &overrides).unwrap();
    let Config { app, organization, backend, catalog, .. } = &loaded.config;
    assert_eq!((app.title.as_str(), app.base_url.to_string().as_str()), ("a", "http://b.example"));
    assert_eq!((organization.name.as_str(), backend.limits.page_size), ("environment", 7));
    assert_eq!((backend.listen.to_string().as_str(), backend.allow_remote), (":3", true));
    assert!(
        backend.trust_proxy.contains("10.0.0.3".parse().unwrap())
            && !backend.trust_proxy.contains("10.0.0.1".parse().unwrap())
    );
    assert_eq!(catalog.locations[0].target, "/x.yaml");

    let printed = loaded.to_yaml();
    for line in [
        "  listen: \":3\"  # flag --listen",
        "  name: \"environment\"  # environment variable CALLBOARD__ORGANIZATION__NAME",
        "    bodyBytes: 1048576  # default",
    ] {
        assert!(printed.contains(line), "{line} is not in\n{printed}");
    }
}

#[test]
fn file_targets_are_relative_to_the_file_that_names_them() {
    let files = Files::of([(
        "sub/callboard.yaml",
        "catalog: { locations: [{ type: file, target: ../x/*.yaml }, { type: url, target: a }] }",
    )]);
    let config = files.load(&["sub/callboard.yaml"], &Environment::default()).unwrap().config;
    assert_eq!(config.catalog.locations[0].target, files.path("x/*.yaml").to_str().unwrap());
    assert_eq!(config.catalog.locations[1].target, "a");
}

#[test]
fn a_carried_over_app_config_works_and_tells_what_is_not_used() {
    let yaml = "\
app: { title: Ours, baseUrl: 'http://localhost:3000', analytics: { ga: x } }
organization: { name: acme }
backend:
  baseUrl: http://localhost:7007
  listen: { port: 7007 }
  csp: { connect-src: [\"'self'\"] }
  cors: { origin: 'http://localhost:3000', methods: [GET, HEAD], credentials: true }
  database: { client: better-sqlite3, connection: ':memory:' }
integrations: { github: [{ host: github.com, token: '${GITHUB_TOKEN}' }] }
catalog:
  import: { entityFilename: catalog-info.yaml }
  processingInterval: { minutes: 30 }
  rules: [{ allow: [Component, { kind: Template, spec.type: service }] }]
  locations: [{ type: file, target: ../../a.yaml, rules: [{ allow: [User] }] }]
";
    let files = Files::of([("app-config.production.yaml", yaml)]);
    let loaded = files.load(&["app-config.production.yaml"], &Environment::default()).unwrap();
    let unused: Vec<_> = loaded.unused.iter().map(|key| key.path.as_str()).collect();
    assert_eq!(unused, ["app.analytics", "backend.csp", "catalog.import"]);
    assert_eq!(loaded.config.catalog.rules[0].allow[1].kind, "Template");
    // The same text under our own name is strict.
    assert!(load(yaml).is_err());
}

#[test]
fn the_base_url_gives_path_and_origin() {
    for (url, path, origin) in [
        ("http://127.0.0.1:7007", "", "http://127.0.0.1:7007"),
        ("https://a.example/", "", "https://a.example"),
        ("https://a.example:443/portal/", "/portal", "https://a.example"),
        ("http://a.example:8080/x/y", "/x/y", "http://a.example:8080"),
    ] {
        let config = load(&format!("app: {{ baseUrl: '{url}' }}")).unwrap();
        assert_eq!((config.app.base_url.path(), config.app.base_url.origin().as_str()), (path, origin), "{url}");
    }
}

#[test]
fn schedules_are_read_in_backstages_forms_but_for_cron() {
    let provider = |schedule: &str| {
        format!("catalog: {{ providers: {{ github: {{ acme: {{ organization: acme, schedule: {schedule} }} }} }} }}")
    };
    for (schedule, minutes) in [
        ("{ frequency: PT30M, timeout: { minutes: 3 } }", 30),
        ("{ frequency: { hours: 1, minutes: 5 }, initialDelay: { seconds: 15 } }", 65),
        ("{ frequency: '10 minutes' }", 10),
    ] {
        let config = load(&provider(schedule)).unwrap();
        let locations = config.catalog.providers.locations();
        let expected = Some(std::time::Duration::from_mins(minutes));
        assert_eq!(locations[0].schedule.schedule().interval, expected, "{schedule}");
    }
    let refused = refusal(&provider("{ frequency: { cron: '*/30 * * * *' } }"));
    assert!(refused.contains("`cron` is not supported; write how often, for example `{ minutes: 30 }`"), "{refused}");
}

#[test]
fn the_token_of_a_backstage_is_not_printed_and_its_base_url_is_needed() {
    let yaml = "catalog: { providers: { backstage: { other: { baseUrl: 'https://b.example', token: s3cret } } } }";
    let printed =
        Files::of([("callboard.yaml", yaml)]).load(&["callboard.yaml"], &Environment::default()).unwrap().to_yaml();
    assert!(printed.contains("baseUrl: \"https://b.example/\"") && !printed.contains("s3cret"), "{printed}");
    let refused = refusal("catalog: { providers: { backstage: { other: { pageSize: 0 } } } }");
    assert!(refused.contains("pageSize"), "{refused}");
    let refused = refusal("catalog: { providers: { backstage: { other: {} } } }");
    assert!(refused.contains("`baseUrl` is missing"), "{refused}");
}
