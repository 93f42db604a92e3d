use std::cell::Cell;

use crate::descriptor::Limits;

/// What is left of a file's limits while its documents are processed one after the other.
#[derive(Debug)]
pub struct Budget {
    included_bytes: Cell<u64>,
    problems: Cell<usize>,
}

impl Budget {
    /// That of a file of which no document has been looked at.
    pub fn of(limits: &Limits) -> Self {
        Self { included_bytes: Cell::new(limits.included_bytes), problems: Cell::new(limits.problems) }
    }

    /// True if a file of so many bytes may still be included. A few kilobytes can name the same large file again and again.
    pub(super) fn include(&self, bytes: u64) -> bool {
        let left = self.included_bytes.get().checked_sub(bytes);
        self.included_bytes.set(left.unwrap_or(0));
        left.is_some()
    }

    /// How many of so many problems of a document are told: always one, or nobody would know that it was refused.
    pub(super) fn tell(&self, problems: usize) -> usize {
        let left = self.problems.get();
        let told = problems.min(left.max(1));
        self.problems.set(left.saturating_sub(told));
        told
    }
}
