//! Kinds of entities, each declared in one file of `kinds/`: names, relations and the schema of its `spec`.
//!
//! Source of what Backstage's own kinds hold: Backstage, `packages/catalog-model/src/kinds` and
//! `plugins/catalog-backend/src/processors/BuiltinKindsEntityProcessor.ts`.

mod relations;
mod schema;

use std::collections::HashMap;

use model::app::KindInfo;
use serde::Deserialize;
use serde_json::Value;

pub use self::relations::{Edge, InvalidReference};
pub use self::schema::SchemaFinding;
pub(crate) use self::schema::{in_dots, value_in_words};

/// Kinds that Callboard brings along, in the order of the navigation.
const CORE: [&str; 10] = [
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
];

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
    /// Backstage's kinds.
    ///
    /// # Panics
    /// If a file of `kinds/` is wrong, which a test would have found.
    pub fn core() -> Self {
        let kinds: Vec<Kind> = CORE.iter().map(|text| Kind::declared(text)).collect();
        let by_name = kinds.iter().enumerate().map(|(at, kind)| (kind.info.kind.to_lowercase(), at)).collect();
        Self { kinds, by_name }
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

    fn by_name(&self, kind: &str) -> Option<&Kind> {
        self.by_name.get(&kind.to_lowercase()).map(|&at| &self.kinds[at])
    }
}

impl Kind {
    fn declared(text: &str) -> Self {
        let declaration: Declaration = serde_json::from_str(text).expect("the files of kinds/ are declarations");
        let owned = declaration.relations.iter().any(|relation| relation.relation_type == "ownedBy");
        Self {
            info: KindInfo { kind: declaration.kind, plural: declaration.plural, icon: declaration.icon, owned },
            api_versions: declaration.api_versions,
            relations: declaration.relations,
            recommended: declaration.recommended,
            spec: jsonschema::validator_for(&declaration.spec).expect("the files of kinds/ hold JSON Schemas"),
        }
    }

    /// Name and look.
    pub fn info(&self) -> &KindInfo {
        &self.info
    }
}

/// Follows a path in dots through objects.
fn at_path<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(value, |value, key| value.get(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declares_each_kind_once() {
        let registry = KindRegistry::core();
        let names: Vec<_> = registry.infos().into_iter().map(|info| info.kind).collect();
        assert_eq!(
            names,
            ["Component", "API", "System", "Domain", "Resource", "Group", "User", "Template", "Location", "AiResource"]
        );
        assert_eq!(registry.by_name.len(), names.len());
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
        assert_eq!(owned, ["Component", "API", "System", "Domain", "Resource", "Template", "AiResource"]);
        assert_eq!(registry.field_of_relation("component", "providesapi").as_deref(), Some("spec.providesApis"));
        assert_eq!(registry.field_of_relation("Group", "ownedBy"), None);
    }
}
