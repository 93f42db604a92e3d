use model::validation::Rule;
use serde_json::{Map, Value};
use url::Url;

use super::Finding;
use crate::{
    descriptor::push_key,
    kinds::{in_dots, value_in_words},
};

/// `relations` and `status` are what the catalog answers: allowed, so that an answer may be written back, and dropped.
const ROOT_KEYS: [&str; 6] = ["apiVersion", "kind", "metadata", "spec", "relations", "status"];

/// All that is wrong with an entity whatever its kind.
///
/// Source: Backstage, `packages/catalog-model/src/entity/policies` and its schemas `Entity` and `EntityMeta`.
pub(super) fn check(entity: &Value) -> Vec<Finding> {
    let Value::Object(root) = entity else {
        return vec![Finding::error("", format!("a document must be an object, found {}", value_in_words(entity)))];
    };
    let mut findings = Findings(Vec::new());
    for key in root.keys().filter(|key| !ROOT_KEYS.contains(&key.as_str())) {
        let finding = Finding::error(child("", key), format!("`{key}` is not known at the top level"));
        findings.0.push(finding.hint("allowed are `apiVersion`, `kind`, `metadata` and `spec`"));
    }
    findings.ruled_text(root, "", "apiVersion", Rule::ApiVersion, true);
    findings.ruled_text(root, "", "kind", Rule::Kind, true);
    match root.get("metadata") {
        None => findings.add("", "`metadata` is missing"),
        Some(Value::Object(metadata)) => check_metadata(metadata, &mut findings),
        Some(other) => findings.wrong("/metadata", "an object", other),
    }
    findings.0
}

fn check_metadata(metadata: &Map<String, Value>, findings: &mut Findings) {
    let at = "/metadata";
    findings.ruled_text(metadata, at, "name", Rule::ObjectName, true);
    findings.ruled_text(metadata, at, "namespace", Rule::Namespace, false);
    findings.text(metadata, at, "title");
    findings.text(metadata, at, "description");
    if let Some(labels) = findings.object(metadata, at, "labels") {
        for (key, value) in labels {
            let pointer = child("/metadata/labels", key);
            findings.rule(&pointer, "label key", key, Rule::LabelKey);
            match value {
                Value::String(text) => findings.rule(&pointer, "label value", text, Rule::LabelValue),
                other => findings.wrong_text(&pointer, other),
            }
        }
    }
    if let Some(annotations) = findings.object(metadata, at, "annotations") {
        for (key, value) in annotations {
            let pointer = child("/metadata/annotations", key);
            findings.rule(&pointer, "annotation key", key, Rule::LabelKey);
            if !value.is_string() {
                findings.wrong_text(&pointer, value);
            }
        }
    }
    for (index, tag) in findings.list(metadata, at, "tags").iter().enumerate() {
        let pointer = format!("/metadata/tags/{index}");
        match tag {
            Value::String(text) => findings.rule(&pointer, "tag", text, Rule::Tag),
            other => findings.wrong_text(&pointer, other),
        }
    }
    for (index, link) in findings.list(metadata, at, "links").iter().enumerate() {
        let pointer = format!("/metadata/links/{index}");
        match link {
            Value::Object(link) => check_link(link, &pointer, findings),
            other => findings.wrong(&pointer, "an object", other),
        }
    }
}

fn check_link(link: &Map<String, Value>, at: &str, findings: &mut Findings) {
    let pointer = child(at, "url");
    match link.get("url") {
        None => findings.add(at, format!("`{}` is missing", in_dots(&pointer))),
        Some(Value::String(url)) => {
            if let Err(error) = Url::parse(url) {
                findings
                    .add(&pointer, format!("`{}` must be an absolute URL, found `{url}`: {error}", in_dots(&pointer)));
            }
        }
        Some(other) => findings.wrong_text(&pointer, other),
    }
    findings.text(link, at, "title");
    findings.text(link, at, "type");
    findings.ruled_text(link, at, "icon", Rule::ObjectName, false);
}

fn child(pointer: &str, key: &str) -> String {
    let mut pointer = pointer.to_owned();
    push_key(&mut pointer, key);
    pointer
}

struct Findings(Vec<Finding>);

impl Findings {
    fn add(&mut self, pointer: &str, message: impl Into<String>) {
        self.0.push(Finding::error(pointer, message));
    }

    fn wrong(&mut self, pointer: &str, expected: &str, found: &Value) {
        self.add(pointer, format!("`{}` must be {expected}, found {}", in_dots(pointer), value_in_words(found)));
    }

    fn wrong_text(&mut self, pointer: &str, found: &Value) {
        let quotes = if matches!(found, Value::Bool(_) | Value::Number(_)) { ": put it in quotes" } else { "" };
        self.add(pointer, format!("`{}` must be a text, found {}{quotes}", in_dots(pointer), value_in_words(found)));
    }

    fn rule(&mut self, pointer: &str, what: &str, text: &str, rule: Rule) {
        if !rule.accepts(text) {
            let found = value_in_words(&text.into());
            self.add(pointer, format!("{what} {found} is not valid: expected {}", rule.expectation()));
        }
    }

    /// A text that follows a rule.
    fn ruled_text(&mut self, holder: &Map<String, Value>, at: &str, key: &str, rule: Rule, required: bool) {
        let pointer = child(at, key);
        match holder.get(key) {
            None if required => self.add(at, format!("`{}` is missing", in_dots(&pointer))),
            None => {}
            Some(Value::String(text)) => self.rule(&pointer, &format!("`{}`", in_dots(&pointer)), text, rule),
            Some(other) => self.wrong_text(&pointer, other),
        }
    }

    /// A text that is not empty, or nothing.
    fn text(&mut self, holder: &Map<String, Value>, at: &str, key: &str) {
        let pointer = child(at, key);
        match holder.get(key) {
            Some(Value::String(text)) if text.trim().is_empty() && key != "description" => {
                self.add(&pointer, format!("`{}` must not be empty", in_dots(&pointer)));
            }
            None | Some(Value::String(_)) => {}
            Some(other) => self.wrong_text(&pointer, other),
        }
    }

    fn object<'a>(&mut self, holder: &'a Map<String, Value>, at: &str, key: &str) -> Option<&'a Map<String, Value>> {
        let value = holder.get(key)?;
        if !value.is_object() {
            self.wrong(&child(at, key), "an object", value);
        }
        value.as_object()
    }

    fn list<'a>(&mut self, holder: &'a Map<String, Value>, at: &str, key: &str) -> &'a [Value] {
        match holder.get(key) {
            None => &[],
            Some(Value::Array(items)) => items,
            Some(other) => {
                self.wrong(&child(at, key), "a list", other);
                &[]
            }
        }
    }
}
