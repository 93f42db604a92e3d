//! The configuration in force as YAML.

use std::fmt::Write as _;

use serde_json::Value as Json;

use super::{Config, tree::Node};

/// Each value with a comment that says where it comes from; what no source names is a default.
pub(super) fn to_yaml(config: &Config, tree: &Node) -> String {
    let json = serde_json::to_value(config).expect("keys are texts and values are JSON");
    let mut yaml = String::new();
    write_map(&mut yaml, &json, Some(tree), 0);
    yaml
}

fn write_map(yaml: &mut String, json: &Json, tree: Option<&Node>, depth: usize) {
    for (key, value) in json.as_object().into_iter().flatten() {
        let node = tree.and_then(|tree| tree.get(key));
        let indent = "  ".repeat(depth);
        match value {
            Json::Object(map) if !map.is_empty() => {
                line(yaml, &format!("{indent}{key}:"), None);
                write_map(yaml, value, node, depth + 1);
            }
            Json::Array(items) if items.iter().any(Json::is_object) => {
                line(yaml, &format!("{indent}{key}:"), None);
                for (index, item) in items.iter().enumerate() {
                    let node = node.and_then(|list| list.item(index));
                    line(yaml, &format!("{indent}  - {item}"), Some(node));
                }
            }
            value => line(yaml, &format!("{indent}{key}: {value}"), Some(node)),
        }
    }
}

/// Scalars and flat lists are written as JSON, which is YAML. `node` is `None` where no comment is due.
fn line(yaml: &mut String, text: &str, node: Option<Option<&Node>>) {
    let comment = match node {
        None => return yaml.push_str(&format!("{text}\n")),
        Some(None) => "default".to_owned(),
        Some(Some(node)) => node.origin.to_string(),
    };
    writeln!(yaml, "{text}  # {comment}").expect("writing to a text does not fail");
}
