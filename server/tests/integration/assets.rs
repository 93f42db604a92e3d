//! `/assets`. What is there depends on whether the web assets were built; what must not be there does not.

use axum::http::{Request, StatusCode};
use serde_json::Value;

use crate::support::TestApp;

const SITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/site");

fn hash() -> Option<String> {
    let list: Value = serde_json::from_slice(&std::fs::read(format!("{SITE}/site.json")).ok()?).ok()?;
    Some(list["hash"].as_str()?.to_owned())
}

#[tokio::test]
async fn nothing_outside_the_list_is_served() {
    let app = TestApp::start().await;
    let hash = hash().unwrap_or_else(|| "0".to_owned());
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
    // Without the web assets there is nothing to ask for; `make test` builds them first.
    let Some(hash) = hash() else { return };
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
