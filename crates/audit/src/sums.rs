//! What happens often is counted, and entered once a minute.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{NewEntry, Outcome};

/// Microseconds.
const MINUTE: i64 = 60_000_000;
/// Who and where it was, where there were too many to be told apart.
const OTHERS: &str = "others";

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Key {
    minute: i64,
    principal: String,
    action: String,
    entity: String,
    address: String,
    outcome: Outcome,
}

/// Sums by principal, address, action, entity, outcome and minute, which are not in the log yet.
pub(crate) struct Sums {
    most: usize,
    open: Mutex<HashMap<Key, NewEntry>>,
}

impl Sums {
    /// At most this many by entity, and as many again that are not told apart by it; what is more is summed up by action and outcome
    /// alone, of which there are few.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, open: Mutex::default() }
    }

    /// Counts one.
    pub(crate) fn add(&self, entry: NewEntry) {
        let mut entry = entry.bounded();
        entry.at -= entry.at.rem_euclid(MINUTE);
        let mut open = self.lock();
        let mut key = Self::key(&entry);
        if !open.contains_key(&key) && open.len() >= self.most {
            entry.entity = String::new();
            key = Self::key(&entry);
        }
        if !open.contains_key(&key) && open.len() >= 2 * self.most {
            entry = NewEntry { principal: OTHERS.to_owned(), address: String::new(), ..entry };
            key = Self::key(&entry);
        }
        let count = entry.count;
        open.entry(key).and_modify(|sum| sum.count = sum.count.saturating_add(count)).or_insert(entry);
    }

    fn key(entry: &NewEntry) -> Key {
        Key {
            minute: entry.at,
            principal: entry.principal.clone(),
            action: entry.action.clone(),
            entity: entry.entity.clone(),
            address: entry.address.clone(),
            outcome: entry.outcome,
        }
    }

    /// Takes out those whose minute was over at a time, the oldest first; those of the running minute stay.
    pub(crate) fn take_over(&self, now: i64) -> Vec<NewEntry> {
        self.take(|minute| minute.saturating_add(MINUTE) <= now)
    }

    /// Takes out all of them.
    pub(crate) fn take_all(&self) -> Vec<NewEntry> {
        self.take(|_| true)
    }

    fn take(&self, is_taken: impl Fn(i64) -> bool) -> Vec<NewEntry> {
        let mut taken: Vec<_> = self.lock().extract_if(|key, _| is_taken(key.minute)).map(|(_, entry)| entry).collect();
        taken.sort_by(|a, b| {
            (a.at, &a.principal, &a.action, &a.address).cmp(&(b.at, &b.principal, &b.action, &b.address))
        });
        taken
    }

    /// Puts back what could not be entered.
    pub(crate) fn put_back(&self, entries: Vec<NewEntry>) {
        for entry in entries {
            self.add(entry);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, NewEntry>> {
        // Whoever panicked left whole sums.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn denial(at: i64, address: &str) -> NewEntry {
        NewEntry {
            at,
            principal: "user:default/guest".to_owned(),
            action: "catalog.entity.read".to_owned(),
            entity: String::new(),
            address: address.to_owned(),
            outcome: Outcome::Denied,
            request_id: format!("at-{at}"),
            count: 1,
        }
    }

    #[test]
    fn a_minute_is_summed_up_and_taken_when_it_is_over() {
        let sums = Sums::new(10);
        for at in [0, 1, MINUTE - 1, MINUTE, MINUTE + 5] {
            sums.add(denial(at, "192.0.2.1"));
        }
        assert_eq!(sums.take_over(MINUTE - 1), []);
        let over = sums.take_over(MINUTE);
        assert_eq!(over.iter().map(|sum| (sum.at, sum.count, &*sum.request_id)).collect::<Vec<_>>(), [(0, 3, "at-0")]);
        sums.put_back(over);
        let all: Vec<_> = sums.take_all().iter().map(|sum| (sum.at, sum.count)).collect();
        assert_eq!(all, [(0, 3), (MINUTE, 2)]);
        assert_eq!(sums.take_all(), []);
    }

    #[test]
    fn from_many_addresses_there_are_few_sums_and_none_is_lost() {
        let sums = Sums::new(10);
        for address in 0..10_000 {
            sums.add(denial(0, &format!("2001:db8::{address:x}")));
        }
        let all = sums.take_all();
        assert_eq!((all.len(), all.iter().map(|sum| sum.count).sum::<i64>()), (21, 10_000));
        let others = all.iter().find(|sum| sum.principal == OTHERS).unwrap();
        assert_eq!((&*others.address, others.count), ("", 9_980));
    }
}
