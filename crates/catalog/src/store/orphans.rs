//! Entities that no location leads to any more.

use std::{collections::HashSet, sync::Arc};

use model::{
    catalog::{Problem, ProblemCode},
    entity::{Level, annotations::ORPHAN},
};
use serde_json::{Map, Value};

use super::{
    CatalogStore, StoreError,
    plan::{Plan, Upsert},
    unreadable,
};
use crate::{
    processing::{Body, BodyHash},
    provenance::hash_of,
    source::{Known, KnownEntity, generated_name},
};

/// What becomes of an entity that no location leads to any more: `catalog.orphanStrategy`.
///
/// Source: Backstage, `plugins/catalog-backend/config.d.ts`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrphanStrategy {
    /// It is removed.
    #[default]
    Delete,
    /// It stays, with the annotation `backstage.io/orphan: 'true'`, until somebody deletes it or a location leads to it again.
    Keep,
}

impl CatalogStore {
    /// The store with a rule for orphans.
    #[must_use]
    pub fn with_orphans(self, orphans: OrphanStrategy) -> Self {
        Self { orphans, ..self }
    }

    /// The rule for orphans.
    pub fn orphan_strategy(&self) -> OrphanStrategy {
        self.orphans
    }

    /// Has the plan keep what is to be kept of what it removes.
    pub(super) async fn keep_orphans(&self, known: &Known, plan: &mut Plan) -> Result<(), StoreError> {
        if self.orphans == OrphanStrategy::Delete {
            return Ok(());
        }
        // What stands for a source goes with it.
        let (roots, orphans): (Vec<_>, Vec<_>) =
            std::mem::take(&mut plan.removed).into_iter().partition(|entity_ref| is_root(entity_ref, known));
        plan.removed = roots;
        let new: HashSet<&str> =
            orphans.iter().map(String::as_str).filter(|orphan| !known.entities[*orphan].parent.is_empty()).collect();
        let refs: Vec<&str> = new.into_iter().collect();
        for (entity_ref, origin) in self.origins(&refs).await? {
            let known = &known.entities[&entity_ref];
            let mut entity: Value = serde_json::from_str(&origin.body)
                .map_err(|error| unreadable("catalog_entities", &entity_ref, &error))?;
            annotate(&mut entity);
            plan.upserts.push(orphan(entity_ref, known, Body { json: entity.to_string(), ..Body::default() }));
        }
        plan.upserts.sort_unstable_by(|a, b| a.entity_ref.cmp(&b.entity_ref));
        Ok(())
    }
}

fn is_root(entity_ref: &str, known: &Known) -> bool {
    let name = entity_ref.strip_prefix("location:default/");
    name.is_some_and(|name| name == generated_name(&known.entities[entity_ref].source))
}

fn annotate(entity: &mut Value) {
    let annotations = entity
        .get_mut("metadata")
        .and_then(Value::as_object_mut)
        .map(|metadata| metadata.entry("annotations").or_insert_with(|| Map::new().into()));
    if let Some(Value::Object(annotations)) = annotations {
        annotations.insert(ORPHAN.to_owned(), "true".into());
    }
}

fn orphan(entity_ref: String, known: &KnownEntity, body: Body) -> Upsert {
    let problems = vec![Problem {
        code: ProblemCode::Orphan,
        level: Level::Warning,
        message: format!("no location leads to it any more; it was defined in `{}`", known.location),
        hint: Some("delete it, or add a location that leads to it".to_owned()),
        entity_ref: Some(entity_ref.clone()),
        location: Some(known.location.to_string()),
        position: None,
        target_ref: None,
    }];
    Upsert {
        entity_ref,
        source: Arc::clone(&known.source),
        location: Arc::clone(&known.location),
        parent: "".into(),
        body_hash: BodyHash::of(&body.json),
        places_hash: hash_of(&body.places),
        body: Some(Box::new(body)),
        problems_json: serde_json::to_string(&problems).expect("problems are plain data"),
        problems,
    }
}
