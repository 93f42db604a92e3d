//! Addresses of the catalog's operations.

use form_urlencoded::Serializer;
use model::{
    catalog::{GetOrganization, HomeQuery, ListChanges, ListEntities, ListProblems},
    entity_ref::EntityRef,
};

use crate::segment;

/// One kind of the catalog as rows, with counts to narrow it down by: answers [`model::catalog::EntityList`].
pub fn list_entities(list: &ListEntities) -> String {
    format!("/api/v1/catalog/entities?{}", list.to_query())
}

/// The same rows as CSV, all of them.
pub fn export_entities(list: &ListEntities) -> String {
    let all = ListEntities { offset: 0, limit: None, ..list.clone() };
    format!("/api/v1/catalog/entities.csv?{}", all.to_query())
}

/// What changed lately in the whole catalog: answers [`model::catalog::CatalogChanges`].
pub fn list_changes(list: &ListChanges) -> String {
    format!("/api/v1/catalog/changes?{}", list.to_query())
}

/// What of the catalog concerns a visitor: answers [`model::catalog::CatalogHome`].
pub fn catalog_home(query: &HomeQuery) -> String {
    format!("/api/v1/catalog/home?{}", query.to_query())
}

/// An entity as YAML, and where each part of it comes from: answers [`model::catalog::EntityProvenance`].
pub fn entity_provenance(entity_ref: &EntityRef) -> String {
    format!("{}/provenance", entity_overview(entity_ref))
}

/// The last versions of an entity: answers [`model::catalog::EntityVersions`].
pub fn entity_versions(entity_ref: &EntityRef) -> String {
    format!("{}/versions", entity_overview(entity_ref))
}

/// One entity with what is around it, by its ref in any case: answers [`model::catalog::EntityOverview`], or 404 with
/// [`model::catalog::NearEntities`].
pub fn entity_overview(entity_ref: &EntityRef) -> String {
    let EntityRef { kind, namespace, name } = entity_ref;
    format!("/api/v1/catalog/entities/{}/{}/{}", segment(kind), segment(namespace), segment(name))
}

/// What goes when an entity is unregistered: answers [`model::catalog::EntityRemoval`].
pub fn entity_removal(entity_ref: &EntityRef) -> String {
    format!("{}/removal", entity_overview(entity_ref))
}

/// The groups as a tree: answers [`model::catalog::Organization`].
pub fn organization(query: &GetOrganization) -> String {
    format!("/api/v1/catalog/organization?{}", query.to_query())
}

/// Where entities come from: answers [`model::catalog::CatalogSources`].
pub fn list_sources() -> String {
    "/api/v1/catalog/sources".to_owned()
}

/// What somebody should mend, by cause: answers [`model::catalog::ProblemGroups`].
pub fn list_problem_groups(list: &ListProblems) -> String {
    format!("/api/v1/catalog/problem-groups?{}", list.to_query())
}

/// What URLs would bring if they were registered: answers [`model::catalog::LocationPreviews`].
pub fn preview_locations(targets: &[String]) -> String {
    let pairs = targets.iter().map(|target| ("target", target));
    format!("/api/v1/catalog/preview?{}", Serializer::new(String::new()).extend_pairs(pairs).finish())
}

/// Entities by parts of their names: answers [`model::catalog::EntityMatches`].
pub fn search_entities(query: &str, limit: usize) -> String {
    let query =
        Serializer::new(String::new()).append_pair("q", query).append_pair("limit", &limit.to_string()).finish();
    format!("/api/v1/catalog/search?{query}")
}
