//! Callboard's own API in its own catalog: `catalog.ownApi`.

use catalog::store::{CatalogStore, PushedSource, StoreError};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    api::openapi,
    config::{Config, OwnApiSection},
};

/// Names the source, and its owner, which nobody else can be.
const SOURCE: &str = "callboard";

/// Writes the entity as a source that is pushed, or takes it out where it is not configured (any more). Before sources are read.
///
/// # Errors
/// [`StoreError`].
pub(crate) async fn register(store: &CatalogStore, config: &Config) -> Result<(), StoreError> {
    let earlier = store.pushed_source(SOURCE).await?;
    let is_ours = earlier.as_ref().is_none_or(|earlier| earlier.owner == SOURCE);
    let Some(section) = config.catalog.own_api.as_ref().filter(|_| is_ours) else {
        if earlier.is_some_and(|earlier| earlier.owner == SOURCE) {
            store.remove_pushed_source(SOURCE).await?;
        }
        return Ok(());
    };
    let source = PushedSource::own(SOURCE, entity(config, section).to_string(), Timestamp::now().as_second());
    let known = earlier.map(|earlier| earlier.content_hash);
    if known.as_ref() != Some(&source.content_hash) {
        // Where another process was quicker, its entity is as good.
        store.put_pushed_source(&source, known.as_deref()).await?;
    }
    Ok(())
}

fn entity(config: &Config, section: &OwnApiSection) -> Value {
    let base = config.app.base_url.to_string();
    let base = base.trim_end_matches('/');
    let mut definition: Value = serde_json::from_str(&openapi::document()).unwrap_or_default();
    definition["servers"] = json!([{ "url": base }]);
    let mut entity = json!({
        "apiVersion": "backstage.io/v1alpha1",
        "kind": "API",
        "metadata": {
            "name": "callboard",
            "title": config.app.title,
            "description": "The REST API of this portal: catalog, identity, audit, and Backstage's catalog API",
            "links": [{ "url": format!("{base}/api/openapi.json"), "title": "OpenAPI document" }],
        },
        "spec": {
            "type": "openapi",
            "lifecycle": "production",
            "owner": section.owner,
            "definition": definition.to_string(),
        },
    });
    if let Some(system) = &section.system {
        entity["spec"]["system"] = json!(system);
    }
    entity
}
