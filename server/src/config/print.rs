//! The configuration in force as YAML.

use serde_json::Value as Json;

use super::{Config, tree::Node};

/// Each value with a comment that says where it comes from; what no source names is a default.
pub(super) fn to_yaml(config: &Config, tree: &Node) -> String {
    let json = serde_json::to_value(config).expect("keys are texts and values are JSON");
    let mut yaml = String::new();
    write_map(&mut yaml, &json, Some(tree), "");
    yaml
}

fn write_map(yaml: &mut String, json: &Json, tree: Option<&Node>, indent: &str) {
    for (key, value) in json.as_object().into_iter().flatten() {
        let node = tree.and_then(|tree| tree.get(key));
        match value {
            Json::Object(map) if !map.is_empty() => {
                yaml.extend([indent, key, ":\n"]);
                write_map(yaml, value, node, &format!("{indent}  "));
            }
            Json::Array(items) if items.iter().any(Json::is_object) => {
                yaml.extend([indent, key, ":\n"]);
                for (index, item) in items.iter().enumerate() {
                    let node = node.and_then(|list| list.item(index));
                    yaml.extend([indent, "  - ", &item.to_string(), &origin(node)]);
                }
            }
            // Scalars and flat lists are written as JSON, which is YAML.
            value => yaml.extend([indent, key, ": ", &value.to_string(), &origin(node)]),
        }
    }
}

fn origin(node: Option<&Node>) -> String {
    node.map_or_else(|| "  # default\n".to_owned(), |node| format!("  # {}\n", node.origin))
}
