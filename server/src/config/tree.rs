//! Configuration before it has types: a tree of values, each of which knows where it was written.

use std::{fmt, path::PathBuf, sync::Arc};

/// A file that configuration was read from.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// As it was given.
    pub path: PathBuf,
    /// Written for Backstage (`app-config*.yaml`): keys that we don't use are no mistake there.
    pub backstage: bool,
}

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In a file; line and column count from 1.
    File { file: Arc<SourceFile>, line: usize, column: usize },
    /// In this environment variable.
    Environment(String),
    /// In this flag of the command line.
    Flag(&'static str),
    /// Nowhere: the tree's root, and what merging made.
    Nowhere,
}

impl Origin {
    /// True for a place in a file that was written for Backstage.
    pub fn is_backstage(&self) -> bool {
        matches!(self, Self::File { file, .. } if file.backstage)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, line, column } => write!(f, "{}:{line}:{column}", file.path.display()),
            Self::Environment(name) => write!(f, "environment variable {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
            Self::Nowhere => f.write_str("configuration"),
        }
    }
}

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub value: Value,
    pub origin: Origin,
}

/// What a configuration file can hold.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key of a map and its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub key: String,
    pub key_origin: Origin,
    pub node: Node,
}

impl Node {
    /// A map without keys, to merge into.
    pub(super) fn empty() -> Self {
        Self { value: Value::Map(Vec::new()), origin: Origin::Nowhere }
    }

    /// A tree whose only leaf is `value`, below the keys of `path`.
    pub(super) fn nested(path: &[&str], value: Value, origin: &Origin) -> Self {
        let leaf = Self { value, origin: origin.clone() };
        path.iter().rev().fold(leaf, |node, key| Self {
            value: Value::Map(vec![Entry { key: (*key).to_owned(), key_origin: origin.clone(), node }]),
            origin: origin.clone(),
        })
    }

    /// Lays `over` on top: maps are joined key by key, anything else is replaced.
    pub(super) fn merge(&mut self, over: Self) {
        match (&mut self.value, over) {
            (Value::Map(entries), Self { value: Value::Map(added), .. }) => {
                for entry in added {
                    match entries.iter_mut().find(|known| known.key == entry.key) {
                        Some(known) => known.node.merge(entry.node),
                        None => entries.push(entry),
                    }
                }
            }
            (_, over) => *self = over,
        }
    }

    /// The value of a key, if this is a map that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        let Value::Map(entries) = &self.value else { return None };
        entries.iter().find(|entry| entry.key == key).map(|entry| &entry.node)
    }

    /// The value of an item, if this is a list that has it.
    pub(super) fn item(&self, index: usize) -> Option<&Self> {
        let Value::List(items) = &self.value else { return None };
        items.get(index)
    }
}
