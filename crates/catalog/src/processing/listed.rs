//! An entity that another catalog answers becomes one of ours.

use model::{
    catalog::{Problem, ProblemCode},
    entity::{
        Level,
        annotations::{MANAGED_BY_LOCATION, MANAGED_BY_ORIGIN_LOCATION, SOURCE_LOCATION},
    },
    entity_ref::DEFAULT_NAMESPACE,
};
use serde_json::{Map, Value};

use super::{BodyHash, check_kind, entity_ref, envelope, text};
use crate::kinds::KindRegistry;

/// What another catalog says of one entity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedEntity {
    /// Canonical ref.
    pub entity_ref: String,
    /// The entity as JSON; `None` where it is stored, or was handed over.
    pub body: Option<String>,
    /// Of the body.
    pub body_hash: BodyHash,
    /// Warnings.
    pub problems: Vec<Problem>,
}

/// Makes an entity of ours of one that another catalog answers. The other side has accepted it: of a kind that is not declared here only the
/// envelope is checked, and what a declared kind objects to are warnings.
///
/// `location` (`type:target`) becomes `managed-by-location`; links to the source that the other side wrote stay.
///
/// # Errors
/// The problem, if it has no valid ref or is no entity at all.
pub fn process_listed(mut entity: Value, kinds: &KindRegistry, location: &str) -> Result<ListedEntity, Box<Problem>> {
    let of_envelope = envelope::check(&entity);
    let entity_ref = entity_ref(&entity);
    let problem = |code, level, message: String| Problem {
        code,
        level,
        message,
        hint: None,
        entity_ref: None,
        location: Some(location.to_owned()),
        position: None,
        target_ref: None,
    };
    let (Some(entity_ref), None) = (entity_ref, of_envelope.first()) else {
        let messages: Vec<_> = of_envelope.into_iter().map(|finding| finding.message).collect();
        let name = entity["metadata"]["name"].as_str().unwrap_or("?");
        let message = format!("`{name}` can not be taken: {}", messages.join("; "));
        return Err(Box::new(problem(ProblemCode::InvalidEntity, Level::Error, message)));
    };
    let is_declared = text(&entity, "kind").is_some_and(|kind| kinds.is_declared(kind));
    let findings = if is_declared { check_kind(&entity, kinds) } else { Vec::new() };
    let mut problems: Vec<_> =
        findings.into_iter().map(|finding| problem(finding.code, Level::Warning, finding.message)).collect();
    for problem in &mut problems {
        problem.entity_ref = Some(entity_ref.clone());
    }
    adopt(&mut entity, kinds, location);
    let body = entity.to_string();
    let body_hash = BodyHash::of(&body);
    Ok(ListedEntity { entity_ref, body: Some(body), body_hash, problems })
}

/// Takes off what only the other catalog says, and writes down where the entity comes from.
fn adopt(entity: &mut Value, kinds: &KindRegistry, location: &str) {
    let own = kinds.own_relations(entity);
    if let Value::Object(root) = entity {
        root.shift_remove("status");
        root.shift_remove("relations");
        if !own.is_empty() {
            root.insert("relations".to_owned(), serde_json::to_value(own).expect("relations are plain data"));
        }
    }
    let Some(metadata) = entity.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    metadata.shift_remove("uid");
    metadata.shift_remove("etag");
    metadata.entry("namespace").or_insert_with(|| DEFAULT_NAMESPACE.into());
    let annotations = metadata.entry("annotations").or_insert_with(|| Map::new().into());
    let Value::Object(annotations) = annotations else { return };
    // Where it has no source location, that of its descriptor stands for it, as in Backstage.
    if let Some(descriptor) = annotations.get(MANAGED_BY_LOCATION).and_then(Value::as_str).map(str::to_owned)
        && descriptor.starts_with("url:")
    {
        annotations.entry(SOURCE_LOCATION).or_insert_with(|| descriptor.into());
    }
    for key in [MANAGED_BY_LOCATION, MANAGED_BY_ORIGIN_LOCATION] {
        annotations.insert(key.to_owned(), location.into());
    }
}
