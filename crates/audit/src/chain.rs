//! What makes a change visible: each entry is authenticated together with the one before.

use std::{
    fmt::{self, Write as _},
    str::FromStr,
};

use ring::hmac;

use crate::{AuditKey, Entry, NewEntry};

/// Where the log ends, or ended once: kept elsewhere, it shows later that nothing up to it was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchor {
    /// Of the last entry.
    pub number: i64,
    /// Of the last entry.
    pub mac: String,
}

impl fmt::Display for Anchor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.number, self.mac)
    }
}

impl FromStr for Anchor {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once(':').and_then(|(number, mac)| Some((number.parse().ok()?, mac)));
        let (number, mac) = parts
            .filter(|(_, mac)| mac.len() == 64)
            .ok_or("an end of the log is NUMBER:MAC, as `audit verify` prints it")?;
        Ok(Self { number, mac: mac.to_owned() })
    }
}

/// The first thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The head.
    #[error(
        "the head of the log does not fit the key: it was changed, or `audit.key` is another than the log was begun with"
    )]
    Head,
    /// An entry is not there.
    #[error("entry {0} is missing")]
    Missing(i64),
    /// An entry is not what was written in its place.
    #[error("entry {0} does not fit: it was changed, or is not where it was written")]
    Changed(i64),
    /// There is an entry where none was written.
    #[error("entry {0} was never written: it stands outside of what the log holds")]
    Surplus(i64),
    /// The record of a segment.
    #[error("the record of segment {segment} does not fit; it should begin with entry {first}")]
    Segment {
        /// Its number.
        segment: i64,
        /// The entry that it begins with.
        first: i64,
    },
    /// What is there is whole, but not what was there once.
    #[error("entry {0} is not the one that the given end of the log names: the log was put back or begun anew")]
    Anchor(i64),
}

/// Goes from entry to entry, and makes sure that each follows from the one before.
pub(crate) struct Walk<'a> {
    key: &'a AuditKey,
    /// The entry before the next one.
    pub(crate) number: i64,
    pub(crate) mac: String,
}

impl<'a> Walk<'a> {
    pub(crate) fn from(key: &'a AuditKey, number: i64, mac: String) -> Self {
        Self { key, number, mac }
    }

    /// Takes the next entry.
    pub(crate) fn take(&mut self, entry: &Entry) -> Result<(), Fault> {
        let expected = self.number + 1;
        if entry.number != expected {
            return Err(Fault::Missing(expected));
        }
        if entry_mac(self.key, &self.mac, entry) != entry.mac {
            return Err(Fault::Changed(expected));
        }
        self.number = expected;
        self.mac.clone_from(&entry.mac);
        Ok(())
    }
}

/// The entry that follows `number` and `mac`.
pub(crate) fn next(key: &AuditKey, number: i64, mac: &str, new: NewEntry) -> Entry {
    let NewEntry { at, principal, action, entity, address, outcome, request_id, count } = new.bounded();
    let outcome = outcome.as_str().to_owned();
    let number = number + 1;
    let mut entry =
        Entry { number, at, principal, action, entity, address, outcome, request_id, count, mac: String::new() };
    entry.mac = entry_mac(key, mac, &entry);
    entry
}

fn entry_mac(key: &AuditKey, before: &str, entry: &Entry) -> String {
    let Entry { number, at, principal, action, entity, address, outcome, request_id, count, mac: _ } = entry;
    seal(key, "entry", &[*number, *at, *count], &[before, principal, action, entity, address, outcome, request_id])
}

/// The HMAC-SHA256 of some values in hexadecimal. Each text goes in behind its length, so that no two lists of values look the same.
pub(crate) fn seal(key: &AuditKey, what: &str, numbers: &[i64], texts: &[&str]) -> String {
    let mut context = hmac::Context::with_key(key.hmac());
    let mut text = |text: &str| {
        context.update(&(text.len() as u64).to_be_bytes());
        context.update(text.as_bytes());
    };
    text(what);
    for value in texts {
        text(value);
    }
    for number in numbers {
        context.update(&number.to_be_bytes());
    }
    hex(context.sign().as_ref())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string can be written to");
        text
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Outcome;

    fn key(text: &str) -> AuditKey {
        AuditKey::of_text(&text.repeat(32).into()).unwrap()
    }

    fn new(texts: &(String, String, i64)) -> NewEntry {
        NewEntry {
            at: texts.2,
            principal: texts.0.clone(),
            action: "catalog.location.create".to_owned(),
            entity: texts.1.clone(),
            address: "192.0.2.1".to_owned(),
            outcome: Outcome::Done,
            request_id: "r".to_owned(),
            count: 1,
        }
    }

    fn chain(key: &AuditKey, texts: &[(String, String, i64)]) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        for texts in texts {
            let (number, mac) = entries.last().map_or((0, "start".to_owned()), |last| (last.number, last.mac.clone()));
            entries.push(next(key, number, &mac, new(texts)));
        }
        entries
    }

    /// The first fault, where all entries and this many should be there.
    fn fault(key: &AuditKey, entries: &[Entry], count: usize) -> Option<Fault> {
        let mut walk = Walk::from(key, 0, "start".to_owned());
        entries.iter().find_map(|entry| walk.take(entry).err()).or_else(|| {
            let is_cut_off = walk.number < i64::try_from(count).unwrap();
            is_cut_off.then_some(Fault::Missing(walk.number + 1))
        })
    }

    fn texts() -> impl Strategy<Value = Vec<(String, String, i64)>> {
        proptest::collection::vec((".{0,12}", ".{0,12}", 0_i64..1_000_000), 2..12)
    }

    proptest! {
        #[test]
        fn the_first_entry_that_was_touched_is_named(texts in texts(), at in any::<proptest::sample::Index>(), how in 0..7) {
            let key = key("k");
            let entries = chain(&key, &texts);
            prop_assert_eq!(fault(&key, &entries, texts.len()), None);
            let at = at.index(entries.len());
            let mut touched = entries.clone();
            match how {
                0 => touched[at].principal.push('x'),
                1 => touched[at].at += 1,
                2 => touched[at].count += 1,
                3 => touched[at].outcome = "denied".to_owned(),
                // From one field into the next: the bytes are the same ones.
                4 => { touched[at].principal.insert(0, 'y'); touched[at].entity.push('y'); }
                5 => { touched.remove(at); }
                _ => {
                    let other = (at + 1) % entries.len();
                    touched.swap(at, other);
                    let (a, b) = (touched[at].number, touched[other].number);
                    (touched[at].number, touched[other].number) = (b, a);
                }
            }
            let differs = (0..entries.len()).find(|at| touched.get(*at) != entries.get(*at)).expect("something was touched");
            let number = i64::try_from(differs).unwrap() + 1;
            let expected = if how == 5 { Fault::Missing(number) } else { Fault::Changed(number) };
            prop_assert_eq!(fault(&key, &touched, texts.len()), Some(expected));
        }

        #[test]
        fn who_has_not_the_key_can_not_go_on_with_a_chain(texts in texts()) {
            let forged = chain(&key("x"), &texts);
            prop_assert_eq!(fault(&key("k"), &forged, texts.len()), Some(Fault::Changed(1)));
        }
    }

    #[test]
    fn an_end_is_read_as_it_is_written() {
        let anchor = Anchor { number: 7, mac: "0a".repeat(32) };
        assert_eq!(anchor.to_string().parse(), Ok(anchor));
        for wrong in ["", "7", "7:abc", "x:".to_owned().as_str()] {
            assert!(wrong.parse::<Anchor>().is_err(), "{wrong}");
        }
    }
}
