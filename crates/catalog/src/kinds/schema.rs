use jsonschema::{ValidationError, error::TypeKind, error::ValidationErrorKind};
use serde_json::Value;

use super::Kind;

/// What a document's `spec` has wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaFinding {
    /// JSON pointer from the document's root to the value that is wrong, or that lacks something.
    pub pointer: String,
    /// For a person, for example `` `spec.owner` is missing ``.
    pub message: String,
    /// True if the entity is usable all the same.
    pub is_warning: bool,
}

impl Kind {
    /// All that `spec` has wrong by the kind's schema.
    pub fn check_spec(&self, entity: &Value) -> Vec<SchemaFinding> {
        let error = |pointer: &str, message| SchemaFinding { pointer: pointer.to_owned(), message, is_warning: false };
        let Some(spec) = entity.get("spec") else {
            return vec![error("", "`spec` is missing".to_owned())];
        };
        let mut findings: Vec<_> = self
            .spec
            .iter_errors(spec)
            .map(|failure| error(&format!("/spec{}", failure.instance_path()), in_words(&failure)))
            .collect();
        if spec.is_object() {
            let missing = self.recommended.iter().filter(|field| spec.get(field.as_str()).is_none());
            findings.extend(missing.map(|field| SchemaFinding {
                pointer: "/spec".to_owned(),
                message: format!("`spec.{field}` is missing; write an empty list if there is nothing to name"),
                is_warning: true,
            }));
        }
        findings
    }
}

fn in_words(failure: &ValidationError<'_>) -> String {
    let path = in_dots(&format!("/spec{}", failure.instance_path()));
    match failure.kind() {
        ValidationErrorKind::Required { property } => {
            format!("`{path}.{}` is missing", property.as_str().unwrap_or_default())
        }
        ValidationErrorKind::Type { kind } => {
            let found = failure.instance();
            let quotes = if wants_quotes(kind, found) { ": put it in quotes" } else { "" };
            format!("`{path}` must be {}, found {}{quotes}", type_in_words(kind), value_in_words(found))
        }
        ValidationErrorKind::MinLength { .. } => format!("`{path}` must not be empty"),
        ValidationErrorKind::MinItems { limit } => format!("`{path}` must have at least {limit} item(s)"),
        ValidationErrorKind::Enum { options } => {
            let options = options.as_array().map_or(&[][..], Vec::as_slice);
            let options: Vec<_> = options.iter().map(|option| format!("`{}`", plain(option))).collect();
            format!("`{path}` must be one of {}, found {}", options.join(", "), value_in_words(failure.instance()))
        }
        _ => format!("`{path}` is not valid: {failure}"),
    }
}

/// `/spec/steps/0` as `spec.steps.0`.
pub(crate) fn in_dots(pointer: &str) -> String {
    pointer
        .trim_start_matches('/')
        .split('/')
        .map(|key| key.replace("~1", "/").replace("~0", "~"))
        .collect::<Vec<_>>()
        .join(".")
}

fn type_in_words(kind: &TypeKind) -> String {
    let in_words = |json_type: &str| match json_type {
        "string" => "a text",
        "object" => "an object",
        "array" => "a list",
        "boolean" => "true or false",
        _ => "a number",
    };
    match kind {
        TypeKind::Single(json_type) => in_words(json_type.as_str()).to_owned(),
        TypeKind::Multiple(types) => {
            types.iter().map(|json_type| in_words(json_type.as_str())).collect::<Vec<_>>().join(" or ")
        }
    }
}

/// A value as it is shown after "found".
pub(crate) fn value_in_words(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(_) => format!("`{value}`"),
        Value::Number(_) => format!("the number `{value}`"),
        Value::String(text) if text.is_empty() => "an empty text".to_owned(),
        Value::String(text) => {
            let short: String = text.chars().take(60).collect();
            let rest = if short.len() < text.len() { "…" } else { "" };
            format!("`{short}{rest}`")
        }
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    }
}

/// YAML reads `true` and `1.0` as no text, which surprises most people.
fn wants_quotes(expected: &TypeKind, found: &Value) -> bool {
    matches!(found, Value::Bool(_) | Value::Number(_))
        && matches!(expected, TypeKind::Single(json_type) if json_type.as_str() == "string")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::kinds::KindRegistry;

    #[test]
    fn findings_are_for_people() {
        let registry = KindRegistry::core();
        let findings = |kind: &str, entity: serde_json::Value| -> Vec<(String, String)> {
            let version = if kind == "Template" { "scaffolder.backstage.io/v1beta3" } else { "backstage.io/v1alpha1" };
            let findings = registry.get(version, kind).unwrap().check_spec(&entity);
            findings.into_iter().map(|finding| (finding.pointer, finding.message)).collect()
        };
        let table = [
            ("Component", json!({}), "", "`spec` is missing"),
            ("Component", json!({"spec": []}), "/spec", "`spec` must be an object, found a list"),
            ("Component", json!({"spec": {"type": "a", "lifecycle": "b"}}), "/spec", "`spec.owner` is missing"),
            (
                "System",
                json!({"spec": {"owner": 7}}),
                "/spec/owner",
                "`spec.owner` must be a text, found the number `7`: put it in quotes",
            ),
            ("System", json!({"spec": {"owner": ""}}), "/spec/owner", "`spec.owner` must not be empty"),
            ("System", json!({"spec": {"owner": null}}), "/spec/owner", "`spec.owner` must be a text, found nothing"),
            (
                "System",
                json!({"spec": {"owner": true}}),
                "/spec/owner",
                "`spec.owner` must be a text, found `true`: put it in quotes",
            ),
            (
                "Group",
                json!({"spec": {"type": "team", "children": ["a", {}]}}),
                "/spec/children/1",
                "`spec.children.1` must be a text, found an object",
            ),
            (
                "API",
                json!({"spec": {"type": "openapi", "lifecycle": "a", "owner": "b"}}),
                "/spec",
                "`spec.definition` is missing",
            ),
            (
                "API",
                json!({"spec": {"type": "mcp-server", "lifecycle": "a", "owner": "b", "remotes": []}}),
                "/spec/remotes",
                "`spec.remotes` must have at least 1 item(s)",
            ),
            (
                "Location",
                json!({"spec": {"presence": "maybe"}}),
                "/spec/presence",
                "`spec.presence` must be one of `required`, `optional`, found `maybe`",
            ),
            (
                "Template",
                json!({"spec": {"type": "a", "steps": [{"id": "x"}]}}),
                "/spec/steps/0",
                "`spec.steps.0.action` is missing",
            ),
            (
                "Template",
                json!({"spec": {"type": "a", "steps": [], "parameters": "x"}}),
                "/spec/parameters",
                "`spec.parameters` must be a list or an object, found `x`",
            ),
            (
                "User",
                json!({"spec": {}}),
                "/spec",
                "`spec.memberOf` is missing; write an empty list if there is nothing to name",
            ),
        ];
        for (kind, entity, pointer, message) in table {
            let shown = entity.to_string();
            assert_eq!(findings(kind, entity), [(pointer.to_owned(), message.to_owned())], "{shown}");
        }
    }
}
