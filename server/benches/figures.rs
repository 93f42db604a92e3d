//! `make bench`: how long pages and API answers take at several sizes of the catalog, through the whole chain: router, in-process
//! transport, authorised service, index, HTML.
//!
//! Printed as a table beside the budget or the figure of a peer; nothing is asserted, because machines are noisy.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use std::{
    fs,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use server::{
    app::App,
    config::{Config, Environment, Overrides},
};
use tower::ServiceExt as _;

/// As in the program.
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const SIZES: [usize; 3] = [200, 10_000, 50_000];
const SEED: u64 = 42;
const WARM_UP: usize = 20;
const ROUNDS: usize = 300;

/// A question, and what its time is held against.
struct Question {
    name: &'static str,
    path: String,
    beside: Beside,
}

/// What a time is held against.
#[derive(Clone, Copy)]
enum Beside {
    /// What the issue allows, in milliseconds.
    Budget(f64),
    /// Milliseconds from one answer to the next of a Backstage 1.55 on PostgreSQL with 32 connections, on the same class of machine, at
    /// 10,000 and 50,000 entities. Ours are of one request at a time and without a socket.
    Backstage { at_10_000: f64, at_50_000: f64 },
}

impl Beside {
    fn at(self, size: usize) -> Option<(f64, &'static str)> {
        match self {
            Self::Budget(milliseconds) => Some((milliseconds, "budget")),
            Self::Backstage { at_10_000, .. } if size == 10_000 => Some((at_10_000, "Backstage")),
            Self::Backstage { at_50_000, .. } if size == 50_000 => Some((at_50_000, "Backstage")),
            Self::Backstage { .. } => None,
        }
    }
}

fn main() {
    // Under `cargo test --benches` nothing is measured.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime can be made");
    runtime.block_on(async {
        println!("{:<46} {:>9} {:>9} {:>9}   beside", "", "entities", "p50 ms", "p99 ms");
        for size in SIZES {
            measure(size).await;
        }
    });
}

async fn measure(size: usize) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    for (name, text) in testkit::catalog::generate(size, SEED) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
    let config = folder.path().join("callboard.yaml");
    let root = testkit::catalog::ROOT;
    // A relative path would be one of the working folder, and stay for the next size and the next run.
    let database = folder.path().join("catalog.db");
    let database = database.display();
    fs::write(
        &config,
        format!(
            "backend: {{ database: {{ client: sqlite3, connection: '{database}' }} }}\n\
             catalog: {{ rules: [{{ allow: [Component, API, Group, User, Resource, System, Domain, Location] }}], \
             locations: [{{ type: file, target: {root} }}] }}\n"
        ),
    )
    .expect("a file can be written");
    let start = || async {
        let loaded = Config::load(std::slice::from_ref(&config), &Environment::default(), &Overrides::default());
        App::start(loaded.expect("the configuration is right").config, None).await.expect("the server starts")
    };

    let begun = Instant::now();
    let app = start().await;
    app.first_read().await;
    let read = begun.elapsed();
    app.stop().await;
    let begun = Instant::now();
    let app = start().await;
    let restart = begun.elapsed();
    let router = server::router(app.state.clone());
    let component = first_component(&router).await;

    for question in questions(&component) {
        let times = time(&router, &question.path).await;
        let (p50, p99) = (percentile(&times, 50), percentile(&times, 99));
        let beside = question.beside.at(size).map_or_else(String::new, |(milliseconds, what)| {
            format!("{what} {milliseconds:.1} ms, ratio {:.1}", milliseconds / p50)
        });
        println!("{:<46} {size:>9} {p50:>9.2} {p99:>9.2}   {beside}", question.name);
    }
    println!("{:<46} {size:>9} {:>9.0}", "files to all relations queryable", milliseconds(read));
    println!("{:<46} {size:>9} {:>9.0}", "restart to first answer", milliseconds(restart));
    println!("{:<46} {size:>9} {:>9} MiB\n", "resident", resident_mebibytes());
    app.stop().await;
}

fn questions(component: &str) -> Vec<Question> {
    let question = |name, path: &str, beside| Question { name, path: path.to_owned(), beside };
    let page = Beside::Budget(10.0);
    vec![
        question("page /catalog", "/catalog", page),
        question("page /catalog, text and sort", "/catalog?filters[text]=api&sort=owner", page),
        question("page of an entity", &format!("/catalog/default/component/{component}"), page),
        question(
            "by-query, 20 components",
            "/api/catalog/entities/by-query?limit=20&filter=kind=component",
            Beside::Backstage { at_10_000: 1_000.0 / 409.0, at_50_000: 1_000.0 / 34.0 },
        ),
        question(
            "by-query, 20 components by name",
            "/api/catalog/entities/by-query?limit=20&filter=kind=component&orderField=metadata.name,asc",
            Beside::Backstage { at_10_000: 1_000.0 / 145.0, at_50_000: 1_000.0 / 15.0 },
        ),
        question(
            "entity-facets, kind and type",
            "/api/catalog/entity-facets?facet=kind&facet=spec.type",
            Beside::Backstage { at_10_000: 1_000.0 / 772.0, at_50_000: 1_000.0 / 124.0 },
        ),
        question(
            "by-name",
            &format!("/api/catalog/entities/by-name/component/default/{component}"),
            Beside::Backstage { at_10_000: 1_000.0 / 4_729.0, at_50_000: 1_000.0 / 1_988.0 },
        ),
        question("/api/v1/catalog/entities", "/api/v1/catalog/entities?kind=component", page),
        question("search, a part of a name", "/api/v1/catalog/search?q=serv", page),
        question("search, a slip", "/api/v1/catalog/search?q=sevrice", page),
    ]
}

async fn first_component(router: &Router) -> String {
    let path = "/api/v1/catalog/entities?kind=component&limit=1";
    let list: serde_json::Value = serde_json::from_slice(&answer(router, path).await).expect("the list is JSON");
    list["items"][0]["name"].as_str().expect("there is a component").to_owned()
}

/// Times of single requests, one after the other, sorted.
async fn time(router: &Router, path: &str) -> Vec<Duration> {
    for _ in 0..WARM_UP {
        answer(router, path).await;
    }
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        answer(router, path).await;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    times
}

async fn answer(router: &Router, path: &str) -> Vec<u8> {
    let request = Request::get(path).body(Body::empty()).expect("the path is one");
    let response = router.clone().oneshot(request).await.expect("the router answers");
    assert!(response.status().is_success(), "{path}: {}", response.status());
    to_bytes(response.into_body(), usize::MAX).await.expect("the body can be read").to_vec()
}

fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    milliseconds(sorted[(sorted.len() - 1) * percent / 100])
}

fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

/// Of this process; 0 where `/proc` does not tell.
fn resident_mebibytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1024
}
