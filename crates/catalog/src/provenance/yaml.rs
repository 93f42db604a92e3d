//! An entity as YAML, and in which line of it each value begins.

use std::{borrow::Cow, collections::BTreeMap};

use saphyr::{Mapping, Scalar, ScalarStyle, Yaml, YamlEmitter};
use serde_json::Value;

use super::places::children;
use crate::descriptor::{Limits, parse};

const MARKER: &str = "---\n";

/// A value as YAML, texts of several lines in literal style.
///
/// # Panics
/// Never: a string can be written to.
pub fn in_yaml(value: &Value) -> String {
    let mut text = String::new();
    let mut emitter = YamlEmitter::new(&mut text);
    emitter.multiline(true);
    emitter.dump(&node(value)).expect("a string can be written to");
    let mut text = text.strip_prefix(MARKER).map_or_else(|| text.clone(), str::to_owned);
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn node(value: &Value) -> Yaml<'_> {
    match value {
        Value::Null => Yaml::Value(Scalar::Null),
        Value::Bool(value) => Yaml::Value(Scalar::Boolean(*value)),
        Value::Number(number) => match number.as_i64() {
            Some(number) => Yaml::Value(Scalar::Integer(number)),
            None => Yaml::Representation(Cow::Owned(number.to_string()), ScalarStyle::Plain, None),
        },
        Value::String(text) => Yaml::Value(Scalar::String(Cow::Borrowed(text))),
        Value::Array(items) => Yaml::Sequence(items.iter().map(node).collect()),
        Value::Object(map) => {
            let member = |(key, value)| (Yaml::Value(Scalar::String(Cow::Borrowed::<str>(key))), node(value));
            Yaml::Mapping(map.iter().map(|(key, value)| member((key.as_str(), value))).collect::<Mapping<'_>>())
        }
    }
}

/// The JSON pointers of the values that begin in each line of a YAML text, from 1; none if it is too large to be read within the limits.
pub(crate) fn lines(yaml: &str, limits: &Limits) -> BTreeMap<u32, Vec<String>> {
    let parsed = parse(yaml.as_bytes(), limits);
    let mut lines: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    let Some(document) = parsed.documents.first() else { return lines };
    let mut waiting = vec![(String::new(), &document.value)];
    while let Some((pointer, value)) = waiting.pop() {
        let mut inner = children(value, &pointer);
        inner.reverse();
        if !pointer.is_empty() {
            lines.entry(document.position(&pointer).line).or_default().push(pointer);
        }
        waiting.append(&mut inner);
    }
    lines
}
