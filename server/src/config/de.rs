//! The tree to typed structs, by serde: errors name the place, and keys that no struct has are collected.

use std::{cell::RefCell, fmt};

use serde::de::{
    self, DeserializeOwned, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
    value::StrDeserializer,
};

use super::{
    ConfigError,
    tree::{Entry, Node, Origin, Value},
};

/// A key that nothing reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownKey {
    /// Where it stands.
    pub origin: Origin,
    /// From the root, in dots.
    pub path: String,
    /// The known key of the same map that is spelled most like it.
    pub nearest: Option<&'static str>,
}

impl fmt::Display for UnknownKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: unknown key `{}`", self.origin, self.path)?;
        self.nearest.map_or(Ok(()), |nearest| write!(f, "; did you mean `{nearest}`?"))
    }
}

/// Reads a tree as `T`, and says which of its keys `T` has no use for.
///
/// # Errors
/// [`ConfigError::Invalid`] for a value of the wrong type or form.
pub(super) fn from_tree<T: DeserializeOwned>(tree: &Node) -> Result<(T, Vec<UnknownKey>), ConfigError> {
    let unknown = RefCell::default();
    let root = NodeDeserializer { node: tree, path: String::new(), unknown: &unknown };
    match T::deserialize(root) {
        Ok(value) => Ok((value, unknown.into_inner())),
        Err(Error { message, at }) => {
            let (origin, path) = at.unwrap_or_else(|| (tree.origin.clone(), String::new()));
            Err(ConfigError::Invalid { origin, path, message })
        }
    }
}

/// What is wrong, and where once a node on the way out has said so.
#[derive(Debug)]
struct Error {
    message: String,
    at: Option<(Origin, String)>,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), at: None }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        // Never the text itself: it may be a secret at the wrong place.
        let found = match found {
            Unexpected::Str(_) => "a text".to_owned(),
            Unexpected::Bool(value) => format!("`{value}`"),
            Unexpected::Unsigned(value) => format!("the number {value}"),
            Unexpected::Signed(value) => format!("the number {value}"),
            Unexpected::Float(value) => format!("the number {value}"),
            Unexpected::Seq => "a list".to_owned(),
            Unexpected::Map => "a map".to_owned(),
            other => other.to_string(),
        };
        Self::custom(format_args!("expected {}, found {found}", in_words(&expected.to_string())))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(format_args!("expected one of {}, found `{variant}`", expected.join(", ")))
    }

    fn missing_field(field: &'static str) -> Self {
        Self::custom(format_args!("`{field}` is missing"))
    }
}

/// What serde calls a type, for people who write YAML.
fn in_words(expected: &str) -> &str {
    match expected {
        "a string" => "a text",
        "a boolean" => "`true` or `false`",
        "a sequence" => "a list",
        "u16" | "u64" | "usize" => "a whole number",
        _ if expected.starts_with("struct ") => "a map",
        _ => expected,
    }
}

struct NodeDeserializer<'a> {
    node: &'a Node,
    path: String,
    unknown: &'a RefCell<Vec<UnknownKey>>,
}

impl<'a> NodeDeserializer<'a> {
    fn child(&self, key: impl fmt::Display, node: &'a Node) -> Self {
        let path = if self.path.is_empty() { key.to_string() } else { format!("{}.{key}", self.path) };
        Self { node, path, unknown: self.unknown }
    }

    fn locate<T>(&self, result: Result<T, Error>) -> Result<T, Error> {
        result.map_err(|error| Error {
            at: error.at.or_else(|| Some((self.node.origin.clone(), self.path.clone()))),
            ..error
        })
    }

    fn visit<'de, V: Visitor<'de>>(&self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.value {
            Value::Null => visitor.visit_unit(),
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Integer(value) => match u64::try_from(*value) {
                Ok(value) => visitor.visit_u64(value),
                Err(_) => visitor.visit_i64(*value),
            },
            Value::Float(value) => visitor.visit_f64(*value),
            Value::Text(text) => visitor.visit_str(text),
            Value::List(items) => visitor.visit_seq(Items { list: self, items: items.iter().enumerate() }),
            Value::Map(entries) => visitor.visit_map(Entries { map: self, rest: entries.iter(), current: None }),
        }
    }

    /// Notes the keys that are not in `fields`; the struct passes over them.
    fn collect_unknown(&self, entries: &[Entry], fields: &'static [&'static str]) {
        for entry in entries.iter().filter(|entry| !fields.contains(&entry.key.as_str())) {
            let nearest = fields
                .iter()
                .map(|field| (strsim::osa_distance(&field.to_lowercase(), &entry.key.to_lowercase()), *field))
                .filter(|(distance, field)| *distance <= 1 + field.len() / 4)
                .min();
            self.unknown.borrow_mut().push(UnknownKey {
                origin: entry.key_origin.clone(),
                path: self.child(&entry.key, &entry.node).path,
                nearest: nearest.map(|(_, field)| field),
            });
        }
    }
}

/// A text where a number or a boolean is wanted is read as one: environment variables are always texts.
macro_rules! scalar_from_text {
    ($($method:ident => $visit:ident: $type:ty),*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            let parsed = match &self.node.value {
                Value::Text(text) => text.trim().parse::<$type>().ok(),
                _ => None,
            };
            self.locate(match parsed {
                Some(value) => visitor.$visit(value),
                None => self.visit(visitor),
            })
        }
    )*};
}

impl<'de> Deserializer<'de> for NodeDeserializer<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.locate(self.visit(visitor))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.node.value == Value::Null { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.locate(match &self.node.value {
            Value::Map(entries) => {
                self.collect_unknown(entries, fields);
                self.visit(visitor)
            }
            // Serde would read its items as the fields.
            Value::List(_) => Err(de::Error::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.visit(visitor),
        })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.locate(match &self.node.value {
            Value::Text(text) => {
                let variant: StrDeserializer<'_, Error> = text.as_str().into_deserializer();
                visitor.visit_enum(variant)
            }
            _ => self.visit(visitor),
        })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    scalar_from_text! {
        deserialize_bool => visit_bool: bool, deserialize_f32 => visit_f64: f64, deserialize_f64 => visit_f64: f64,
        deserialize_i8 => visit_i64: i64, deserialize_i16 => visit_i64: i64, deserialize_i32 => visit_i64: i64, deserialize_i64 => visit_i64: i64,
        deserialize_u8 => visit_u64: u64, deserialize_u16 => visit_u64: u64, deserialize_u32 => visit_u64: u64, deserialize_u64 => visit_u64: u64
    }

    serde::forward_to_deserialize_any! {
        i128 u128 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map identifier
    }
}

struct Items<'a, I> {
    list: &'a NodeDeserializer<'a>,
    items: I,
}

impl<'de, 'a, I: Iterator<Item = (usize, &'a Node)>> SeqAccess<'de> for Items<'a, I> {
    type Error = Error;

    fn next_element_seed<T: de::DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some((index, node)) = self.items.next() else { return Ok(None) };
        seed.deserialize(self.list.child(index, node)).map(Some)
    }
}

struct Entries<'a, I> {
    map: &'a NodeDeserializer<'a>,
    rest: I,
    current: Option<&'a Entry>,
}

impl<'de, 'a, I: Iterator<Item = &'a Entry>> MapAccess<'de> for Entries<'a, I> {
    type Error = Error;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        // A key without a value is as good as absent: the default holds.
        self.current = self.rest.find(|entry| entry.node.value != Value::Null);
        let Some(entry) = self.current else { return Ok(None) };
        let key: StrDeserializer<'_, Error> = entry.key.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let entry = self.current.take().expect("serde asks for a value after its key");
        seed.deserialize(self.map.child(&entry.key, &entry.node))
    }
}
