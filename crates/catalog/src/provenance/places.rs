//! The form in which places are stored: a flat JSON list, in the order of a walk through the stored body that visits a value before what
//! it holds.
//!
//! - `line, column`: the value stands there, of its key if it has one, and what it holds follows;
//! - `line, column, "path"`: it is included there from a file, and nothing follows of what it holds;
//! - `0`: no file holds it, and nothing follows of what it holds.

use std::{collections::HashMap, fmt::Write as _};

use model::catalog::Position;
use serde_json::Value;

use crate::{
    descriptor::{Document, Node, push_key},
    processing::included_path,
};

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It stands there.
    File(Position),
    /// It is included there.
    Included {
        /// Where.
        position: Position,
        /// From which file, as written.
        path: String,
    },
    /// It is a part of what is included or made.
    Inside,
    /// No file holds it.
    Made,
}

/// The places of what processing has made of a document.
pub(crate) fn encode(document: &Document, entity: &Value) -> String {
    let mut text = String::from("[");
    write(entity, Some(document.root()), &mut text);
    text.pop();
    text.push(']');
    text
}

fn write(value: &Value, node: Option<Node<'_>>, text: &mut String) {
    let Some(node) = node else { return text.push_str("0,") };
    let start = text.len();
    let Position { line, column } = node.position();
    write!(text, "{line},{column},").expect("a string can be written to");
    if let Some(path) = included_path(node.value) {
        write!(text, "{},", Value::from(path)).expect("a string can be written to");
        return;
    }
    match value {
        // It was written over.
        Value::String(_) if value != node.value => {
            text.truncate(start);
            text.push_str("0,");
        }
        Value::Object(map) => {
            let members: Vec<_> = node.members().collect();
            // Nearly always they are in the same order.
            let mut expected = 0;
            for (key, value) in map {
                let is_meant = |(name, _): &&(&str, Node<'_>)| *name == key;
                let found = members.get(expected).filter(is_meant).or_else(|| members.iter().find(is_meant));
                expected += usize::from(found.is_some());
                write(value, found.map(|(_, node)| *node), text);
            }
        }
        Value::Array(items) => {
            let mut nodes = node.items();
            for item in items {
                write(item, nodes.next(), text);
            }
        }
        _ => {}
    }
}

/// The places of the values of a stored body by JSON pointer; none where the text is not of that body.
pub(crate) fn decode(text: &str, body: &Value) -> HashMap<String, Place> {
    let items: Vec<Value> = serde_json::from_str(text).unwrap_or_default();
    let mut reader = Reader { items: items.into_iter().peekable(), places: HashMap::new() };
    match reader.read(body, "") {
        Some(()) => reader.places,
        None => HashMap::new(),
    }
}

struct Reader {
    items: std::iter::Peekable<std::vec::IntoIter<Value>>,
    places: HashMap<String, Place>,
}

impl Reader {
    fn number(&mut self) -> Option<u32> {
        self.items.next()?.as_u64()?.try_into().ok()
    }

    fn read(&mut self, value: &Value, pointer: &str) -> Option<()> {
        let line = self.number()?;
        if line == 0 {
            self.places.insert(pointer.to_owned(), Place::Made);
            self.inside(value, pointer);
            return Some(());
        }
        let position = Position { line, column: self.number()? };
        if let Some(Value::String(path)) = self.items.next_if(Value::is_string) {
            self.places.insert(pointer.to_owned(), Place::Included { position, path });
            self.inside(value, pointer);
            return Some(());
        }
        self.places.insert(pointer.to_owned(), Place::File(position));
        for (pointer, value) in children(value, pointer) {
            self.read(value, &pointer)?;
        }
        Some(())
    }

    fn inside(&mut self, value: &Value, pointer: &str) {
        for (pointer, value) in children(value, pointer) {
            self.inside(value, &pointer);
            self.places.insert(pointer, Place::Inside);
        }
    }
}

/// What an object or a list holds, by JSON pointer.
pub(super) fn children<'a>(value: &'a Value, pointer: &str) -> Vec<(String, &'a Value)> {
    match value {
        Value::Object(map) => {
            let member = |(key, value): (&String, &'a Value)| {
                let mut pointer = pointer.to_owned();
                push_key(&mut pointer, key);
                (pointer, value)
            };
            map.iter().map(member).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, value)| (format!("{pointer}/{index}"), value)).collect()
        }
        _ => Vec::new(),
    }
}
