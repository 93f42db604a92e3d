//! An upstream on 127.0.0.1 that does what each test tells it to, wrong things too.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use upstream::{AllowedTarget, Integrations, Limits, Lookup, Upstream, UpstreamConfig};
use url::Url;

/// One request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// Path and query.
    pub(crate) target: String,
    /// The whole head, in lower case names as sent.
    pub(crate) head: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

/// What goes back.
pub(crate) enum Reply {
    /// These bytes, then the connection is closed.
    Raw(Vec<u8>),
    /// These bytes one every pause, for ever.
    Drip(Vec<u8>, Duration),
    /// Nothing; the connection stays open.
    Silence,
}

/// An answer with the right length.
pub(crate) fn reply(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Reply {
    let body = body.as_ref();
    let mut bytes =
        format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n", body.len()).into_bytes();
    for (name, value) in headers {
        bytes.extend(format!("{name}: {value}\r\n").bytes());
    }
    bytes.extend(b"\r\n");
    bytes.extend(body);
    Reply::Raw(bytes)
}

/// A JSON answer.
pub(crate) fn json(body: &str) -> Reply {
    reply(200, &[("content-type", "application/json")], body)
}

#[derive(Clone)]
pub(crate) struct Standin {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
}

impl Standin {
    pub(crate) async fn start(handler: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let this = Self { address: listener.local_addr().unwrap(), seen: Arc::default() };
        let (seen, handler) = (Arc::clone(&this.seen), Arc::new(handler));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&seen), Arc::clone(&handler)));
            }
        });
        this
    }

    /// `127.0.0.1:port`.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        format!("http://{}{path}", self.address).parse().unwrap()
    }

    /// What was asked so far.
    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    /// Path and query of what was asked so far.
    pub(crate) fn targets(&self) -> Vec<String> {
        self.seen().into_iter().map(|request| request.target).collect()
    }

    /// A client that may read from here, with short limits.
    pub(crate) fn upstream(&self) -> Upstream {
        self.upstream_with(short())
    }

    /// A client that may read from here within these limits.
    pub(crate) fn upstream_with(&self, limits: Limits) -> Upstream {
        let allow = vec![AllowedTarget { host: self.host(), paths: Vec::new() }];
        Upstream::new(UpstreamConfig { allow, limits, ..UpstreamConfig::default() }).unwrap()
    }
}

/// A client that knows these Git hosts and may read nothing else.
pub(crate) fn client_with(integrations: Integrations) -> Upstream {
    Upstream::new(UpstreamConfig { integrations, limits: short(), ..UpstreamConfig::default() }).unwrap()
}

/// Limits that tests can reach.
pub(crate) fn short() -> Limits {
    Limits { body_bytes: 10_000, ..Limits::default() }
}

async fn serve(mut stream: TcpStream, seen: Arc<Mutex<Vec<Request>>>, handler: Arc<impl Fn(&Request) -> Reply>) {
    let mut head = Vec::new();
    let mut buffer = [0; 4096];
    while !head.windows(4).any(|four| four == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(read) => head.extend(&buffer[..read]),
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let request = Request { target: head.split(' ').nth(1).unwrap_or_default().to_owned(), head };
    seen.lock().unwrap().push(request.clone());
    match handler(&request) {
        Reply::Raw(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Drip(bytes, pause) => {
            for byte in bytes.iter().cycle() {
                if stream.write_all(&[*byte]).await.is_err() {
                    return;
                }
                tokio::time::sleep(pause).await;
            }
        }
        Reply::Silence => {
            let _ = stream.read(&mut buffer).await;
        }
    }
}

/// A name service that knows one answer for every name.
pub(crate) struct Everywhere(pub(crate) Vec<IpAddr>);

#[async_trait]
impl Lookup for Everywhere {
    async fn lookup(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(self.0.clone())
    }
}
