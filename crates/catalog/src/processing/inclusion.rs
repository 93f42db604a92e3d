use serde_json::Value;

use super::{Context, Finding};
use crate::{
    descriptor::{self, Limits, push_key},
    kinds::in_dots,
};

/// Reads what a document includes by `$text`, `$json` and `$yaml`.
pub trait Include: Send + Sync {
    /// The bytes of a file, by its path as written in the document.
    ///
    /// # Errors
    /// Why it can't be read, for a person.
    fn read(&self, path: &str) -> Result<Vec<u8>, String>;
}

/// Replaces each object whose only key is `$text`, `$json` or `$yaml` by the content of the file that it names.
///
/// Source: Backstage, `plugins/catalog-backend/src/processors/PlaceholderProcessor.ts`.
pub(super) fn include_files(entity: &mut Value, context: &Context<'_>) -> Vec<Finding> {
    let values_left = context.limits.document_nodes;
    let mut inclusion = Inclusion { context, left: context.limits.inclusions, values_left, findings: Vec::new() };
    inclusion.visit(entity, "", 1);
    inclusion.findings
}

struct Inclusion<'a> {
    context: &'a Context<'a>,
    /// Files.
    left: usize,
    /// Objects, lists and plain values out of files.
    values_left: usize,
    findings: Vec<Finding>,
}

impl Inclusion<'_> {
    /// `depth` objects and lists stand around what `value` holds, itself included.
    fn visit(&mut self, value: &mut Value, pointer: &str, depth: usize) {
        match value {
            Value::Object(map) => {
                if let Some((form, path)) = placeholder(map) {
                    match self.content(form, path, depth) {
                        Ok(content) => *value = content,
                        Err(why) => {
                            let message = format!("`{}` can not include `{}`: {why}", in_dots(pointer), shown(path));
                            let hint = "name a file beside the descriptor, in the form that is asked for";
                            self.findings.push(Finding::error(pointer, message).hint(hint));
                        }
                    }
                    return;
                }
                for (key, value) in map.iter_mut() {
                    let mut pointer = pointer.to_owned();
                    push_key(&mut pointer, key);
                    self.visit(value, &pointer, depth + 1);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.visit(item, &format!("{pointer}/{index}"), depth + 1);
                }
            }
            _ => {}
        }
    }

    fn content(&mut self, form: Form, path: &Value, depth: usize) -> Result<Value, String> {
        let path = path.as_str().ok_or("the name of the file must be a text")?;
        if self.left == 0 {
            return Err(format!("the document includes more than {} files", self.context.limits.inclusions));
        }
        self.left -= 1;
        let limits = self.context.limits;
        let bytes = self.context.include.read(path)?;
        if bytes.len() as u64 > limits.file_bytes {
            return Err(format!("the file is longer than the {} bytes that are allowed", limits.file_bytes));
        }
        if !self.context.budget.include(bytes.len() as u64) {
            let limit = limits.included_bytes;
            return Err(format!("the documents of this file include more than {limit} bytes in all"));
        }
        let content = match form {
            Form::Text => Value::String(String::from_utf8(bytes).map_err(|_| "the file is not UTF-8")?),
            Form::Json if most_json_values(&bytes) > self.values_left => {
                return Err(format!("the document would hold more than {} values", limits.document_nodes));
            }
            Form::Json => serde_json::from_slice(&bytes).map_err(|error| format!("not valid JSON: {error}"))?,
            Form::Yaml => {
                let left = Limits { nodes: self.values_left, document_nodes: self.values_left, ..limits.clone() };
                yaml(&bytes, &left)?
            }
        };
        self.values_left = self.values_left.saturating_sub(values(&content));
        if depth + height(&content) > limits.depth {
            return Err(format!("objects and lists would stand more than {} deep in one another", limits.depth));
        }
        Ok(content)
    }
}

#[derive(Clone, Copy)]
pub(super) enum Form {
    Text,
    Json,
    Yaml,
}

pub(super) fn placeholder(map: &serde_json::Map<String, Value>) -> Option<(Form, &Value)> {
    let (key, path) = map.iter().next().filter(|_| map.len() == 1)?;
    let form = match key.as_str() {
        "$text" => Form::Text,
        "$json" => Form::Json,
        "$yaml" => Form::Yaml,
        _ => return None,
    };
    Some((form, path))
}

fn yaml(bytes: &[u8], limits: &Limits) -> Result<Value, String> {
    let mut parsed = descriptor::parse(bytes, limits);
    if let Some(error) = parsed.errors.first() {
        return Err(format!("{} in line {}", error.message, error.position.line));
    }
    match parsed.documents.len() {
        0 => Ok(Value::Null),
        1 => Ok(parsed.documents.remove(0).value),
        documents => Err(format!("the file has {documents} documents, and one is expected")),
    }
}

/// An upper bound of the objects, lists and plain values of a JSON text, told before any of them takes memory.
fn most_json_values(bytes: &[u8]) -> usize {
    1 + bytes.iter().filter(|byte| b",[{".contains(byte)).count()
}

fn values(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(values).sum::<usize>(),
        Value::Object(map) => 1 + map.values().map(values).sum::<usize>(),
        _ => 1,
    }
}

fn height(value: &Value) -> usize {
    match value {
        Value::Array(items) => 1 + items.iter().map(height).max().unwrap_or(0),
        Value::Object(map) => 1 + map.values().map(height).max().unwrap_or(0),
        _ => 0,
    }
}

fn shown(path: &Value) -> String {
    path.as_str().map_or_else(|| path.to_string(), str::to_owned)
}
