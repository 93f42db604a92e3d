//! Entities by parts of their names, and with a slip of the hand.

use std::collections::HashSet;

use model::catalog::{EntityMatch, EntityMatches};

use super::{
    Index,
    segment::ValueEntry,
    snapshot::{Hit, Part, Snapshot},
};

/// What is searched: names, and names for people.
const KEYS: [&str; 3] = ["metadata.name", "metadata.title", "spec.profile.displayname"];
/// Characters of a question that count; names have at most 63.
const MAX_QUERY: usize = 100;
/// A term of so many bytes or more must be typed right.
const MAX_SLIPPED: usize = 40;
/// A row of distances: a word may have two letters more than the term, and the row begins before the first.
const ROW: usize = MAX_SLIPPED + 3;
/// Where a word of a name begins anew.
const SEPARATORS: [char; 5] = ['-', '_', '.', ' ', '/'];

/// How well a text answers the question; less is better.
const EXACT: usize = 0;
const PREFIX: usize = 1;
const WORD: usize = 2;
const WITHIN: usize = 3;
/// And one more a slip.
const SLIPS: usize = 4;

/// A searched text that answers.
type Found<'a> = (usize, usize, Part, &'a ValueEntry);

impl Index {
    /// At most `limit` entities, of which the name or the title answers to `query`: the name itself, what begins with it, words that
    /// do, what holds it; where these are too few, also what is one or two slips away. Nothing for an empty query.
    pub fn search(&self, query: &str, limit: usize) -> EntityMatches {
        let snapshot = self.current.load();
        let question: String = query.trim().chars().take(MAX_QUERY).collect();
        let terms: Vec<String> = question.to_lowercase().split_whitespace().map(str::to_owned).collect();
        if terms.is_empty() || limit == 0 {
            return EntityMatches::default();
        }
        let mut items = take(&snapshot, found(&snapshot, &terms, held), limit);
        if items.len() < limit {
            let known: HashSet<String> = items.iter().map(|item| item.entity.entity_ref.clone()).collect();
            let others = take(&snapshot, found(&snapshot, &terms, slipped), limit);
            items.extend(others.into_iter().filter(|item| !known.contains(&item.entity.entity_ref)));
            items.truncate(limit);
        }
        EntityMatches { items }
    }
}

/// All texts that answer each term, with the worst of their ranks.
fn found<'a>(snapshot: &'a Snapshot, terms: &[String], rank: fn(&str, &str) -> Option<usize>) -> Vec<Found<'a>> {
    let mut found = Vec::new();
    for part in [Part::Base, Part::Delta] {
        let facts = &snapshot.segment(part).facts;
        for key in KEYS.into_iter().filter_map(|name| facts.key(name)) {
            for entry in facts.values_of(key) {
                let text = facts.lower(entry);
                let ranks = terms.iter().map(|term| rank(text, term));
                if let Some(worst) = ranks.collect::<Option<Vec<_>>>().and_then(|ranks| ranks.into_iter().max()) {
                    found.push((worst, text.len(), part, entry));
                }
            }
        }
    }
    found
}

/// The entities of the best texts, each once.
fn take(snapshot: &Snapshot, mut found: Vec<Found<'_>>, limit: usize) -> Vec<EntityMatch> {
    // Of 100,000 that hold an `a`, only the first few are put in order; some entities have two texts, or are hidden.
    let enough = limit.saturating_mul(4);
    let lower = |part: Part, entry: &ValueEntry| snapshot.segment(part).facts.lower(entry);
    let better =
        |a: &Found<'_>, b: &Found<'_>| (a.0, a.1).cmp(&(b.0, b.1)).then_with(|| lower(a.2, a.3).cmp(lower(b.2, b.3)));
    let mut items: Vec<(Hit, usize, usize)> = Vec::new();
    let mut seen = HashSet::new();
    while !found.is_empty() && items.len() < limit {
        let mut rest = Vec::new();
        if found.len() > enough {
            found.select_nth_unstable_by(enough, better);
            rest = found.split_off(enough);
        }
        found.sort_unstable_by(better);
        for (rank, length, part, entry) in found.drain(..) {
            snapshot.segment(part).facts.postings.for_each(entry.posting, |doc| {
                let hit = Hit { part, doc };
                if items.len() < enough && snapshot.shows(hit) && seen.insert(hit) {
                    items.push((hit, rank, length));
                }
            });
        }
        found = rest;
    }
    items.sort_by(|a, b| {
        (a.1, a.2).cmp(&(b.1, b.2)).then_with(|| snapshot.entity_ref(a.0).cmp(snapshot.entity_ref(b.0)))
    });
    items.into_iter().take(limit).map(|(hit, ..)| entity_match(snapshot, hit)).collect()
}

fn entity_match(snapshot: &Snapshot, hit: Hit) -> EntityMatch {
    let value = |key: &str| snapshot.value(hit, key);
    EntityMatch {
        entity: snapshot.row_ref(snapshot.entity_ref(hit)),
        kind: value("kind").unwrap_or_default().to_owned(),
        entity_type: value("spec.type").map(str::to_owned),
        owner: value("relations.ownedby").map(|owner| snapshot.row_ref(owner)),
    }
}

/// The rank of a text that holds a term.
fn held(text: &str, term: &str) -> Option<usize> {
    let at = text.find(term)?;
    if at == 0 {
        return Some(if text.len() == term.len() { EXACT } else { PREFIX });
    }
    let begins_a_word = text.match_indices(term).any(|(at, _)| text[..at].ends_with(SEPARATORS));
    Some(if begins_a_word { WORD } else { WITHIN })
}

/// The rank of a text of which a beginning of a word is one or two slips away from a term: one in three to five letters, two in more.
fn slipped(text: &str, term: &str) -> Option<usize> {
    let allowed = match term.len() {
        3..6 => 1,
        6..MAX_SLIPPED => 2,
        _ => return None,
    };
    let (text, term) = (text.as_bytes(), term.as_bytes());
    let begins_a_word = |at: usize| at == 0 || SEPARATORS.contains(&char::from(text[at - 1]));
    let words = (0..text.len()).filter(|at| begins_a_word(*at)).map(|at| &text[at..]);
    let slips = words.filter(|word| begin_alike(word, term)).filter_map(|word| slips(word, term, allowed)).min()?;
    Some(SLIPS + usize::from(slips))
}

/// True if one of the first two letters is the same: of 100,000 names that leaves few to look at, and only who slips twice at once is
/// let down.
fn begin_alike(word: &[u8], term: &[u8]) -> bool {
    word.iter().take(2).any(|letter| term[..2].contains(letter))
}

/// Slips (a letter too many, too few, another one, or two in the wrong order) between a term and that beginning of a word which has the
/// fewest; `None` where they are more than `allowed`. Names are ASCII, so bytes are letters.
fn slips(word: &[u8], term: &[u8], allowed: u8) -> Option<u8> {
    let word = &word[..word.len().min(term.len() + usize::from(allowed))];
    let too_many = allowed + 1;
    // Rows of optimal string alignment: for the letter of the term before this one, and for the one before that. What is further from the
    // diagonal than the slips that are allowed takes more of them anyway.
    let mut before: [u8; ROW] = std::array::from_fn(|column| u8::try_from(column).unwrap_or(too_many).min(too_many));
    let mut two_before = before;
    for (at, letter) in term.iter().enumerate() {
        let mut present = [too_many; ROW];
        present[0] = u8::try_from(at + 1).unwrap_or(too_many).min(too_many);
        let mut least = present[0];
        let band = at.saturating_sub(usize::from(allowed))..word.len().min(at + usize::from(too_many));
        for column in band {
            let found = word[column];
            let replaced = before[column] + u8::from(*letter != found);
            let mut distance = replaced.min(before[column + 1] + 1).min(present[column] + 1);
            if at > 0 && column > 0 && term[at - 1] == found && word[column - 1] == *letter {
                distance = distance.min(two_before[column - 1] + 1);
            }
            present[column + 1] = distance.min(too_many);
            least = least.min(distance);
        }
        if least > allowed {
            return None;
        }
        two_before = before;
        before = present;
    }
    before[..=word.len()].iter().min().copied().filter(|slips| *slips <= allowed)
}

#[cfg(test)]
mod tests {
    use super::{EXACT, PREFIX, SLIPS, WITHIN, WORD, held, slipped};

    #[test]
    fn a_text_that_holds_a_term_is_ranked_by_where() {
        for (text, term, rank) in [
            ("ledger", "ledger", Some(EXACT)),
            ("ledger-api", "ledger", Some(PREFIX)),
            ("payments-ledger", "led", Some(WORD)),
            ("sledger-ledger", "ledger", Some(WORD)),
            ("sledger", "ledger", Some(WITHIN)),
            ("ledger", "legder", None),
        ] {
            assert_eq!(held(text, term), rank, "{text} {term}");
        }
    }

    #[test]
    fn a_slip_is_forgiven_in_each_word_of_a_text() {
        for (text, term, slips) in [
            ("checkout-api", "chekout", Some(1)),
            ("checkout-api", "chekcout", Some(1)),
            ("payments-ledger", "legder", Some(1)),
            ("payments-ledger", "leger", Some(1)),
            ("observability", "obsrvabiltiy", Some(2)),
            ("observability", "obsrvablty", None),
            ("größe-api", "groesse", None),
            ("zebra", "payments", None),
            ("abc", "xy", None),
        ] {
            assert_eq!(slipped(text, term), slips.map(|slips| SLIPS + slips), "{text} {term}");
        }
    }
}
