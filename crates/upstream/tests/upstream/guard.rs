//! Where requests and credentials must not go.

use std::sync::{Arc, OnceLock};

use http::header::{ACCEPT, AUTHORIZATION};
use secrecy::SecretString;
use upstream::{AllowedTarget, Fetched, Get, Lookup, Upstream, UpstreamConfig, UpstreamError};

use crate::standin::{Everywhere, Standin, reply, short};

fn client(hosts: &[&str], addresses: &[&str]) -> Upstream {
    let allow = hosts.iter().map(|&host| AllowedTarget { host: host.to_owned(), paths: Vec::new() }).collect();
    let lookup: Arc<dyn Lookup> = Arc::new(Everywhere(addresses.iter().map(|text| text.parse().unwrap()).collect()));
    Upstream::with_lookup(UpstreamConfig { allow, limits: short(), ..UpstreamConfig::default() }, &lookup).unwrap()
}

async fn get(upstream: &Upstream, url: &str) -> Result<Fetched, UpstreamError> {
    upstream.get(Get::new(url.parse().unwrap())).await
}

#[tokio::test]
async fn a_name_below_a_wildcard_must_be_public() {
    let standin = Standin::start(|_| reply(200, &[], "inside")).await;
    let port = standin.address.port();
    let wild = format!("*.corp.test:{port}");
    let url = format!("http://wiki.corp.test:{port}/");
    for inside in ["127.0.0.1", "10.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254"] {
        let error = get(&client(&[&wild], &[inside]), &url).await.unwrap_err();
        assert!(matches!(error, UpstreamError::PrivateAddress { .. }), "{inside}: {error:?}");
    }
    assert!(standin.seen().is_empty());
    let literal = format!("wiki.corp.test:{port}");
    assert!(get(&client(&[&literal], &["127.0.0.1"]), &url).await.is_ok(), "the operator wrote it out");
    assert!(get(&client(&[&wild, &literal], &["127.0.0.1"]), &url).await.is_ok());
}

#[tokio::test]
async fn no_name_leads_to_the_metadata_service() {
    let upstream = client(&["meta.test"], &["169.254.169.254"]);
    assert!(matches!(get(&upstream, "http://meta.test/").await, Err(UpstreamError::PrivateAddress { .. })));
    let upstream = client(&["*.test"], &[]);
    for url in
        ["http://169.254.169.254/", "http://0xa9fea9fe/", "http://[::ffff:169.254.169.254]/", "http://[fd00:ec2::254]/"]
    {
        assert!(matches!(get(&upstream, url).await, Err(UpstreamError::NotAllowed { .. })), "{url}");
    }
}

#[test]
fn an_address_that_is_written_out_is_meant() {
    let upstream = client(&["169.254.169.254", "10.1.2.3:8080", "*.test"], &[]);
    for (url, allowed) in [
        ("http://169.254.169.254/", true),
        ("http://0xa9fea9fe/", true),
        ("http://10.1.2.3:8080/", true),
        ("http://10.1.2.3/", false),
        ("http://10.1.2.4:8080/", false),
        ("http://[::ffff:10.1.2.3]:8080/", false),
        ("http://127.1/", false),
    ] {
        assert_eq!(upstream.check(&url.parse().unwrap()).is_ok(), allowed, "{url}");
    }
}

#[tokio::test]
async fn a_proxy_is_used_only_if_it_is_configured() {
    let proxy = Standin::start(|_| reply(200, &[], "by proxy")).await;
    let allow = vec![AllowedTarget { host: "*.corp.test".to_owned(), paths: Vec::new() }];
    let config = UpstreamConfig {
        allow,
        limits: short(),
        proxy: Some(proxy.url("/")),
        proxy_credentials: Some(SecretString::from("u:p")),
        ..UpstreamConfig::default()
    };
    let in_url = UpstreamConfig { proxy: Some("http://u:hidden@proxy.test".parse().unwrap()), ..config.clone() };
    assert!(matches!(Upstream::new(in_url), Err(UpstreamError::Setup(text)) if !text.contains("hidden")));
    let upstream = Upstream::new(config).unwrap();
    assert!(get(&upstream, "http://wiki.corp.test/x").await.is_ok());
    assert_eq!(proxy.seen()[0].target, "http://wiki.corp.test/x");
    assert_eq!(proxy.seen()[0].header("proxy-authorization"), Some("Basic dTpw"));
    assert!(matches!(get(&upstream, "http://other.test/").await, Err(UpstreamError::NotAllowed { .. })));
}

#[tokio::test]
async fn redirects_are_checked_at_each_hop() {
    let standin = Standin::start(|request| match request.target.as_str() {
        "/inside" => reply(302, &[("location", "http://internal.corp.test/")], ""),
        "/metadata" => reply(302, &[("location", "http://169.254.169.254/latest/meta-data/")], ""),
        "/file" => reply(302, &[("location", "file:///etc/passwd")], ""),
        "/user" => reply(302, &[("location", "http://user:pw@example.test/")], ""),
        "/nowhere" => reply(302, &[], ""),
        "/loop" => reply(307, &[("location", "/loop")], ""),
        "/once" => reply(301, &[("location", "end?x=1")], ""),
        _ => reply(200, &[], "end"),
    })
    .await;
    let upstream = client(&[&standin.host(), "*.corp.test"], &["10.0.0.1"]);
    let at = |path| get(&upstream, standin.url(path).as_str().to_owned().leak());
    assert!(
        matches!(at("/inside").await, Err(UpstreamError::PrivateAddress { host, .. }) if host == "internal.corp.test")
    );
    assert!(matches!(at("/metadata").await, Err(UpstreamError::NotAllowed { .. })));
    assert!(matches!(at("/file").await, Err(UpstreamError::InvalidUrl { .. })));
    assert!(matches!(at("/user").await, Err(UpstreamError::InvalidUrl { url, .. }) if !url.contains("pw")));
    assert!(matches!(at("/nowhere").await, Err(UpstreamError::UnexpectedContent { .. })));
    assert!(matches!(at("/loop").await, Err(UpstreamError::TooManyRedirects { limit: 5, .. })));
    assert_eq!(standin.seen().iter().filter(|request| request.target == "/loop").count(), 6);
    assert!(matches!(at("/once").await, Ok(Fetched::Body(document)) if document.final_url == standin.url("/end?x=1")));
}

#[tokio::test]
async fn credentials_stay_at_their_origin() {
    let other = Standin::start(|_| reply(200, &[], "elsewhere")).await;
    let to = other.url("/there").to_string();
    let standin = Standin::start(move |request| match request.target.as_str() {
        "/away" => reply(302, &[("location", &to)], ""),
        "/here" => reply(302, &[("location", "/end")], ""),
        _ => reply(200, &[], "end"),
    })
    .await;
    let upstream = client(&[&standin.host(), &other.host()], &[]);
    for path in ["/away", "/here"] {
        let request = Get::new(standin.url(path))
            .header(ACCEPT, "text/yaml".parse().unwrap())
            .secret_header(AUTHORIZATION, SecretString::from("token hidden"));
        assert!(!format!("{request:?}").contains("hidden"));
        assert!(upstream.get(request).await.is_ok());
    }
    assert_eq!(other.seen()[0].header("authorization"), None);
    assert_eq!(other.seen()[0].header("accept"), Some("text/yaml"));
    let seen = standin.seen();
    assert!(seen.iter().all(|request| request.header("authorization") == Some("token hidden")));
    assert_eq!(seen.len(), 3);
}

#[tokio::test]
async fn credentials_do_not_come_back_from_a_detour() {
    let home = Arc::new(OnceLock::<String>::new());
    let back = Arc::clone(&home);
    let other = Standin::start(move |_| reply(302, &[("location", back.get().unwrap())], "")).await;
    let away = other.url("/").to_string();
    let standin = Standin::start(move |request| match request.target.as_str() {
        "/detour" => reply(302, &[("location", &away)], ""),
        _ => reply(200, &[], "end"),
    })
    .await;
    home.set(standin.url("/chosen-by-a-stranger").to_string()).unwrap();
    let request = Get::new(standin.url("/detour")).secret_header(AUTHORIZATION, SecretString::from("hidden"));
    assert!(client(&[&standin.host(), &other.host()], &[]).get(request).await.is_ok());
    let sent: Vec<_> = standin.seen().iter().map(|request| request.header("authorization").is_some()).collect();
    assert_eq!(sent, [true, false]);
}

#[tokio::test]
async fn secrets_are_in_no_error() {
    let standin = Standin::start(|_| reply(401, &[], "")).await;
    let request =
        Get::new(standin.url("/a?private_token=hidden")).secret_header(AUTHORIZATION, SecretString::from("hidden"));
    let error = standin.upstream().get(request).await.unwrap_err();
    assert!(!format!("{error} {error:?} {:?}", standin.upstream().budgets()).contains("hidden"));
    let broken = Get::new(standin.url("/a")).secret_header(AUTHORIZATION, SecretString::from("hidden\n"));
    let error = standin.upstream().get(broken).await.unwrap_err();
    assert!(matches!(error, UpstreamError::Setup(ref text) if !text.contains("hidden")), "{error:?}");
}
