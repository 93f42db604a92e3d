//! `make bench`: how long pages and API answers take at several sizes of the catalog, through the whole chain: router, in-process
//! transport, authorised service, index, HTML.
//!
//! Printed as a table beside the budget; nothing is asserted, because machines are noisy. What the program does under load: `load`.
//! `cargo bench -p server --bench figures -- policies` measures only what policies cost.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "policies/mod.rs"]
mod policies;

use std::{
    fs,
    path::Path,
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

const SIZES: [usize; 4] = [200, 1_000, 10_000, 100_000];
/// Of what policies cost.
const POLICY_SIZE: usize = 100_000;
const SEED: u64 = 42;
const WARM_UP: usize = 20;
const ROUNDS: usize = 300;

/// What a page may take, in milliseconds.
const BUDGET: f64 = 10.0;

fn main() {
    // Under `cargo test --benches` nothing is measured.
    let arguments: Vec<String> = std::env::args().collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        return;
    }
    let only_policies = arguments.iter().any(|argument| argument == "policies");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime can be made");
    runtime.block_on(async {
        println!("{:<46} {:>9} {:>9} {:>9}   beside", "", "entities", "p50 ms", "p99 ms");
        if !only_policies {
            for size in SIZES {
                measure(size).await;
            }
        }
        policies::measure(POLICY_SIZE).await;
    });
}

/// A generated catalog with more configuration; its folder must live as long as the server.
async fn start(size: usize, folder: &Path, more: &str) -> App {
    for (name, text) in testkit::catalog::generate(size, SEED) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }
    let config = folder.join("callboard.yaml");
    let root = testkit::catalog::ROOT;
    // A relative path would be one of the working folder, and stay for the next size and the next run.
    let database = folder.join("catalog.db");
    let database = database.display();
    fs::write(
        &config,
        format!(
            "backend: {{ rateLimit: {{ requestsPerSecond: 0 }}, database: {{ client: sqlite3, connection: '{database}' }} }}\n\
             catalog: {{ rules: [{{ allow: [Component, API, Group, User, Resource, System, Domain, Location] }}], \
             locations: [{{ type: file, target: {root} }}] }}\n"
        ),
    )
    .expect("a file can be written");
    let own = folder.join("own.yaml");
    fs::write(&own, more).expect("a file can be written");
    let loaded = Config::load(&[config, own], &Environment::default(), &Overrides::default());
    let app = App::start(loaded.expect("the configuration is right").config, None).await.expect("the server starts");
    app.first_read().await;
    app
}

async fn measure(size: usize) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let app = start(size, folder.path(), "").await;
    let router = server::router(app.state.clone());
    let component = first_component(&router).await;

    for (name, path) in questions(&component) {
        let times = time(&router, &path).await;
        let (p50, p99) = (percentile(&times, 50), percentile(&times, 99));
        println!("{name:<46} {size:>9} {p50:>9.2} {p99:>9.2}   budget {BUDGET:.0} ms, ratio {:.1}", BUDGET / p50);
    }
    println!();
    app.stop().await;
}

fn questions(component: &str) -> [(&'static str, String); 10] {
    [
        ("page /catalog", "/catalog".to_owned()),
        ("page /catalog, text and sort", "/catalog?filters[text]=api&sort=owner".to_owned()),
        ("page /catalog, the fifth page", "/catalog?sort=name&offset=200".to_owned()),
        ("page /catalog, one facet", "/catalog?filters[lifecycle]=production".to_owned()),
        ("page /", "/".to_owned()),
        ("rows as CSV, all components", "/api/v1/catalog/entities.csv?kind=component".to_owned()),
        ("page of an entity", format!("/catalog/default/component/{component}")),
        ("/api/v1/catalog/entities", "/api/v1/catalog/entities?kind=component".to_owned()),
        ("search, a part of a name", "/api/v1/catalog/search?q=serv".to_owned()),
        ("search, a slip", "/api/v1/catalog/search?q=sevrice".to_owned()),
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
    let request = Request::get(path).header("authorization", "Bearer t0ken-of-the-bench");
    let request = request.body(Body::empty()).expect("the path is one");
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
