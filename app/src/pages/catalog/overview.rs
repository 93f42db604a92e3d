//! What the overview of an entity shows, gathered from the REST API. It is made for the page: an API's definition of a
//! megabyte is not in it, and so neither in the HTML.

use std::collections::BTreeMap;

use client::PortalClient;
use model::{
    catalog::{EntitiesByRefsRequest, EntityRow, ListEntities, Problem, ProblemsQuery, RowRef},
    entity::{Entity, Link},
    entity_ref::EntityRef,
    error::ApiError,
};
use serde::{Deserialize, Serialize};

use super::relations;
use crate::links::canonical;

/// Names looked up at once; a relation type with more targets is cut, and says so.
const LOOKED_UP: usize = 200;

/// What was found under the address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) enum Subject {
    Found(Box<Overview>),
    /// Nothing; these have names that are near.
    Missing(Vec<EntityRow>),
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Overview {
    pub(super) kind: String,
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) title: String,
    pub(super) description: Option<String>,
    pub(super) entity_type: Option<String>,
    pub(super) lifecycle: Option<String>,
    pub(super) email: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) annotations: BTreeMap<String, String>,
    pub(super) links: Vec<Link>,
    pub(super) relations: Vec<RelationGroup>,
    pub(super) domain: Option<RowRef>,
    pub(super) problems: Vec<Problem>,
}

/// The relations of one type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct RelationGroup {
    pub(super) relation_type: String,
    /// The first of them.
    pub(super) targets: Vec<RowRef>,
    /// How many there are.
    pub(super) total: usize,
}

impl Overview {
    pub(super) fn entity_ref(&self) -> EntityRef {
        EntityRef::new(&*self.kind, &*self.namespace, &*self.name)
    }

    /// The first target of a relation type.
    pub(super) fn related(&self, relation_type: &str) -> Option<RowRef> {
        self.relations.iter().find(|group| group.relation_type == relation_type)?.targets.first().cloned()
    }

    pub(super) fn annotation(&self, key: &str) -> Option<&str> {
        self.annotations.get(key).map(String::as_str)
    }
}

/// Asks for the entity, its problems, and the names of what it relates to.
///
/// # Errors
/// What the API answers, but for 404: that is [`Subject::Missing`].
pub(super) async fn find(client: &PortalClient, entity_ref: &EntityRef) -> Result<Subject, ApiError> {
    let entity = match client.entity(entity_ref).await {
        Ok(entity) => entity,
        Err(error) if error.is_not_found() => return Ok(Subject::Missing(near(client, &entity_ref.name).await)),
        Err(error) => return Err(error),
    };
    let query = ProblemsQuery { entity_ref: Some(canonical(entity_ref)) };
    let problems = client.catalog_problems(&query).await?.items;
    let targets = relations::shown(&entity, LOOKED_UP);
    let known = names(client, targets).await?;
    let mut overview = of_entity(entity, &known);
    overview.problems = problems;
    overview.domain = domain_of(client, &overview).await?;
    Ok(Subject::Found(Box::new(overview)))
}

/// Title and existence of each ref.
type Names = BTreeMap<String, RowRef>;

async fn names(client: &PortalClient, refs: Vec<String>) -> Result<Names, ApiError> {
    if refs.is_empty() {
        return Ok(Names::new());
    }
    let fields = ["kind", "metadata.name", "metadata.namespace", "metadata.title", "spec.profile.displayName"];
    let request = EntitiesByRefsRequest { entity_refs: refs.clone(), fields: fields.map(str::to_owned).to_vec() };
    let items = client.entities_by_refs(&request).await?.items;
    let name = |(entity_ref, found): (String, Option<Entity>)| {
        let title = found.as_ref().and_then(title_of).unwrap_or_default();
        (entity_ref.clone(), RowRef { entity_ref, title, exists: found.is_some() })
    };
    Ok(refs.into_iter().zip(items).map(name).collect())
}

/// The name for people, if it has one: a user's stands in the profile.
fn title_of(entity: &Entity) -> Option<String> {
    let profile = entity.spec.get("profile").and_then(|profile| profile.get("displayName")?.as_str());
    entity.metadata.title.as_deref().or(profile).map(str::trim).filter(|title| !title.is_empty()).map(str::to_owned)
}

/// A system says its domain, a component only its system.
async fn domain_of(client: &PortalClient, overview: &Overview) -> Result<Option<RowRef>, ApiError> {
    let Some(system) = overview
        .related(relations::PART_OF)
        .filter(|part_of| part_of.exists && part_of.entity_ref.starts_with("system:"))
    else {
        return Ok(None);
    };
    let request = EntitiesByRefsRequest {
        entity_refs: vec![system.entity_ref],
        fields: vec!["metadata.namespace".into(), "spec.domain".into()],
    };
    let found = client.entities_by_refs(&request).await?.items.into_iter().next().flatten();
    let domain =
        found.and_then(|system| EntityRef::parse(system.spec_str("domain")?, Some("Domain"), system.namespace()).ok());
    let Some(domain) = domain.map(|domain| canonical(&domain)) else { return Ok(None) };
    Ok(names(client, vec![domain.clone()]).await?.remove(&domain))
}

fn of_entity(entity: Entity, known: &Names) -> Overview {
    let title = title_of(&entity).unwrap_or_else(|| entity.metadata.name.clone());
    let profile = entity.spec.get("profile").and_then(|profile| profile.get("email")?.as_str());
    Overview {
        title,
        email: profile.map(str::to_owned),
        entity_type: entity.spec_str("type").map(str::to_owned),
        lifecycle: entity.spec_str("lifecycle").map(str::to_owned),
        relations: relations::grouped(&entity, known),
        namespace: entity.namespace().to_owned(),
        kind: entity.kind,
        name: entity.metadata.name,
        description: entity.metadata.description,
        tags: entity.metadata.tags,
        labels: entity.metadata.labels,
        annotations: entity.metadata.annotations,
        links: entity.metadata.links,
        domain: None,
        problems: Vec::new(),
    }
}

/// How many near names are offered.
const OFFERED: usize = 4;

/// Entities whose names are near one that does not exist; none where the API does not answer, because this is only an offer.
async fn near(client: &PortalClient, name: &str) -> Vec<EntityRow> {
    let mut parts: Vec<&str> = name.split(['-', '_', '.']).filter(|part| part.chars().count() > 2).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    let mut rows: Vec<EntityRow> = Vec::new();
    for text in std::iter::once(name).chain(parts).take(OFFERED) {
        let list = ListEntities { text: text.to_owned(), limit: Some(100), ..ListEntities::default() };
        let found = client.list_entities(&list).await.map(|list| list.items).unwrap_or_default();
        rows.extend(found);
    }
    rows.sort_by_cached_key(|row| {
        (distance(&row.name.to_ascii_lowercase(), &name.to_ascii_lowercase()), row.kind.clone(), row.namespace.clone())
    });
    rows.dedup_by(|a, b| (&a.kind, &a.namespace, &a.name) == (&b.kind, &b.namespace, &b.name));
    rows.truncate(OFFERED);
    rows
}

/// Edits that make one text the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut line: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut line[0], i + 1);
        for (j, right) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(left != *right);
            let least = replaced.min(line[j] + 1).min(line[j + 1] + 1);
            diagonal = std::mem::replace(&mut line[j + 1], least);
        }
    }
    line[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits() {
        for (a, b, edits) in [("", "", 0), ("abc", "", 3), ("chekout-api", "checkout-api", 1), ("kitten", "sitting", 3)]
        {
            assert_eq!(distance(a, b), edits, "{a} {b}");
            assert_eq!(distance(b, a), edits, "{b} {a}");
        }
    }
}
