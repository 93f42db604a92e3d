use model::catalog::Position;
use serde_json::Value;

/// Where one value stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Of its key if it has one, else its own.
    pub(super) position: Position,
    /// Values in it, itself included.
    pub(super) size: u32,
}

/// Where each value of a document stands, in the order of a walk that visits a value before what it holds. This costs
/// twelve bytes a value.
#[derive(Debug, Default)]
pub(super) struct Places(Vec<Place>);

/// A value of a document, with its place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a> {
    /// The value.
    pub(crate) value: &'a Value,
    places: &'a [Place],
}

impl Places {
    pub(super) fn new(places: Vec<Place>) -> Self {
        Self(places)
    }

    pub(super) fn node<'a>(&'a self, root: &'a Value) -> Node<'a> {
        Node { value: root, places: &self.0 }
    }

    /// As [`Document::position`](super::Document::position).
    pub(super) fn find(&self, root: &Value, pointer: &str) -> Position {
        let mut node = self.node(root);
        for key in pointer.split('/').skip(1) {
            let key = key.replace("~1", "/").replace("~0", "~");
            let child = match node.value {
                Value::Object(_) => node.members().find(|(name, _)| *name == key).map(|(_, member)| member),
                Value::Array(_) => key.parse().ok().and_then(|index: usize| node.items().nth(index)),
                _ => None,
            };
            match child {
                Some(child) => node = child,
                None => break,
            }
        }
        node.position()
    }
}

impl<'a> Node<'a> {
    /// Of its key if it has one, else its own.
    pub(crate) fn position(&self) -> Position {
        self.places[0].position
    }

    /// The members of an object, in their order; none of anything else.
    pub(crate) fn members(self) -> impl Iterator<Item = (&'a str, Node<'a>)> {
        let members = self.value.as_object().into_iter().flatten();
        let mut rest = &self.places[1..];
        members.map(move |(key, value)| (key.as_str(), next(value, &mut rest)))
    }

    /// The items of a list, in their order; none of anything else.
    pub(crate) fn items(self) -> impl Iterator<Item = Node<'a>> {
        let items = self.value.as_array().into_iter().flatten();
        let mut rest = &self.places[1..];
        items.map(move |value| next(value, &mut rest))
    }
}

/// Splits the places of the next value off.
fn next<'a>(value: &'a Value, rest: &mut &'a [Place]) -> Node<'a> {
    let (places, others) = rest.split_at(rest[0].size as usize);
    *rest = others;
    Node { value, places }
}
