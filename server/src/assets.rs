//! The web assets: embedded in the release binary, read from disk by a debug build.

use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use axum::{
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;

use crate::middleware::conditional;

/// Where the list of all assets stands, and the one of the pages' own modules.
const LIST: &str = "site.json";
const SPLIT_MANIFEST: &str = "__wasm_split_manifest.json";
/// Addresses hold a hash of all assets, so what is behind one never changes.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// What is served compressed, best first, by name in `Accept-Encoding` and by suffix of the file.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("zstd", ".zst")];

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../target/site"]
struct Embedded;

/// The assets of this build.
#[derive(Debug)]
pub(crate) struct Site {
    /// Names the build; part of each asset's address.
    pub hash: String,
    /// The modules of each lazy route, for the page to ask for them at once.
    pub modules: HashMap<String, Vec<String>>,
    content_types: HashMap<String, HeaderValue>,
}

/// `site.json`.
#[derive(Deserialize)]
struct List {
    hash: String,
    files: Vec<ListedFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListedFile {
    path: String,
    content_type: String,
}

impl Site {
    /// The assets; `None` if the server was built without them. A debug build looks each time, so that new ones show.
    pub(crate) fn current() -> Option<Arc<Self>> {
        static SITE: OnceLock<Option<Arc<Site>>> = OnceLock::new();
        if cfg!(debug_assertions) { Self::read() } else { SITE.get_or_init(Self::read).clone() }
    }

    fn read() -> Option<Arc<Self>> {
        let list: List = serde_json::from_slice(&Embedded::get(LIST)?.data).ok()?;
        let modules = Embedded::get(SPLIT_MANIFEST).and_then(|file| serde_json::from_slice(&file.data).ok());
        let content_type = |file: ListedFile| Some((file.path, HeaderValue::try_from(file.content_type).ok()?));
        let content_types = list.files.into_iter().filter_map(content_type).collect();
        Some(Arc::new(Self { hash: list.hash, modules: modules.unwrap_or_default(), content_types }))
    }
}

/// `/assets/{hash}/{path}`. Only what the list names is served; the hash of another build has nothing.
pub(crate) async fn get_asset(Path((hash, path)): Path<(String, String)>, headers: HeaderMap) -> Response {
    let not_found = || StatusCode::NOT_FOUND.into_response();
    let Some(site) = Site::current().filter(|site| site.hash == hash) else { return not_found() };
    let Some(content_type) = site.content_types.get(&path) else { return not_found() };
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some((file, encoding)) = choose(&path, accepted) else { return not_found() };

    let mut answer = HeaderMap::new();
    answer.insert(header::ETAG, strong_etag(&file));
    answer.insert(header::CACHE_CONTROL, FOREVER);
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| conditional::matches(known, &answer[header::ETAG])) {
        return conditional::not_modified(&answer);
    }
    answer.insert(header::CONTENT_TYPE, content_type.clone());
    if let Some(encoding) = encoding {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    let body = match file.data {
        Cow::Borrowed(bytes) => Body::from(bytes),
        Cow::Owned(bytes) => Body::from(bytes),
    };
    (answer, body).into_response()
}

/// The file in the best form that the client takes.
fn choose(path: &str, accept_encoding: &str) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let compressed = ENCODINGS.iter().filter(|(name, _)| accepts(accept_encoding, name)).find_map(|(name, suffix)| {
        let file = Embedded::get(&format!("{path}{suffix}"))?;
        Some((file, Some(*name)))
    });
    compressed.or_else(|| Some((Embedded::get(path)?, None)))
}

/// True if `Accept-Encoding` names the encoding, with a weight above zero.
fn accepts(accept_encoding: &str, encoding: &str) -> bool {
    accept_encoding.split(',').any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let weight = parts.find_map(|part| part.strip_prefix("q=")?.parse::<f32>().ok());
        named && weight.is_none_or(|weight| weight > 0.0)
    })
}

fn strong_etag(file: &EmbeddedFile) -> HeaderValue {
    let digest = URL_SAFE_NO_PAD.encode(&file.metadata.sha256_hash()[..16]);
    HeaderValue::from_str(&format!("\"{digest}\"")).expect("base64 may stand in a header")
}

#[cfg(test)]
mod tests {
    use super::accepts;

    #[test]
    fn an_encoding_is_accepted_by_name_and_weight() {
        for (header, expected) in
            [("gzip, br", true), ("BR;q=0.5", true), ("br; q=0", false), ("brotli", false), ("", false)]
        {
            assert_eq!(accepts(header, "br"), expected, "{header}");
        }
    }
}
