//! `/assets`. The web assets must have been built.

use std::{fs, path::Path};

use axum::http::{Request, StatusCode};
use serde_json::Value;

use crate::support::TestApp;

const SITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/site");

fn hash() -> String {
    let list =
        fs::read(format!("{SITE}/site.json")).expect("target/site has the web assets: run `cargo xtask web` first");
    serde_json::from_slice::<Value>(&list).unwrap()["hash"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn nothing_outside_the_list_is_served() {
    let app = TestApp::start().await;
    let hash = hash();
    for path in [
        format!("/assets/{hash}/site.json"),
        format!("/assets/{hash}/../../../Cargo.toml"),
        format!("/assets/{hash}/..%2F..%2F..%2FCargo.toml"),
        format!("/assets/{hash}//etc/passwd"),
        format!("/assets/{hash}/%2Fetc%2Fpasswd"),
        "/assets/0000000000000000/callboard.css".to_owned(),
    ] {
        assert_eq!(app.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn assets_are_kept_for_ever() {
    let app = TestApp::start().await;
    let hash = hash();
    let css = app.get(&format!("/assets/{hash}/callboard.css")).await;
    assert_eq!((css.status, css.content_type()), (StatusCode::OK, "text/css; charset=utf-8"));
    assert_eq!(css.header("cache-control"), "public, max-age=31536000, immutable");
    let etag = css.header("etag").to_owned();
    assert!(etag.starts_with('"'), "{etag}");
    let again = app.send(Request::get(format!("/assets/{hash}/callboard.css")).header("if-none-match", &etag)).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let wasm = app.get(&format!("/assets/{hash}/callboard_bg.wasm")).await;
    assert_eq!(wasm.content_type(), "application/wasm");
}

#[tokio::test]
async fn the_smallest_form_that_the_client_takes_is_sent() {
    let app = TestApp::start().await;
    let path = format!("/assets/{}/callboard.css", hash());
    for (accepted, encoding, suffix) in [("gzip, br, zstd", "br", "br"), ("zstd", "zstd", "zst")] {
        // A debug build of the assets has no compressed forms.
        let is_there = Path::new(&format!("{SITE}/callboard.css.{suffix}")).exists();
        let answer = app.send(Request::get(&path).header("accept-encoding", accepted)).await;
        assert_eq!(answer.header("content-encoding"), if is_there { encoding } else { "" }, "{accepted}");
        assert_eq!(answer.header("vary"), "accept-encoding");
    }
    let plain = app.get(&path).await;
    assert_eq!(plain.header("content-encoding"), "");
    assert_eq!(plain.body, fs::read(format!("{SITE}/callboard.css")).unwrap());
}
