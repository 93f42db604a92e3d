//! YAML text to a tree.

use std::sync::Arc;

use saphyr::{LoadableYamlNode, MarkedYaml, Marker, Scalar, YamlData};

use super::{
    ConfigError,
    tree::{Entry, Node, Origin, SourceFile, Value},
};

/// Reads one YAML document. JSON is YAML.
///
/// # Errors
/// [`ConfigError::Syntax`] where the text is no YAML, has several documents, or a key that is no text.
pub(super) fn parse(text: &str, file: &Arc<SourceFile>) -> Result<Node, ConfigError> {
    let documents = MarkedYaml::load_from_str(text).map_err(|error| ConfigError::Syntax {
        origin: origin(file, *error.marker()),
        message: error.info().to_owned(),
    })?;
    match documents.as_slice() {
        [] => Ok(Node::empty()),
        [document] => convert(document, file),
        [_, second, ..] => Err(ConfigError::Syntax {
            origin: origin(file, second.span.start),
            message: "a configuration file has one YAML document".to_owned(),
        }),
    }
}

fn convert(yaml: &MarkedYaml<'_>, file: &Arc<SourceFile>) -> Result<Node, ConfigError> {
    let at = origin(file, yaml.span.start);
    let refuse = |message: &str| Err(ConfigError::Syntax { origin: at.clone(), message: message.to_owned() });
    let value = match &yaml.data {
        YamlData::Value(Scalar::Null) => Value::Null,
        YamlData::Value(Scalar::Boolean(value)) => Value::Bool(*value),
        YamlData::Value(Scalar::Integer(value)) => Value::Integer(*value),
        YamlData::Value(Scalar::FloatingPoint(value)) => Value::Float(**value),
        YamlData::Value(Scalar::String(value)) => Value::Text(value.to_string()),
        YamlData::Sequence(items) => {
            Value::List(items.iter().map(|item| convert(item, file)).collect::<Result<_, _>>()?)
        }
        YamlData::Mapping(entries) => {
            let mut map = Vec::with_capacity(entries.len());
            for (key, value) in entries {
                let key_origin = origin(file, key.span.start);
                let YamlData::Value(Scalar::String(key)) = &key.data else {
                    return Err(ConfigError::Syntax { origin: key_origin, message: "a key must be a text".to_owned() });
                };
                map.push(Entry { key: key.to_string(), key_origin, node: convert(value, file)? });
            }
            Value::Map(map)
        }
        YamlData::Tagged(..) => return refuse("tags (`!name`) have no meaning in configuration"),
        YamlData::Representation(..) | YamlData::Alias(_) | YamlData::BadValue => return refuse("unreadable value"),
    };
    Ok(Node { value, origin: at })
}

fn origin(file: &Arc<SourceFile>, marker: Marker) -> Origin {
    Origin::File { file: Arc::clone(file), line: marker.line(), column: marker.col() + 1 }
}
