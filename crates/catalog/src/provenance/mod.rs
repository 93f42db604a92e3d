//! Provenance: where each part of an entity comes from.

mod places;
mod yaml;

use std::{
    collections::{BTreeMap, HashMap},
    hash::{DefaultHasher, Hash as _, Hasher as _},
};

use model::{
    catalog::{PartOrigin, PartProvenance, Position, Problem, ProblemCode},
    entity::annotations::{EDIT_URL, MANAGED_BY_LOCATION, MANAGED_BY_ORIGIN_LOCATION, SOURCE_LOCATION, VIEW_URL},
};
use serde_json::Value;

use self::places::decode;
pub use self::yaml::in_yaml;
pub(crate) use self::{
    places::{Place, encode},
    yaml::lines,
};
use crate::kinds::{KindRegistry, Reference};

/// Tells one text of places from another, within a process.
pub fn hash_of(places: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    places.hash(&mut hasher);
    hasher.finish()
}

/// Where the values of an entity stand in the file that defines it.
pub(crate) struct Places(HashMap<String, Place>);

impl Places {
    /// Of a stored body.
    pub(crate) fn of(places: &str, body: &Value) -> Self {
        Self(decode(places, body))
    }

    /// Where a value stands, or the nearest around it that stands anywhere.
    fn position(&self, mut pointer: &str) -> Option<Position> {
        loop {
            match self.0.get(pointer) {
                Some(Place::File(position) | Place::Included { position, .. }) => return Some(*position),
                _ => pointer = &pointer[..pointer.rfind('/')?],
            }
        }
    }

    /// Says of problems that follow from other entities where the field stands that is to be mended.
    pub(crate) fn locate(&self, problems: &mut [Problem], entity: &Value, kinds: &KindRegistry) {
        let references = kinds.references(entity);
        for problem in problems.iter_mut().filter(|problem| is_located_late(problem)) {
            let missing = |reference: &&Reference| Some(&reference.target_ref) == problem.target_ref.as_ref();
            let pointer = references.iter().find(missing).map_or("/spec", |reference| &reference.pointer);
            problem.position = self.position(pointer);
        }
    }
}

/// True of problems that follow from other entities: the index knows them, but not where things stand.
pub(crate) fn is_located_late(problem: &Problem) -> bool {
    let follows = matches!(problem.code, ProblemCode::DanglingReference | ProblemCode::NoOwner);
    follows && problem.position.is_none()
}

/// Where the parts of an entity come from.
///
/// `entity` is as it is answered; `at` says in which line of its YAML each value begins; `include` resolves the path of an included file.
pub(crate) fn parts(
    entity: &Value,
    at: &BTreeMap<u32, Vec<String>>,
    places: &Places,
    kinds: &KindRegistry,
    location: &str,
    include: impl Fn(&str) -> Option<String>,
) -> Vec<PartProvenance> {
    let references = kinds.references(entity);
    let mut parts: Vec<PartProvenance> = Vec::new();
    for (line, pointers) in at {
        for pointer in pointers {
            let mut part = PartProvenance {
                pointer: pointer.clone(),
                line: *line,
                origin: PartOrigin::Unknown,
                location: None,
                position: None,
                entity_ref: None,
            };
            match places.0.get(pointer) {
                Some(Place::File(position)) => {
                    part.origin = PartOrigin::File;
                    (part.location, part.position) = (Some(location.to_owned()), Some(*position));
                }
                Some(Place::Included { position, path }) => {
                    part.origin = PartOrigin::Inclusion;
                    (part.location, part.position) = (include(path), Some(*position));
                }
                // What holds it has said so.
                Some(Place::Inside) => continue,
                Some(Place::Made) | None => match made_by(pointer) {
                    Some(PartOrigin::Relations) => relation(&mut part, entity, &references, places, location),
                    Some(origin) => part.origin = origin,
                    None if is_inside_made(pointer) => continue,
                    None => {}
                },
            }
            parts.push(part);
        }
    }
    parts
}

/// Who made what no file holds; `None` where that can't be told from its place.
fn made_by(pointer: &str) -> Option<PartOrigin> {
    let annotation = pointer.strip_prefix("/metadata/annotations/").map(|key| key.replace("~1", "/"));
    match (pointer, annotation.as_deref()) {
        (_, Some(MANAGED_BY_LOCATION | MANAGED_BY_ORIGIN_LOCATION | VIEW_URL | EDIT_URL | SOURCE_LOCATION))
        | ("/metadata/annotations", _) => Some(PartOrigin::LocationAnnotations),
        ("/metadata/namespace", _) => Some(PartOrigin::DefaultNamespace),
        ("/metadata/uid" | "/metadata/etag", _) => Some(PartOrigin::Identity),
        ("/status", _) => Some(PartOrigin::Status),
        (pointer, _) if is_relation(pointer) => Some(PartOrigin::Relations),
        _ => None,
    }
}

/// True of `/relations` and of each relation, not of what that holds.
fn is_relation(pointer: &str) -> bool {
    pointer.strip_prefix("/relations").is_some_and(|rest| rest.matches('/').count() < 2)
}

fn is_inside_made(pointer: &str) -> bool {
    pointer.starts_with("/relations/") || pointer.starts_with("/status/")
}

/// A relation comes from the field of this entity that names the other, or from the other entity.
fn relation(part: &mut PartProvenance, entity: &Value, references: &[Reference], places: &Places, location: &str) {
    part.origin = PartOrigin::Relations;
    let Some(relation) = entity.pointer(&part.pointer).filter(|relation| relation.is_object()) else { return };
    let text = |key: &str| relation.get(key).and_then(Value::as_str).unwrap_or_default();
    let (relation_type, target) = (text("type"), text("targetRef"));
    let own = references.iter().find(|own| own.relation_type == relation_type && own.target_ref == target);
    match own {
        Some(own) => {
            part.position = places.position(&own.pointer);
            part.location = part.position.map(|_| location.to_owned());
        }
        None => part.entity_ref = Some(target.to_owned()),
    }
}

#[cfg(test)]
mod tests;
