//! Content by its hash: what tells one build, or one set of pins, from another.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// The first 16 hexadecimal digits of the SHA-256 of the parts, each counted with its length.
pub(crate) fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize()[..8].iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_part_ends_counts() {
        assert_eq!(digest([b"a".as_slice(), b"bc"]), digest([b"a".as_slice(), b"bc"]));
        assert_ne!(digest([b"a".as_slice(), b"bc"]), digest([b"ab".as_slice(), b"c"]));
        assert_eq!(digest([]).len(), 16);
    }
}
