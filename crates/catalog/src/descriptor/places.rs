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
/// twelve bytes a value, and a lookup only happens for what is wrong.
#[derive(Debug, Default)]
pub(super) struct Places(Vec<Place>);

impl Places {
    pub(super) fn new(places: Vec<Place>) -> Self {
        Self(places)
    }

    /// As [`Document::position`](super::Document::position).
    pub(super) fn find(&self, root: &Value, pointer: &str) -> Position {
        let (mut value, mut at) = (root, 0);
        for key in pointer.split('/').skip(1) {
            let key = key.replace("~1", "/").replace("~0", "~");
            let (index, child) = match value {
                Value::Object(map) => match map.iter().position(|(name, _)| *name == key) {
                    Some(index) => (index, &map[&key]),
                    None => break,
                },
                Value::Array(items) => match key.parse().ok().and_then(|index: usize| Some((index, items.get(index)?)))
                {
                    Some(found) => found,
                    None => break,
                },
                _ => break,
            };
            at += 1;
            for _ in 0..index {
                at += self.0[at].size as usize;
            }
            value = child;
        }
        self.0[at].position
    }
}
