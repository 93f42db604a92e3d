//! Predicates over the facts of the index.

use std::borrow::Cow;

use model::predicate::{Matcher, Predicate};
use roaring::RoaringBitmap;

use super::{
    segment::Segment,
    snapshot::{Matches, Snapshot},
};

impl Snapshot {
    /// Documents for which a predicate holds.
    pub(super) fn matching(&self, predicate: &Predicate) -> Matches<'_> {
        self.each(|segment| Cow::Owned(holding(segment, predicate)))
    }
}

fn holding(segment: &Segment, predicate: &Predicate) -> RoaringBitmap {
    match predicate {
        Predicate::All(all) => {
            all.iter().fold(segment.all().clone(), |set, predicate| set & holding(segment, predicate))
        }
        Predicate::Any(any) => {
            any.iter().fold(RoaringBitmap::new(), |set, predicate| set | holding(segment, predicate))
        }
        Predicate::Not(predicate) => segment.all() - holding(segment, predicate),
        Predicate::Path(path, matcher) => match matcher {
            Matcher::Exists(true) => segment.having(path).into_owned(),
            Matcher::Exists(false) => segment.all() - segment.having(path).as_ref(),
            Matcher::In(values) => segment.having_any(path, values).into_owned(),
            Matcher::HasPrefix(prefix) => segment.having_prefix(path, prefix),
            Matcher::Relation { types, targets } => types.iter().fold(RoaringBitmap::new(), |set, relation_type| {
                let path = format!("relations.{relation_type}");
                set | match targets {
                    Some(targets) => segment.having_any(&path, targets),
                    None => segment.having(&path),
                }
                .as_ref()
            }),
        },
    }
}
