use std::collections::BTreeSet;

use model::{
    entity::Relation,
    entity_ref::{DEFAULT_NAMESPACE, EntityRef, ParseRefError},
};
use serde_json::Value;

use super::{Kind, KindRegistry, RelationField, at_path};

/// One relation of one entity; each reference yields two, one at either end.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Edge {
    /// Canonical ref of the entity that has the relation.
    pub source_ref: String,
    /// For example `ownedBy`.
    pub relation_type: String,
    /// Canonical ref of the other end, which need not exist.
    pub target_ref: String,
}

/// A reference in a relation field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// JSON pointer to it.
    pub pointer: String,
    /// The relation that it gives the entity, for example `ownedBy`.
    pub relation_type: String,
    /// Canonical ref of what it names, which need not exist.
    pub target_ref: String,
}

/// A reference in a relation field that can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidReference {
    /// JSON pointer to it.
    pub pointer: String,
    /// Why.
    pub error: ParseRefError,
}

impl KindRegistry {
    /// Relations that the fields of an entity yield, at both ends, in the order of the declared fields; then its own.
    ///
    /// What is no entity yields none; a reference that can't be read is passed over: processing has
    /// refused it.
    pub fn relations(&self, entity: &Value) -> Vec<Edge> {
        let Some(kind) = text(entity, "kind") else { return Vec::new() };
        let Some(name) = entity.get("metadata").and_then(|metadata| text(metadata, "name")) else { return Vec::new() };
        let source_ref = EntityRef::new(kind, namespace(entity), name).canonical();
        let mut edges = Vec::new();
        let mut both = |relation_type: &str, inverse: Option<&str>, target_ref: &str| {
            let edge = |source_ref: &str, relation_type: &str, target_ref: &str| Edge {
                source_ref: source_ref.to_owned(),
                relation_type: relation_type.to_owned(),
                target_ref: target_ref.to_owned(),
            };
            edges.push(edge(&source_ref, relation_type, target_ref));
            edges.extend(inverse.map(|inverse| edge(target_ref, inverse, &source_ref)));
        };
        if let Some(kind) = self.by_name(kind) {
            for (field, _, target_ref) in kind.references(entity) {
                both(&field.relation_type, Some(&field.inverse), &target_ref);
            }
        }
        for Relation { relation_type, target_ref } in self.own_relations(entity) {
            both(&relation_type, self.inverse_of(&relation_type), &target_ref);
        }
        edges
    }

    /// The references in the fields of an entity, in the order of the declared fields; none of what is no entity of a known kind.
    pub fn references(&self, entity: &Value) -> Vec<Reference> {
        let Some(kind) = text(entity, "kind").and_then(|kind| self.by_name(kind)) else { return Vec::new() };
        let reference = |(field, index, target_ref): (&RelationField, _, _)| Reference {
            pointer: pointer(field, index),
            relation_type: field.relation_type.clone(),
            target_ref,
        };
        kind.references(entity).map(reference).collect()
    }

    /// Relations that stand under `relations` of an entity and that no field of a declared kind yields, so that they would be lost: those of
    /// a type that no kind has, and of an entity whose kind is not declared also those of a type that other kinds have in their fields.
    ///
    /// Of a type that only goes back, as `ownerOf`, the entity at the other end tells.
    pub fn own_relations(&self, entity: &Value) -> BTreeSet<Relation> {
        let is_declared = text(entity, "kind").is_some_and(|kind| self.is_declared(kind));
        let listed = entity.get("relations").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let relations = listed.iter().filter_map(|relation| {
            let target = EntityRef::parse(text(relation, "targetRef")?, None, DEFAULT_NAMESPACE).ok()?;
            Some(Relation { relation_type: text(relation, "type")?.to_owned(), target_ref: target.canonical() })
        });
        relations
            .filter(|Relation { relation_type, .. }| {
                !self.is_emitted(relation_type) || (!is_declared && self.inverse_of(relation_type).is_some())
            })
            .collect()
    }

    /// The type of the relation back, of a type that a field yields at either of its ends.
    pub fn opposite(&self, relation_type: &str) -> Option<&str> {
        let back = |field: &&RelationField| field.inverse == relation_type;
        self.inverse_of(relation_type).or_else(|| Some(&self.fields().find(back)?.relation_type))
    }

    /// The type of the relation back, of a type that fields yield at their holder.
    fn inverse_of(&self, relation_type: &str) -> Option<&str> {
        let field = self.fields().find(|field| field.relation_type == relation_type)?;
        Some(&field.inverse)
    }

    fn is_emitted(&self, relation_type: &str) -> bool {
        self.fields().any(|field| field.relation_type == relation_type || field.inverse == relation_type)
    }

    fn fields(&self) -> impl Iterator<Item = &RelationField> {
        self.kinds.iter().flat_map(|kind| &kind.relations)
    }
}

impl Kind {
    /// The references in the relation fields of an entity that can be read, as canonical refs.
    fn references<'a>(&'a self, entity: &'a Value) -> impl Iterator<Item = (&'a RelationField, Option<usize>, String)> {
        let namespace = namespace(entity);
        self.relations.iter().flat_map(move |field| {
            references(entity, field).filter_map(move |(index, reference)| {
                let target = EntityRef::parse(reference, field.default_kind.as_deref(), namespace).ok()?;
                Some((field, index, target.canonical()))
            })
        })
    }

    /// References in the relation fields of an entity that can't be read.
    pub fn invalid_references(&self, entity: &Value) -> Vec<InvalidReference> {
        let namespace = namespace(entity);
        let mut invalid = Vec::new();
        for field in &self.relations {
            // That a reference is empty, the schema says.
            for (index, reference) in references(entity, field).filter(|(_, reference)| !reference.is_empty()) {
                if let Err(error) = EntityRef::parse(reference, field.default_kind.as_deref(), namespace) {
                    invalid.push(InvalidReference { pointer: pointer(field, index), error });
                }
            }
        }
        invalid
    }
}

/// The JSON pointer to a reference in a field.
fn pointer(field: &RelationField, index: Option<usize>) -> String {
    let field = field.field.replace('.', "/");
    index.map_or_else(|| format!("/{field}"), |index| format!("/{field}/{index}"))
}

/// The refs in a field, with their index where it is a list.
fn references<'a>(entity: &'a Value, field: &RelationField) -> impl Iterator<Item = (Option<usize>, &'a str)> {
    let value = at_path(entity, &field.field);
    let single = value.and_then(Value::as_str).map(|reference| (None, reference));
    let list = value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let listed = list.iter().enumerate().filter_map(|(index, item)| Some((Some(index), item.as_str()?)));
    single.into_iter().chain(listed)
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

fn namespace(entity: &Value) -> &str {
    entity.get("metadata").and_then(|metadata| text(metadata, "namespace")).unwrap_or(DEFAULT_NAMESPACE)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn edges(entity: &Value) -> Vec<String> {
        let edges = KindRegistry::core().relations(entity);
        edges.iter().map(|e| format!("{} {} {}", e.source_ref, e.relation_type, e.target_ref)).collect()
    }

    #[test]
    fn a_component_yields_what_backstage_yields_for_it() {
        let component = json!({
            "apiVersion": "backstage.io/v1alpha1", "kind": "Component",
            "metadata": {"name": "Web", "namespace": "shop"},
            "spec": {
                "type": "website", "lifecycle": "production",
                "owner": "user:default/jane", "system": "Front", "subcomponentOf": "other/suite",
                "providesApis": ["web-api"], "consumesApis": ["billing/invoices"],
                "dependsOn": ["resource:db"], "dependencyOf": ["Component:default/app"],
            },
        });
        assert_eq!(
            edges(&component),
            [
                "component:shop/web ownedBy user:default/jane",
                "user:default/jane ownerOf component:shop/web",
                "component:shop/web partOf system:shop/front",
                "system:shop/front hasPart component:shop/web",
                "component:shop/web partOf component:other/suite",
                "component:other/suite hasPart component:shop/web",
                "component:shop/web providesApi api:shop/web-api",
                "api:shop/web-api apiProvidedBy component:shop/web",
                "component:shop/web consumesApi api:billing/invoices",
                "api:billing/invoices apiConsumedBy component:shop/web",
                "component:shop/web dependsOn resource:shop/db",
                "resource:shop/db dependencyOf component:shop/web",
                "component:shop/web dependencyOf component:default/app",
                "component:default/app dependsOn component:shop/web",
            ]
        );
    }

    #[test]
    fn groups_and_users_point_at_each_other() {
        let group = json!({"kind": "Group", "metadata": {"name": "a"}, "spec": {
            "parent": "root", "children": ["b"], "members": ["jane"],
        }});
        assert_eq!(
            edges(&group),
            [
                "group:default/a childOf group:default/root",
                "group:default/root parentOf group:default/a",
                "group:default/a parentOf group:default/b",
                "group:default/b childOf group:default/a",
                "group:default/a hasMember user:default/jane",
                "user:default/jane memberOf group:default/a",
            ]
        );
        let user = json!({"kind": "User", "metadata": {"name": "jane"}, "spec": {"memberOf": ["a"]}});
        assert_eq!(
            edges(&user),
            ["user:default/jane memberOf group:default/a", "group:default/a hasMember user:default/jane"]
        );
    }

    #[test]
    fn what_is_no_known_entity_yields_nothing() {
        for value in [json!(null), json!({"kind": "Nonsense", "metadata": {"name": "a"}}), json!({"kind": "API"})] {
            assert_eq!(edges(&value), [""; 0]);
        }
    }

    #[test]
    fn relations_that_no_field_yields_are_the_entitys_own() {
        let listed = json!([
            { "type": "ownedBy", "targetRef": "group:default/a" },
            { "type": "ownerOf", "targetRef": "component:default/b" },
            { "type": "monitors", "targetRef": "Component:Default/C" },
            { "type": "monitors", "targetRef": "no ref" },
            { "type": "monitors" },
        ]);
        let component = json!({"kind": "Component", "metadata": {"name": "web"}, "relations": listed});
        assert_eq!(edges(&component), ["component:default/web monitors component:default/c"]);
        let dashboard = json!({"kind": "Dashboard", "metadata": {"name": "d"}, "relations": listed});
        assert_eq!(
            edges(&dashboard),
            [
                "dashboard:default/d monitors component:default/c",
                "dashboard:default/d ownedBy group:default/a",
                "group:default/a ownerOf dashboard:default/d",
            ]
        );
    }

    #[test]
    fn references_that_can_not_be_read_are_named_by_their_place() {
        let registry = KindRegistry::core();
        let component = registry.get("backstage.io/v1alpha1", "Component").unwrap();
        let entity = json!({"spec": {"owner": "group:", "dependsOn": ["resource:db", "db"]}});
        assert_eq!(
            component.invalid_references(&entity),
            [
                InvalidReference { pointer: "/spec/owner".into(), error: ParseRefError::Malformed("group:".into()) },
                InvalidReference {
                    pointer: "/spec/dependsOn/1".into(),
                    error: ParseRefError::MissingKind("db".into())
                },
            ]
        );
    }
}
