//! Hosts that do not answer as they should.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::http::{Request, StatusCode};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

use super::told;
use crate::support::TestApp;

const DESCRIPTOR: &str = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: { name: remote }\n\
                          spec: { type: service, lifecycle: production, owner: team }\n";

#[derive(Clone, Copy, Debug)]
enum Behaviour {
    /// Takes the request and says nothing.
    Silence,
    /// Some bytes, then it hangs up.
    Answer(&'static str),
    /// Some bytes, then the same line for ever.
    Endless(&'static str),
    /// Nobody listens.
    Gone,
}

use Behaviour::{Answer, Endless, Gone, Silence};

/// How a host behaves, and what a person is told of it: one part before its address and one behind.
const BEHAVIOURS: [(Behaviour, &str); 15] = [
    (Silence, "did not answer within 1 s; see whether the host is up"),
    (Gone, "could not read from"),
    (Answer("HTTP/1.1 429 X\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n"), "takes no more requests until"),
    (Answer("HTTP/1.1 429 X\r\ncontent-length: 0\r\n\r\n"), "takes no more requests until"),
    (Answer("HTTP/1.1 503 X\r\ncontent-length: 0\r\n\r\n"), "answered with status 503; try again later"),
    (Answer("HTTP/1.1 401 X\r\ncontent-length: 0\r\n\r\n"), "refused the credentials; set or renew the token"),
    (Answer("HTTP/1.1 404 X\r\ncontent-length: 0\r\n\r\n"), "does not exist, or the integration's credentials"),
    (
        Answer("HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 27\r\n\r\n<!DOCTYPE html><html>Sign i"),
        "a web page, probably to sign in; set a token",
    ),
    (Answer("HTTP/1.1 200 OK\r\ncontent-length: 4000\r\n\r\napiVersion: backstage.io/v1al"), "could not read from"),
    (Answer("no HTTP at all\r\n\r\n"), "could not read from"),
    (
        Answer("HTTP/1.1 302 X\r\nlocation: http://10.0.0.1/secret.yaml\r\ncontent-length: 0\r\n\r\n"),
        "`http://10.0.0.1/secret.yaml` may not be read",
    ),
    (
        Answer("HTTP/1.1 302 X\r\nlocation: http://169.254.169.254/latest/meta-data\r\ncontent-length: 0\r\n\r\n"),
        "may not be read",
    ),
    (
        Answer("HTTP/1.1 302 X\r\nlocation: file:///etc/passwd\r\ncontent-length: 0\r\n\r\n"),
        "is no URL that can be read",
    ),
    (Answer("HTTP/1.1 302 X\r\nlocation: /again\r\ncontent-length: 0\r\n\r\n"), "redirects more than 5 times"),
    (Endless("HTTP/1.1 200 OK\r\n\r\n"), "is longer than 1000000 bytes"),
];

/// A host that behaves so, while `healthy` is true another way.
async fn host(behaviour: Behaviour, healthy: Arc<AtomicBool>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    if matches!(behaviour, Gone) {
        return port;
    }
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, behaviour, healthy.load(Ordering::Relaxed)));
        }
    });
    port
}

/// Ends when the other side does.
async fn answer(mut stream: TcpStream, behaviour: Behaviour, healthy: bool) -> std::io::Result<()> {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).await?;
        request.extend(byte);
    }
    if healthy {
        let length = DESCRIPTOR.len();
        let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
        return stream.write_all(format!("{head}{DESCRIPTOR}").as_bytes()).await;
    }
    match behaviour {
        Answer(bytes) => {
            let (line, rest) = bytes.split_once("\r\n").unwrap();
            stream.write_all(format!("{line}\r\nconnection: close\r\n{rest}").as_bytes()).await?;
            stream.shutdown().await
        }
        Endless(head) => {
            stream.write_all(head.as_bytes()).await?;
            loop {
                stream.write_all(b"# and so on\n").await?;
            }
        }
        Silence | Gone => stream.read(&mut [0]).await.map(drop),
    }
}

/// Serves the healthy catalog and a file of each host.
async fn serve(ports: &[u16]) -> TestApp {
    let locations: Vec<String> =
        ports.iter().map(|port| format!("{{ type: url, target: 'http://127.0.0.1:{port}/a.yaml' }}")).collect();
    let allow: Vec<String> = ports.iter().map(|port| format!("{{ host: '127.0.0.1:{port}' }}")).collect();
    TestApp::configured(&format!(
        "backend: {{ reading: {{ allow: [{}], limits: {{ totalTimeout: 1s, bodyBytes: 1000000 }} }} }}\n\
         catalog: {{ locations: [{{ type: file, target: catalog-info.yaml }}, {}] }}\n",
        allow.join(", "),
        locations.join(", ")
    ))
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_hosts_are_told_and_leave_the_rest_alone() {
    let mut ports = Vec::new();
    for (behaviour, _) in BEHAVIOURS {
        ports.push(host(behaviour, Arc::default()).await);
    }
    let good = host(Silence, Arc::new(AtomicBool::new(true))).await;
    let app = serve(&[&ports[..], &[good]].concat()).await;
    let problems = app.get("/api/v1/catalog/problems").await.json();
    for ((behaviour, expected), port) in BEHAVIOURS.iter().zip(&ports) {
        let told = told(&problems, &format!("url:http://127.0.0.1:{port}/a.yaml"));
        assert_eq!(told.len(), 1, "{behaviour:?}: {told:?}");
        assert!(told[0].starts_with(&format!("can not read `http://127.0.0.1:{port}/a.yaml`: ")), "{told:?}");
        assert!(told[0].contains(expected), "{behaviour:?}: {expected}: {told:?}");
    }
    for (name, description) in [("web", Some("The shop")), ("remote", None)] {
        let entity = app.get(&format!("/api/catalog/entities/by-name/component/default/{name}")).await.json();
        assert_eq!(entity["metadata"]["description"].as_str(), description);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_host_gave_stays_while_it_is_broken() {
    for (behaviour, expected) in BEHAVIOURS {
        if matches!(behaviour, Gone) {
            continue;
        }
        let healthy = Arc::new(AtomicBool::new(true));
        let port = host(behaviour, Arc::clone(&healthy)).await;
        let app = serve(&[port]).await;
        let mut changes = app.app.state.catalog.changes();
        healthy.store(false, Ordering::Relaxed);
        let refresh = Request::post("/api/catalog/refresh").header("content-type", "application/json");
        let refreshed = app.send_body(refresh, r#"{ "entityRef": "component:default/remote" }"#).await;
        assert_eq!(refreshed.status, StatusCode::OK);
        loop {
            let problems = app.get("/api/v1/catalog/problems?entityRef=component:default/remote").await.json();
            if problems["items"]
                .as_array()
                .unwrap()
                .iter()
                .any(|one| one["message"].as_str().unwrap().contains(expected))
            {
                break;
            }
            // The test's own time limit bounds the wait.
            changes.changed().await.unwrap();
        }
        let page = app.get("/catalog/default/component/remote").await;
        assert_eq!(page.status, StatusCode::OK, "{behaviour:?}");
        assert!(page.text().contains(&port.to_string()) && page.text().contains("Not readable"), "{behaviour:?}");
    }
}
