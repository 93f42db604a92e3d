//! Texts that are posted to be validated.

use axum::http::{Request, StatusCode};

use super::inputs::hostile_files;
use crate::support::{Answer, CATALOG, TestApp};

/// What a page may weigh that says what is wrong with a text; the text itself is at most 256 KiB of it, escaped.
const PAGE_BYTES: usize = 2 * 1024 * 1024;

async fn validated(app: &TestApp, text: impl Into<Vec<u8>>) -> Answer {
    app.send_body(Request::post("/api/v1/catalog/validate"), text.into()).await
}

/// As a browser sends the form: the text, and a file that was chosen or not.
async fn posted(app: &TestApp, text: &[u8], file: &[u8]) -> Answer {
    let mut body = b"--X\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\n".to_vec();
    body.extend(text);
    body.extend(b"\r\n--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.yaml\"\r\n\r\n");
    body.extend(file);
    body.extend(b"\r\n--X--\r\n");
    let request = Request::post("/catalog-import/validate")
        .header("host", "portal.localhost")
        .header("origin", "http://portal.localhost")
        .header("content-type", "multipart/form-data; boundary=X");
    app.send_body(request, body).await
}

#[tokio::test]
async fn hostile_files_are_told_of_as_where_they_are_read() {
    let app = TestApp::start().await;
    for hostile in hostile_files() {
        let page = posted(&app, b"", &hostile.bytes).await;
        assert!(page.body.len() < PAGE_BYTES, "{}: {} bytes", hostile.name, page.body.len());
        let answer = validated(&app, hostile.bytes).await;
        if answer.status == StatusCode::PAYLOAD_TOO_LARGE {
            assert_eq!(answer.json()["detail"], "the body is longer than `backend.limits.catalogFileBytes` allows");
            assert!(page.text().contains("longer than"), "{}", page.text());
            continue;
        }
        assert_eq!((answer.status, page.status), (StatusCode::OK, StatusCode::OK), "{}", hostile.name);
        let problem = &answer.json()["problems"][0];
        let (line, column) = (&problem["position"]["line"], &problem["position"]["column"]);
        let told = format!("{line}:{column} {}", problem["message"].as_str().unwrap());
        assert!(told.starts_with(hostile.told), "{}: {told}", hostile.name);
        assert!(page.text().contains(&format!("<b>{line}:{column}</b>")), "{}: {told}", hostile.name);
    }
}

#[tokio::test]
async fn each_document_of_a_text_is_told_of() {
    let app = TestApp::start().await;
    let text = CATALOG.replace("name: orphan", "name: 'not a name'").replace('\n', "\r\n");
    let answer = validated(&app, text.clone()).await.json();
    let refs: Vec<_> = answer["entities"].as_array().unwrap().iter().map(|entity| &entity["entityRef"]).collect();
    assert_eq!(refs, ["component:default/web", "group:default/team"], "{answer}");
    assert_eq!(
        (&answer["total"], &answer["problems"][0]["position"]),
        (&2.into(), &serde_json::json!({ "line": 8, "column": 13 }))
    );

    let page = posted(&app, text.as_bytes(), b"").await;
    assert_eq!(page.status, StatusCode::OK);
    for expected in ["1 error.", "<b>8:13</b>", "<mark>name</mark>: &#39;not a name&#39; }", "group:default/team"] {
        assert!(page.text().contains(expected), "{expected}: {}", page.text());
    }
    assert!(!page.text().contains("callboard_bg.wasm"), "it comes without script");
    let well = posted(&app, text.as_bytes(), CATALOG.as_bytes()).await;
    assert!(well.text().contains("Nothing is wrong with it."), "a file that was chosen is meant: {}", well.text());
}

#[tokio::test]
async fn the_page_is_there_without_a_text_and_says_what_it_can_not_read() {
    let app = TestApp::configured("backend: { limits: { catalogFileBytes: 1000 } }").await;
    let page = app.get("/catalog-import/validate").await;
    assert!(page.status == StatusCode::OK && page.text().contains("multipart/form-data"), "{}", page.text());
    assert!(posted(&app, b" \r\n", b"").await.text().contains("There is no entity in it."));
    let longer = posted(&app, &[b'x'; 1001], b"").await;
    assert!(longer.text().contains("longer than the 1000 bytes"), "{}", longer.text());
    let far_longer = posted(&app, &[b'x'; 10_000], b"").await;
    assert_eq!(far_longer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(far_longer.text().contains("backend.limits.catalogFileBytes"), "{}", far_longer.text());
    let no_form = Request::post("/catalog-import/validate").header("host", "portal.localhost");
    assert_eq!(app.send_body(no_form, "text=a").await.status, StatusCode::BAD_REQUEST);
    let foreign = Request::post("/catalog-import/validate").header("origin", "https://evil.example");
    assert_eq!(app.send(foreign).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn hostile_text_stays_text_on_the_page() {
    let app = TestApp::start().await;
    let text = "</textarea><script>alert(1)</script>: \"><img src=x onerror=alert(1)>\n";
    let page = posted(&app, text.as_bytes(), b"").await;
    assert!(page.text().contains("&lt;script&gt;alert(1)"), "{}", page.text());
    for out in ["<script>alert", "<img src=x", "</textarea><script"] {
        assert!(!page.text().contains(out), "{out}: {}", page.text());
    }
}

#[tokio::test]
async fn who_may_not_come_in_validates_nothing() {
    let app = TestApp::configured(
        "auth: { providers: { oidc: { main: { title: x, metadataUrl: 'http://127.0.0.1:1', clientId: x, clientSecret: x } } } }",
    )
    .await;
    assert_eq!(validated(&app, CATALOG).await.status, StatusCode::UNAUTHORIZED);
    let page = posted(&app, CATALOG.as_bytes(), b"").await;
    assert_eq!(
        (page.status, page.header("location")),
        (StatusCode::SEE_OTHER, "/sign-in?return=%2Fcatalog-import%2Fvalidate")
    );
}
