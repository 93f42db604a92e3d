//! What the log holds.

use std::fmt::Write as _;

/// Characters of a text of an entry, at most; longer ones end in `…`.
pub const MAX_TEXT: usize = 300;

/// How something came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was done.
    Done,
    /// Whoever asked may not, or nobody knows who asked.
    Denied,
    /// It could not be done.
    Failed,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Done, Self::Denied, Self::Failed];

    /// The name in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Denied => "denied",
            Self::Failed => "failed",
        }
    }

    /// Reads [`Outcome::as_str`].
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// An entry to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEntry {
    /// When, in microseconds since 1970; of a sum when its minute began.
    pub at: i64,
    /// Who.
    pub principal: String,
    /// What.
    pub action: String,
    /// On what: the ref of an entity, or what names something else; may be empty.
    pub entity: String,
    /// From where; empty where that is not known.
    pub address: String,
    /// How it came out.
    pub outcome: Outcome,
    /// Names the request in the server's log; of a sum the first one.
    pub request_id: String,
    /// How often within the minute; 1 for what is entered singly.
    pub count: i64,
}

impl NewEntry {
    /// The same with texts that can stand in a log: see [`plain`].
    #[must_use]
    pub fn bounded(self) -> Self {
        Self {
            principal: plain(&self.principal),
            action: plain(&self.action),
            entity: plain(&self.entity),
            address: plain(&self.address),
            request_id: plain(&self.request_id),
            ..self
        }
    }
}

/// An entry as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Counts all entries that there ever were, from 1, without gaps.
    pub number: i64,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// Who.
    pub principal: String,
    /// What.
    pub action: String,
    /// On what.
    pub entity: String,
    /// From where.
    pub address: String,
    /// How it came out, by name.
    pub outcome: String,
    /// Names the request in the server's log.
    pub request_id: String,
    /// How often within the minute.
    pub count: i64,
    /// Of all of this, and of the entry before.
    pub mac: String,
}

/// A text in one line, at most [`MAX_TEXT`] characters: control characters, and those that turn the direction of writing or can't be seen, are escaped
/// as `\u{…}`.
pub fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len().min(MAX_TEXT));
    for (at, c) in text.chars().enumerate() {
        if at == MAX_TEXT {
            plain.push('…');
            break;
        }
        let is_hidden =
            matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        if c.is_control() || is_hidden {
            write!(plain, "\\u{{{:x}}}", u32::from(c)).expect("a string can be written to");
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_sent_stays_in_its_line() {
        assert_eq!(plain("user:default/alice"), "user:default/alice");
        assert_eq!(
            plain("a\r\nuser:default/admin done\u{1b}[2J\0"),
            "a\\u{d}\\u{a}user:default/admin done\\u{1b}[2J\\u{0}"
        );
        assert_eq!(plain("\u{202e}nimda"), "\\u{202e}nimda");
        let long = plain(&"ä".repeat(1_000_000));
        assert_eq!((long.chars().count(), long.ends_with("ä…")), (MAX_TEXT + 1, true));
    }
}
