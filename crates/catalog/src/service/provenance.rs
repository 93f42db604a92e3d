//! What the store knows of where things stand.

use std::{collections::BTreeSet, path::Path};

use access::{Action, Principal};
use model::{
    catalog::{EntityProvenance, Problem, SourceProvider},
    entity_ref::EntityRef,
};
use serde_json::Value;

use super::{AuthorisedCatalog, CatalogError};
use crate::provenance::{Places, in_yaml, is_located_late, lines, parts};

impl AuthorisedCatalog {
    /// An entity as YAML, and where each part of it comes from, by its ref in any case.
    ///
    /// # Errors
    /// [`CatalogError::NotFound`], [`CatalogError::Store`], [`CatalogError::Denied`].
    pub async fn provenance(&self, who: &Principal, entity_ref: &EntityRef) -> Result<EntityProvenance, CatalogError> {
        self.check(who, Action::ReadLocations)?;
        let answered = self.entity(who, entity_ref)?;
        let not_found = || CatalogError::NotFound(entity_ref.clone());
        let entity: Value = serde_json::from_slice(&answered).map_err(|_| not_found())?;
        let canonical = entity_ref.canonical();
        let origin = self.store.origins(&[&canonical]).await?.remove(&canonical).ok_or_else(not_found)?;
        let body: Value = serde_json::from_str(&origin.body).unwrap_or_default();
        let places = Places::of(&origin.places, &body);
        let yaml = in_yaml(&entity);
        let at = lines(&yaml, &self.previewer.limits);
        let include = |path: &str| self.included(&origin.location, path);
        let parts = parts(&entity, &at, &places, &self.previewer.kinds, &origin.location, include);
        let registered = self.store.locations().await?;
        let is_registered = |source: &str| {
            registered.iter().any(|location| {
                source.split_once(':') == Some((location.location_type.as_str(), location.target.as_str()))
            })
        };
        let provider = match &origin.source {
            source if source.starts_with("backstage:") => SourceProvider::Backstage,
            source if is_registered(source) => SourceProvider::Registration,
            _ => SourceProvider::Configuration,
        };
        Ok(EntityProvenance {
            provider,
            ancestors: self.store.ancestors(&canonical).await?,
            source: origin.source,
            location: origin.location,
            yaml,
            parts,
        })
    }

    /// Says where the fields stand of which problems only follow from other entities.
    pub(super) async fn locate(&self, problems: &mut [Problem]) -> Result<(), CatalogError> {
        let late: BTreeSet<String> =
            problems.iter().filter(|problem| is_located_late(problem)).filter_map(|p| p.entity_ref.clone()).collect();
        if late.is_empty() {
            return Ok(());
        }
        let refs: Vec<&str> = late.iter().map(String::as_str).collect();
        let origins = self.store.origins(&refs).await?;
        for of_one in problems.chunk_by_mut(|a, b| a.entity_ref == b.entity_ref) {
            let origin = of_one.first().and_then(|problem| origins.get(problem.entity_ref.as_ref()?));
            let Some(origin) = origin else { continue };
            let body: Value = serde_json::from_str(&origin.body).unwrap_or_default();
            Places::of(&origin.places, &body).locate(of_one, &body, &self.previewer.kinds);
        }
        Ok(())
    }

    /// The location of a file that the file at a location includes.
    fn included(&self, location: &str, path: &str) -> Option<String> {
        match location.split_once(':')? {
            ("file", file) => {
                let included = Path::new(file).parent()?.join(path);
                Some(format!("file:{}", crate::source::normalised(&included).to_str()?))
            }
            ("url", url) => Some(format!("url:{}", self.previewer.hosts.resolve(url, path).ok()?)),
            _ => None,
        }
    }
}
