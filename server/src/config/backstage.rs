use std::num::NonZeroUsize;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use upstream::BackstageCatalog;
use url::Url;

use super::{ScheduleConfig, backend::hidden};

/// `catalog.providers.backstage.<id>`: a Backstage whose catalog is shown beside our own sources.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BackstageProvider {
    /// Where its backend is, as in its `backend.baseUrl`.
    pub base_url: Url,
    /// Of its `backend.auth.externalAccess`.
    #[serde(default, serialize_with = "hidden")]
    pub token: Option<SecretString>,
    /// As its API takes them: `kind=component,spec.type=service`; an entity must pass one of them.
    #[serde(default)]
    pub filter: Vec<String>,
    /// Entities a page.
    #[serde(default = "page_size")]
    pub page_size: NonZeroUsize,
    #[serde(default)]
    pub schedule: ScheduleConfig,
}

fn page_size() -> NonZeroUsize {
    const { NonZeroUsize::new(500).expect("it is not zero") }
}

impl BackstageProvider {
    /// As the client wants it.
    pub fn catalog(&self) -> BackstageCatalog {
        BackstageCatalog {
            base_url: self.base_url.clone(),
            token: self.token.clone(),
            filters: self.filter.clone(),
            page_size: self.page_size.get(),
        }
    }
}
