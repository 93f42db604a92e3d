use std::collections::HashMap;

use model::catalog::Position;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Span, Tag};
use serde_json::{Map, Value};

use super::{
    Document, Limits, Places, SyntaxError,
    places::Place,
    scalar::{number, resolve},
    syntax::explain,
};

/// Builds documents out of the events of the YAML parser, under limits.
pub(super) struct Builder<'a> {
    limits: &'a Limits,
    lines_before: usize,
    budget: &'a mut Budget,
    pub(super) documents: Vec<Document>,
    /// Of the document that is being built.
    places: Vec<Place>,
    open: Vec<Open>,
    anchors: HashMap<usize, Anchored>,
    alias_nodes_left: usize,
}

/// What is left of a file's limits, over all its documents.
pub(super) struct Budget {
    nodes: usize,
    /// Bytes of text that is kept or written once more than it stands in the file.
    copied_bytes: u64,
}

impl Budget {
    pub(super) fn of(limits: &Limits) -> Self {
        Self { nodes: limits.nodes, copied_bytes: limits.file_bytes }
    }
}

/// An object or list that has not ended.
struct Open {
    node: Node,
    /// Of its place.
    index: usize,
    /// 0 for none.
    anchor: usize,
    /// Objects and lists inside one another in what it holds so far, itself included.
    height: usize,
}

enum Node {
    Object { map: Map<String, Value>, key: Option<(String, Position)> },
    List(Vec<Value>),
}

/// What an alias stands for.
#[derive(Clone)]
struct Anchored {
    value: Value,
    places: usize,
    height: usize,
    text_bytes: u64,
}

type Result<T> = std::result::Result<T, SyntaxError>;

impl<'a> Builder<'a> {
    pub(super) fn new(limits: &'a Limits, lines_before: usize, budget: &'a mut Budget) -> Self {
        Self {
            limits,
            lines_before,
            budget,
            documents: Vec::new(),
            places: Vec::new(),
            open: Vec::new(),
            anchors: HashMap::new(),
            alias_nodes_left: limits.alias_nodes,
        }
    }

    /// Reads documents until the end or the first error; those before the error are kept.
    pub(super) fn read(&mut self, text: &str) -> Result<()> {
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| self.scan_error(&error))?;
            self.take(event, span)?;
        }
        Ok(())
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<()> {
        let position = self.position(&span.start);
        match event {
            Event::DocumentStart(_) => {
                self.places.clear();
                self.open.clear();
                self.anchors.clear();
                self.alias_nodes_left = self.limits.alias_nodes;
            }
            Event::Scalar(text, style, anchor, tag) => {
                if self.takes_key() {
                    let key = scalar(&text, style, tag.as_deref());
                    self.anchor(anchor, &key, 1, 0, position)?;
                    return self.set_key(key, position);
                }
                let value = scalar(&text, style, tag.as_deref());
                self.enter(position, 1)?;
                self.anchor(anchor, &value, 1, 0, position)?;
                self.add(value, 0);
            }
            Event::MappingStart(anchor, _) => {
                self.open(Node::Object { map: Map::new(), key: None }, anchor, position)?;
            }
            Event::SequenceStart(anchor, _) => self.open(Node::List(Vec::new()), anchor, position)?,
            Event::MappingEnd | Event::SequenceEnd => self.close(position)?,
            Event::Alias(anchor) => self.write_out(anchor, position)?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
        }
        Ok(())
    }

    /// True if what comes next is a key.
    fn takes_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { node: Node::Object { key: None, .. }, .. }))
    }

    fn set_key(&mut self, key: Value, position: Position) -> Result<()> {
        let key = match key {
            Value::Null => String::new(),
            Value::String(text) => text,
            Value::Object(_) | Value::Array(_) => return Err(no_key(position)),
            plain => plain.to_string(),
        };
        let Some(Open { node: Node::Object { map, key: open_key }, .. }) = self.open.last_mut() else { return Ok(()) };
        if map.contains_key(&key) {
            let message = format!("the key `{key}` stands twice in the same object");
            return Err(SyntaxError { message, hint: Some("remove one of them"), position });
        }
        *open_key = Some((key, position));
        Ok(())
    }

    /// Notes the place of a value, which is that of its key if it has one.
    fn enter(&mut self, position: Position, size: usize) -> Result<()> {
        let position = match self.open.last() {
            Some(Open { node: Node::Object { key: Some((_, position)), .. }, .. }) => *position,
            _ => position,
        };
        self.count(size, position)?;
        if self.places.len() + size > self.limits.document_nodes {
            let message = format!("the document holds more than {} values", self.limits.document_nodes);
            let hint = Some("shorten its lists, or raise `backend.limits.catalogDocumentValues`");
            return Err(SyntaxError { message, hint, position });
        }
        self.places.push(Place { position, size: size as u32 });
        Ok(())
    }

    fn open(&mut self, node: Node, anchor: usize, position: Position) -> Result<()> {
        if self.takes_key() {
            return Err(no_key(position));
        }
        self.enter(position, 1)?;
        self.open.push(Open { node, index: self.places.len() - 1, anchor, height: 1 });
        self.check_depth(self.open.len(), position)
    }

    fn close(&mut self, position: Position) -> Result<()> {
        let Some(Open { node, index, anchor, height }) = self.open.pop() else { return Ok(()) };
        let value = match node {
            Node::Object { map, .. } => Value::Object(map),
            Node::List(items) => Value::Array(items),
        };
        let size = self.places.len() - index;
        self.places[index].size = size as u32;
        self.anchor(anchor, &value, size, height, position)?;
        self.add(value, height);
        Ok(())
    }

    /// Keeps a value that aliases may name. It is a copy, so its values and its text count once more.
    fn anchor(&mut self, anchor: usize, value: &Value, places: usize, height: usize, position: Position) -> Result<()> {
        if anchor != 0 {
            self.count(places, position)?;
            let text_bytes = text_bytes(value);
            self.count_copied(text_bytes, position)?;
            self.anchors.insert(anchor, Anchored { value: value.clone(), places, height, text_bytes });
        }
        Ok(())
    }

    fn count(&mut self, nodes: usize, position: Position) -> Result<()> {
        if self.budget.nodes < nodes {
            let message = format!("the file holds more than {} values", self.limits.nodes);
            return Err(SyntaxError {
                message,
                hint: Some("split it into several files, or raise `backend.limits.catalogFileValues`"),
                position,
            });
        }
        self.budget.nodes -= nodes;
        Ok(())
    }

    /// Nodes alone do not bound this: one anchor may hold megabytes of text.
    fn count_copied(&mut self, bytes: u64, position: Position) -> Result<()> {
        if self.budget.copied_bytes < bytes {
            let limit = self.limits.file_bytes;
            let message = format!("the anchors and aliases of the file stand for more than {limit} bytes of text");
            return Err(SyntaxError { message, hint: Some("write the text once, without an anchor"), position });
        }
        self.budget.copied_bytes -= bytes;
        Ok(())
    }

    /// Puts a value into the object or list that is open; without any it is the document.
    fn add(&mut self, value: Value, height: usize) {
        let Some(open) = self.open.last_mut() else {
            let places = Places::new(std::mem::take(&mut self.places));
            self.documents.push(Document { value, places });
            return;
        };
        open.height = open.height.max(height + 1);
        match &mut open.node {
            Node::List(items) => items.push(value),
            Node::Object { map, key } => {
                if let Some((key, _)) = key.take() {
                    map.insert(key, value);
                }
            }
        }
    }

    /// Puts what an alias stands for in its place. All of it counts, so that a few lines can't become gigabytes.
    fn write_out(&mut self, anchor: usize, position: Position) -> Result<()> {
        let Some(Anchored { places, height, text_bytes, .. }) = self.anchors.get(&anchor) else {
            let message = "the alias stands inside the value that it names".to_owned();
            return Err(SyntaxError { message, hint: Some("remove the alias, or move it behind the value"), position });
        };
        let (places, height, text_bytes) = (*places, *height, *text_bytes);
        if self.alias_nodes_left < places {
            let message = format!("the aliases of the document stand for more than {} values", self.limits.alias_nodes);
            return Err(SyntaxError { message, hint: Some("write the values out, or in a document each"), position });
        }
        self.alias_nodes_left -= places;
        self.count_copied(text_bytes, position)?;
        self.check_depth(self.open.len() + height, position)?;
        let value = self.anchors[&anchor].value.clone();
        if self.takes_key() {
            return self.set_key(value, position);
        }
        self.enter(position, places)?;
        // What is in it has no place of its own but that of the alias.
        let inner = sizes_below(&value);
        let position = self.places[self.places.len() - 1].position;
        self.places.extend(inner.into_iter().map(|size| Place { position, size }));
        self.add(value, height);
        Ok(())
    }

    fn check_depth(&self, depth: usize, position: Position) -> Result<()> {
        if depth <= self.limits.depth {
            return Ok(());
        }
        let message = format!("objects and lists stand more than {} deep in one another", self.limits.depth);
        Err(SyntaxError { message, hint: Some("check for brackets or dashes that were not meant"), position })
    }

    fn position(&self, marker: &Marker) -> Position {
        Position { line: (self.lines_before + marker.line()) as u32, column: marker.col() as u32 + 1 }
    }

    fn scan_error(&self, error: &ScanError) -> SyntaxError {
        let (message, hint) = explain(error.info());
        SyntaxError { message, hint, position: self.position(error.marker()) }
    }
}

/// Bytes of all texts in a value, keys included.
fn text_bytes(value: &Value) -> u64 {
    match value {
        Value::String(text) => text.len() as u64,
        Value::Array(items) => items.iter().map(text_bytes).sum(),
        Value::Object(map) => map.iter().map(|(key, value)| key.len() as u64 + text_bytes(value)).sum(),
        _ => 0,
    }
}

/// Sizes of all values inside one, in the order of [`Places`].
fn sizes_below(value: &Value) -> Vec<u32> {
    fn visit(value: &Value, sizes: &mut Vec<u32>) {
        let at = sizes.len();
        sizes.push(1);
        match value {
            Value::Array(items) => items.iter().for_each(|item| visit(item, sizes)),
            Value::Object(map) => map.values().for_each(|item| visit(item, sizes)),
            _ => {}
        }
        sizes[at] = (sizes.len() - at) as u32;
    }
    let mut sizes = Vec::new();
    visit(value, &mut sizes);
    sizes.remove(0);
    sizes
}

fn no_key(position: Position) -> SyntaxError {
    let message = "a key must be a plain text, not an object or a list".to_owned();
    // Mostly a template's placeholder `{{ name }}` outside quotes.
    SyntaxError { message, hint: Some("put the text in quotes if it begins with `{` or `[`"), position }
}

/// The value of a scalar. Tags outside the core schema are passed over, as in Backstage.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let string = || Value::String(text.to_owned());
    match tag.filter(|tag| tag.is_yaml_core_schema()).map(|tag| tag.suffix.as_str()) {
        Some("int" | "float") => number(text).unwrap_or_else(string),
        Some("bool" | "null") => resolve(text),
        Some(_) => string(),
        None if tag.is_some() || style != ScalarStyle::Plain => string(),
        None => resolve(text),
    }
}
