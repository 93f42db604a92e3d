//! Answers that are too long, too slow, broken, or of the wrong kind.

use std::time::{Duration, Instant};

use upstream::{Fetched, Get, Limits, UpstreamError, Validators};

use crate::standin::{Reply, Standin, reply, short};

/// 200,000 zeros.
const GZIP_BOMB: &str = "H4sIAAAAAAACA+3BMQEAAADCoPVPbQZ/oAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACA1wB7WOBcQA0DAA==";

async fn get(standin: &Standin, path: &str) -> Result<Fetched, UpstreamError> {
    standin.upstream().get(Get::new(standin.url(path))).await
}

async fn error(answer: impl Fn() -> Reply + Send + Sync + 'static) -> UpstreamError {
    let standin = Standin::start(move |_| answer()).await;
    get(&standin, "/file").await.unwrap_err()
}

/// The error of a client that waits no more than a second.
async fn impatient(answer: impl Fn() -> Reply + Send + Sync + 'static) -> UpstreamError {
    let standin = Standin::start(move |_| answer()).await;
    let upstream = standin.upstream_with(Limits { total_timeout: Duration::from_secs(1), ..short() });
    let started = Instant::now();
    let error = upstream.get(Get::new(standin.url("/file"))).await.unwrap_err();
    assert!(started.elapsed() < Duration::from_secs(20), "bounded");
    error
}

#[tokio::test]
async fn a_file_comes_with_its_validators() {
    let headers =
        [("etag", "\"v1\""), ("last-modified", "Tue, 14 Nov 2023 22:14:20 GMT"), ("content-type", "text/yaml")];
    let standin = Standin::start(move |request| match request.header("if-none-match") {
        Some("\"v1\"") => reply(304, &[("etag", "\"v1\"")], ""),
        _ => reply(200, &headers, "kind: Component"),
    })
    .await;
    let Fetched::Body(document) = get(&standin, "/file").await.unwrap() else { panic!("a body") };
    assert_eq!(document.bytes, "kind: Component");
    assert_eq!(document.content_type.as_deref(), Some("text/yaml"));
    assert_eq!(document.final_url, standin.url("/file"));
    assert_eq!(document.validators.last_modified.as_deref(), Some("Tue, 14 Nov 2023 22:14:20 GMT"));

    let again = Get::new(standin.url("/file")).unless(Some(&document.validators));
    assert_eq!(standin.upstream().get(again).await, Ok(Fetched::NotModified));
    assert_eq!(standin.seen()[1].header("if-modified-since"), Some("Tue, 14 Nov 2023 22:14:20 GMT"));
    assert!(standin.seen()[1].header("user-agent").unwrap().starts_with("Callboard/"));
}

#[tokio::test]
async fn not_modified_unasked_is_an_error() {
    assert!(matches!(error(|| reply(304, &[], "")).await, UpstreamError::Status { status: 304, .. }));
}

#[tokio::test]
async fn an_empty_file_is_a_file() {
    let standin = Standin::start(|_| reply(200, &[], "")).await;
    assert!(matches!(get(&standin, "/").await, Ok(Fetched::Body(document)) if document.bytes.is_empty()));
}

#[tokio::test]
async fn too_much_is_refused_however_it_comes() {
    let long = || "x".repeat(10_001);
    let limit = |error| matches!(error, UpstreamError::TooLarge { limit: 10_000, .. });
    assert!(limit(error(move || reply(200, &[], long())).await), "announced");
    assert!(
        limit(
            error(move || Reply::Raw(format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{}", long()).into_bytes()))
                .await
        ),
        "unannounced"
    );
    assert!(
        limit(
            error(move || Reply::Raw(
                format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2711\r\n{}\r\n0\r\n\r\n", long())
                    .into_bytes()
            ))
            .await
        ),
        "in chunks"
    );
    assert!(
        limit(error(|| Reply::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\nx".to_vec())).await),
        "only announced"
    );
    let bomb = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, GZIP_BOMB).unwrap();
    assert!(bomb.len() < 1_000);
    assert!(limit(error(move || reply(200, &[("content-encoding", "gzip")], &bomb)).await), "compressed");
}

#[tokio::test]
async fn an_encoding_that_was_not_offered_is_no_file() {
    let error = error(|| reply(200, &[("content-encoding", "br")], "\x0b\x02")).await;
    assert!(matches!(error, UpstreamError::UnexpectedContent { .. }), "{error}");
}

#[tokio::test]
async fn too_slow_is_refused_however_it_comes() {
    let timeout = |error| matches!(error, UpstreamError::Timeout { .. });
    assert!(timeout(impatient(|| Reply::Silence).await), "no headers");
    assert!(
        timeout(impatient(|| Reply::Drip(b"HTTP/1.1 200 OK\r\nx: y\r\n".to_vec(), Duration::from_millis(100))).await),
        "slow headers"
    );
    let mut bytes = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    bytes.extend([b'x'; 200]);
    assert!(timeout(impatient(move || Reply::Drip(bytes.clone(), Duration::from_millis(50))).await), "slow body");
}

#[tokio::test]
async fn half_an_answer_is_none() {
    for raw in [
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n64\r\nhalf",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n",
        "HTTP/1.1 200 OK\r\nx: y",
        "",
        "not HTTP at all",
    ] {
        let error = error(|| Reply::Raw(raw.as_bytes().to_vec())).await;
        assert!(matches!(error, UpstreamError::Connection { .. }), "{raw:?}: {error:?}");
    }
    let gzip = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, GZIP_BOMB).unwrap();
    let cut = error(move || reply(200, &[("content-encoding", "gzip")], &gzip[..20])).await;
    assert!(matches!(cut, UpstreamError::Connection { .. }), "{cut:?}");
}

#[tokio::test]
async fn a_sign_in_page_is_no_file() {
    let html = [("content-type", "text/html; charset=utf-8")];
    let page = "<!DOCTYPE html><title>Sign in</title>";
    assert!(matches!(error(move || reply(200, &html, page)).await, UpstreamError::UnexpectedContent { .. }));
    assert!(matches!(error(move || reply(203, &html, page)).await, UpstreamError::Unauthorized { .. }), "Azure DevOps");
}

#[tokio::test]
async fn each_status_is_told_apart() {
    assert!(matches!(error(|| reply(404, &[], "")).await, UpstreamError::NotFound { .. }));
    assert!(matches!(error(|| reply(410, &[], "")).await, UpstreamError::NotFound { .. }));
    assert!(matches!(error(|| reply(401, &[], "")).await, UpstreamError::Unauthorized { .. }));
    assert!(matches!(error(|| reply(403, &[], "")).await, UpstreamError::Unauthorized { .. }));
    assert!(matches!(error(|| reply(500, &[], "")).await, UpstreamError::Status { status: 500, .. }));
    assert!(matches!(error(|| reply(300, &[], "")).await, UpstreamError::Status { status: 300, .. }));
}

#[tokio::test]
async fn who_is_not_there_is_a_connection_error() {
    let standin = Standin::start(|_| reply(200, &[], "")).await;
    let upstream = standin.upstream();
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = upstream.get(Get::new(format!("http://{free}/").parse().unwrap())).await.unwrap_err();
    assert!(matches!(error, UpstreamError::NotAllowed { .. }), "another port is another target: {error}");
    let secret = Get::new(standin.url("/x?token=hidden")).unless(Some(&Validators::default()));
    let limits = upstream.limits().clone();
    assert_eq!(limits.body_bytes, 10_000);
    assert!(upstream.get(secret).await.is_ok());
}
