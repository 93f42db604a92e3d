//! Kinds of entities, each declared in one file of `kinds/`, or by an operator: names, relations and the schema of its `spec`.
//!
//! Source of what Backstage's own kinds hold: Backstage, `packages/catalog-model/src/kinds` and
//! `plugins/catalog-backend/src/processors/BuiltinKindsEntityProcessor.ts`.

mod relations;
mod schema;

use std::collections::HashMap;

use model::{app::KindInfo, validation::Rule as Name};
use serde::Deserialize;
use serde_json::Value;

pub use self::relations::{Edge, InvalidReference, Reference};
pub use self::schema::SchemaFinding;
pub(crate) use self::schema::{in_dots, value_in_words};

/// Kinds that Callboard brings along, in the order of the navigation.
const CORE: [&str; 13] = [
    include_str!("../../kinds/component.json"),
    include_str!("../../kinds/api.json"),
    include_str!("../../kinds/system.json"),
    include_str!("../../kinds/domain.json"),
    include_str!("../../kinds/resource.json"),
    include_str!("../../kinds/group.json"),
    include_str!("../../kinds/user.json"),
    include_str!("../../kinds/template.json"),
    include_str!("../../kinds/location.json"),
    include_str!("../../kinds/airesource.json"),
    include_str!("../../kinds/environment.json"),
    include_str!("../../kinds/blueprint.json"),
    include_str!("../../kinds/block.json"),
];

/// Groups of `apiVersion` that operators may not use.
const RESERVED: [&str; 2] = ["backstage.io", "callboard.dev"];

/// What a file of `kinds/` holds.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Declaration {
    kind: String,
    plural: String,
    icon: String,
    api_versions: Vec<String>,
    relations: Vec<RelationField>,
    /// Fields of `spec` whose absence is worth a warning.
    #[serde(default)]
    recommended: Vec<String>,
    /// JSON Schema.
    spec: Value,
}

/// A field that holds one ref or a list of refs.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RelationField {
    /// Path in dots.
    field: String,
    /// Kind of a ref that names none; without it the ref must.
    default_kind: Option<String>,
    /// Type of the relation from the holder.
    #[serde(rename = "type")]
    relation_type: String,
    /// Type of the relation to the holder.
    inverse: String,
}

/// One declared kind.
#[derive(Debug)]
pub struct Kind {
    info: KindInfo,
    api_versions: Vec<String>,
    relations: Vec<RelationField>,
    recommended: Vec<String>,
    spec: jsonschema::Validator,
}

/// All kinds that the catalog knows.
#[derive(Debug)]
pub struct KindRegistry {
    kinds: Vec<Kind>,
    /// Place in `kinds` by name in lower case.
    by_name: HashMap<String, usize>,
}

/// Why a kind can't be declared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("kind `{kind}` can not be declared: {why}")]
pub struct InvalidKindError {
    kind: String,
    why: String,
}

/// Why [`KindRegistry::get`] finds no kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownKindError {
    /// No kind of this name.
    #[error("kind `{0}` is not known; known are {1}")]
    Kind(String, String),
    /// The kind is there, but not in this version.
    #[error("kind `{kind}` is not known in apiVersion `{api_version}`; known is {known}")]
    ApiVersion {
        /// The kind, as it is declared.
        kind: String,
        /// What was asked for.
        api_version: String,
        /// Versions that are declared.
        known: String,
    },
}

impl KindRegistry {
    /// Backstage's kinds and Callboard's own.
    ///
    /// # Panics
    /// If a file of `kinds/` is wrong, which a test would have found.
    pub fn core() -> Self {
        Self::with(&[]).expect("the files of kinds/ are declarations")
    }

    /// The same, and kinds that an operator declares in the form of the files of `kinds/`.
    ///
    /// # Errors
    /// [`InvalidKindError`] for what is no declaration, for a name that another kind has, and for an `apiVersion` of Backstage's or
    /// Callboard's own.
    ///
    /// # Panics
    /// As [`KindRegistry::core`].
    pub fn with(more: &[Value]) -> Result<Self, InvalidKindError> {
        let mut registry = Self { kinds: Vec::new(), by_name: HashMap::new() };
        for text in CORE {
            let declaration = serde_json::from_str(text).expect("the files of kinds/ hold JSON");
            registry.declare(&declaration)?;
        }
        for declaration in more {
            let kind = registry.declare(declaration)?;
            let reserved = |version: &&String| RESERVED.iter().any(|group| is_of_group(version, group));
            if let Some(version) = kind.api_versions.iter().find(reserved) {
                let why =
                    format!("`{version}` is reserved; write an apiVersion of your own, for example `acme.example/v1`");
                return Err(InvalidKindError { kind: kind.info.kind.clone(), why });
            }
        }
        Ok(registry)
    }

    fn declare(&mut self, declaration: &Value) -> Result<&Kind, InvalidKindError> {
        let named = declaration.get("kind").and_then(Value::as_str).unwrap_or("?").to_owned();
        let refused = |why: String| InvalidKindError { kind: named.clone(), why };
        let kind = Kind::declared(declaration).map_err(refused)?;
        if self.by_name.insert(kind.info.kind.to_lowercase(), self.kinds.len()).is_some() {
            return Err(refused("there is a kind of this name".to_owned()));
        }
        self.kinds.push(kind);
        Ok(&self.kinds[self.kinds.len() - 1])
    }

    /// The kind of this name and version. The name must be spelled as declared, as in Backstage.
    ///
    /// # Errors
    /// [`UnknownKindError`] names what is known.
    pub fn get(&self, api_version: &str, kind: &str) -> Result<&Kind, UnknownKindError> {
        let Some(found) = self.by_name(kind).filter(|found| found.info.kind == kind) else {
            let known: Vec<_> = self.kinds.iter().map(|kind| kind.info.kind.as_str()).collect();
            return Err(UnknownKindError::Kind(kind.to_owned(), known.join(", ")));
        };
        if !found.api_versions.iter().any(|version| version == api_version) {
            return Err(UnknownKindError::ApiVersion {
                kind: kind.to_owned(),
                api_version: api_version.to_owned(),
                known: found.api_versions.iter().map(|version| format!("`{version}`")).collect::<Vec<_>>().join(", "),
            });
        }
        Ok(found)
    }

    /// How each kind is shown, in the order of the navigation.
    pub fn infos(&self) -> Vec<KindInfo> {
        self.kinds.iter().map(|kind| kind.info.clone()).collect()
    }

    /// The field, as a path in dots, from which entities of the kind get relations of the type; both in any case.
    pub fn field_of_relation(&self, kind: &str, relation_type: &str) -> Option<String> {
        let relations = &self.by_name(kind)?.relations;
        relations.iter().find(|r| r.relation_type.eq_ignore_ascii_case(relation_type)).map(|r| r.field.clone())
    }

    /// True if entities of the kind refer to others in this field, a path in dots; the kind in any case.
    pub fn is_reference(&self, kind: &str, field: &str) -> bool {
        self.by_name(kind).is_some_and(|kind| kind.relations.iter().any(|relation| relation.field == field))
    }

    /// True if there is a kind of this name, in any case and any version.
    pub fn is_declared(&self, kind: &str) -> bool {
        self.by_name(kind).is_some()
    }

    fn by_name(&self, kind: &str) -> Option<&Kind> {
        self.by_name.get(&kind.to_lowercase()).map(|&at| &self.kinds[at])
    }
}

impl Kind {
    fn declared(declaration: &Value) -> Result<Self, String> {
        let declaration = Declaration::deserialize(declaration).map_err(|error| error.to_string())?;
        if !Name::Kind.accepts(&declaration.kind) {
            return Err(format!("its name must be {}", Name::Kind.expectation()));
        }
        if let Some(wrong) = declaration.api_versions.iter().find(|version| !Name::ApiVersion.accepts(version)) {
            return Err(format!("apiVersion `{wrong}` must be {}", Name::ApiVersion.expectation()));
        }
        if declaration.api_versions.is_empty() {
            return Err("`apiVersions` is empty".to_owned());
        }
        if let Some(relation) = declaration.relations.iter().find(|relation| !relation.field.starts_with("spec.")) {
            return Err(format!("field `{}` of a relation must begin with `spec.`", relation.field));
        }
        let spec = jsonschema::validator_for(&declaration.spec)
            .map_err(|error| format!("`spec` is no JSON Schema: {error}"))?;
        let owned = declaration.relations.iter().any(|relation| relation.relation_type == "ownedBy");
        Ok(Self {
            info: KindInfo { kind: declaration.kind, plural: declaration.plural, icon: declaration.icon, owned },
            api_versions: declaration.api_versions,
            relations: declaration.relations,
            recommended: declaration.recommended,
            spec,
        })
    }

    /// Name and look.
    pub fn info(&self) -> &KindInfo {
        &self.info
    }
}

/// True for `backstage.io/v1` and `scaffolder.backstage.io/v1` of the group `backstage.io`.
fn is_of_group(version: &str, group: &str) -> bool {
    let prefix = version.split_once('/').map_or("", |(prefix, _)| prefix);
    prefix.strip_suffix(group).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Follows a path in dots through objects.
fn at_path<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, key| value.get(key))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn declares_each_kind_once() {
        let registry = KindRegistry::core();
        let names: Vec<_> = registry.infos().into_iter().map(|info| info.kind).collect();
        assert_eq!(
            names,
            [
                "Component",
                "API",
                "System",
                "Domain",
                "Resource",
                "Group",
                "User",
                "Template",
                "Location",
                "AiResource",
                "Environment",
                "Blueprint",
                "Block"
            ]
        );
        assert_eq!(registry.by_name.len(), names.len());
    }

    #[test]
    fn an_operator_declares_kinds_of_their_own() {
        let declaration = |kind: &str, version: &str, field: &str| {
            json!({
                "kind": kind,
                "plural": "Queues",
                "icon": "box",
                "apiVersions": [version],
                "relations": [{ "field": field, "defaultKind": "Group", "type": "ownedBy", "inverse": "ownerOf" }],
                "spec": { "type": "object", "required": ["owner"] },
            })
        };
        let registry = KindRegistry::with(&[declaration("Queue", "acme.example/v1", "spec.owner")]).unwrap();
        assert!(registry.get("acme.example/v1", "Queue").unwrap().info().owned);
        for (declared, why) in [
            (json!({ "kind": "Queue" }), "missing field `plural`"),
            (declaration("api", "acme.example/v1", "spec.owner"), "there is a kind of this name"),
            (declaration("Queue", "backstage.io/v1alpha1", "spec.owner"), "`backstage.io/v1alpha1` is reserved"),
            (declaration("Queue", "x.callboard.dev/v1", "spec.owner"), "is reserved"),
            (declaration("Queue", "a/b/c", "spec.owner"), "apiVersion `a/b/c` must be"),
            (declaration("my queue", "acme.example/v1", "spec.owner"), "its name must be"),
            (declaration("Queue", "acme.example/v1", "metadata.owner"), "must begin with `spec.`"),
        ] {
            let error = KindRegistry::with(&[declared]).unwrap_err().to_string();
            assert!(error.starts_with("kind `") && error.contains(why), "{error}");
        }
        assert!(!is_of_group("notbackstage.io/v1", "backstage.io"));
    }

    #[test]
    fn finds_a_kind_by_version_and_exact_name() {
        let registry = KindRegistry::core();
        for (api_version, kind, message) in [
            ("backstage.io/v1alpha1", "Component", None),
            ("backstage.io/v1beta1", "API", None),
            ("scaffolder.backstage.io/v1beta3", "Template", None),
            ("backstage.io/v1alpha1", "component", Some("kind `component` is not known; known are Component, API")),
            (
                "backstage.io/v1beta2",
                "Template",
                Some("kind `Template` is not known in apiVersion `backstage.io/v1beta2`; known is `scaffolder."),
            ),
        ] {
            let found = registry.get(api_version, kind);
            match message {
                None => assert_eq!(found.unwrap().info().kind, kind),
                Some(message) => {
                    let error = found.unwrap_err().to_string();
                    assert!(error.starts_with(message), "{error}");
                }
            }
        }
    }

    #[test]
    fn knows_which_kinds_want_an_owner_and_which_field_names_a_relation() {
        let registry = KindRegistry::core();
        let owned: Vec<_> = registry.infos().into_iter().filter(|info| info.owned).map(|info| info.kind).collect();
        assert_eq!(
            owned,
            [
                "Component",
                "API",
                "System",
                "Domain",
                "Resource",
                "Template",
                "AiResource",
                "Environment",
                "Blueprint",
                "Block"
            ]
        );
        assert_eq!(registry.field_of_relation("component", "providesapi").as_deref(), Some("spec.providesApis"));
        assert_eq!(registry.field_of_relation("Group", "ownedBy"), None);
    }
}
