//! Cursors come back from callers: nothing in one may harm the index.
#![no_main]

use std::sync::{Arc, LazyLock};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use catalog::{StoredEntity, index::Index, kinds::KindRegistry};
use libfuzzer_sys::fuzz_target;
use model::catalog::EntitiesQuery;

static INDEX: LazyLock<Index> = LazyLock::new(|| {
    let entity = |name: &str| StoredEntity {
        entity_ref: format!("group:default/{name}"),
        uid: name.to_owned(),
        body: format!(r#"{{"apiVersion":"v1","kind":"Group","metadata":{{"name":"{name}"}},"spec":{{"type":"team"}}}}"#),
        problems: Vec::new(),
    };
    let index = Index::new(Arc::new(KindRegistry::core()));
    index.load(["a", "b", "c"].map(entity).to_vec(), Vec::new(), 1);
    index
});

fuzz_target!(|cursor: &str| {
    // The text itself, and the JSON that a cursor wraps: mutation seldom finds valid base64.
    for cursor in [cursor.to_owned(), STANDARD.encode(cursor)] {
        let _ = INDEX.query(&EntitiesQuery { cursor: Some(cursor), ..EntitiesQuery::default() });
    }
});
