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
        self.each(|segment| Cow::Owned(self.holding(segment, predicate)))
    }

    fn holding(&self, segment: &Segment, predicate: &Predicate) -> RoaringBitmap {
        match predicate {
            Predicate::All(all) => {
                all.iter().fold(segment.all().clone(), |set, predicate| set & self.holding(segment, predicate))
            }
            Predicate::Any(any) => {
                any.iter().fold(RoaringBitmap::new(), |set, predicate| set | self.holding(segment, predicate))
            }
            Predicate::Not(predicate) => segment.all() - self.holding(segment, predicate),
            Predicate::Path(path, matcher) => match matcher {
                Matcher::Exists(true) => self.having(segment, path).into_owned(),
                Matcher::Exists(false) => segment.all() - self.having(segment, path).as_ref(),
                Matcher::In(values) => self.having_any(segment, path, values).into_owned(),
                Matcher::HasPrefix(prefix) => self.having_prefix(segment, path, prefix),
                Matcher::Relation { types, targets } => {
                    types.iter().fold(RoaringBitmap::new(), |set, relation_type| {
                        let path = format!("relations.{relation_type}");
                        set | match targets {
                            Some(targets) => self.having_any(segment, &path, targets),
                            None => self.having(segment, &path),
                        }
                        .as_ref()
                    })
                }
            },
        }
    }
}
