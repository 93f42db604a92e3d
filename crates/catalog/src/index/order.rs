//! Orders of documents, by the values at one or several paths.

use std::cmp::Ordering;

use model::catalog::{Order as Direction, OrderField};

use roaring::RoaringBitmap;

use super::{
    posting::Doc,
    segment::{NO_VALUE, Segment},
};

/// By what documents are sorted; equal ones by ref.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct OrderSpec {
    /// Paths in lower case.
    pub(super) fields: Vec<OrderField>,
    /// Keep documents without the first path, at the end, instead of leaving them out as Backstage does.
    pub(super) keep_missing: bool,
}

impl OrderSpec {
    pub(super) fn new(fields: &[OrderField], keep_missing: bool) -> Self {
        let fields = fields.iter().map(|f| OrderField { field: f.field.to_lowercase(), order: f.order }).collect();
        Self { fields, keep_missing }
    }
}

/// The documents of one segment in an order.
pub(super) struct Order {
    /// In order.
    pub(super) docs: Vec<Doc>,
    /// Where each document stands in `docs`; [`NO_VALUE`] if it is left out.
    pub(super) ranks: Vec<u32>,
    /// The documents that are not left out; `None` if none is.
    pub(super) members: Option<RoaringBitmap>,
}

impl Order {
    pub(super) fn build(segment: &Segment, spec: &OrderSpec) -> Self {
        let columns: Vec<_> = spec.fields.iter().map(|f| (segment.column(&f.field), f.order)).collect();
        let mut docs: Vec<Doc> = (0..segment.len()).collect();
        if let Some((first, _)) = columns.first().filter(|_| !spec.keep_missing) {
            docs.retain(|doc| first[*doc as usize] != NO_VALUE);
        }
        docs.sort_unstable_by(|a, b| {
            let by_value = columns.iter().map(|(column, direction)| {
                let (a, b) = (column[*a as usize], column[*b as usize]);
                // A missing value comes last in both directions.
                match direction {
                    _ if a == NO_VALUE || b == NO_VALUE => a.cmp(&b),
                    Direction::Asc => a.cmp(&b),
                    Direction::Desc => b.cmp(&a),
                }
            });
            by_value.fold(Ordering::Equal, Ordering::then).then(a.cmp(b))
        });
        let mut ranks = vec![NO_VALUE; segment.len() as usize];
        for (rank, doc) in docs.iter().enumerate() {
            ranks[*doc as usize] = rank as u32;
        }
        let members = (docs.len() < ranks.len()).then(|| docs.iter().copied().collect());
        Self { docs, ranks, members }
    }
}

/// Where a document stands in an order, comparable across segments and over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SortKey {
    /// The value at each path of the order, in its own spelling.
    pub(super) values: Vec<Option<String>>,
    /// Canonical ref.
    pub(super) entity_ref: String,
}

impl SortKey {
    pub(super) fn of(segment: &Segment, doc: Doc, spec: &OrderSpec) -> Self {
        let value = |field: &OrderField| {
            let number = segment.column(&field.field)[doc as usize];
            (number != NO_VALUE).then(|| segment.facts.original(&segment.facts.values[number as usize]).to_owned())
        };
        Self { values: spec.fields.iter().map(value).collect(), entity_ref: segment.entity_ref(doc).to_owned() }
    }

    /// Compares as [`Order::build`] sorts.
    pub(super) fn compare(&self, other: &Self, spec: &OrderSpec) -> Ordering {
        for ((a, b), field) in self.values.iter().zip(&other.values).zip(&spec.fields) {
            let ordering = match (a, b) {
                (Some(a), Some(b)) => {
                    let ordering = a.to_lowercase().cmp(&b.to_lowercase()).then_with(|| a.cmp(b));
                    if field.order == Direction::Desc { ordering.reverse() } else { ordering }
                }
                (a, b) => a.is_none().cmp(&b.is_none()),
            };
            if ordering.is_ne() {
                return ordering;
            }
        }
        self.entity_ref.cmp(&other.entity_ref)
    }
}
