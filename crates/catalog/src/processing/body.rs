use std::{fmt, str::FromStr};

use sha2::{Digest as _, Sha256};

/// What is stored of an entity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// As [`StoredEntity::body`](crate::StoredEntity::body).
    pub json: String,
    /// Where its values stand in the file, in the form of [`crate::provenance`]; empty where that is not known.
    pub places: String,
    /// The commit that it was read from; empty where that is not known.
    pub commit: String,
}

/// SHA-256 of a body's JSON; 64 hexadecimal digits as text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BodyHash([u8; 32]);

/// A text is not a [`BodyHash`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a hash has 64 hexadecimal digits")]
pub struct InvalidBodyHashError;

impl BodyHash {
    /// The hash of a body's JSON.
    pub fn of(json: &str) -> Self {
        Self(Sha256::digest(json).into())
    }
}

impl fmt::Display for BodyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BodyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for BodyHash {
    type Err = InvalidBodyHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return Err(InvalidBodyHashError);
        }
        let digit = |digit: u8| char::from(digit).to_digit(16).ok_or(InvalidBodyHashError);
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
        }
        Ok(Self(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_as_it_is_written() {
        let hash = BodyHash::of("{}");
        assert!(hash.to_string().starts_with("44136fa355b3678a"), "{hash}");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        for text in ["", "44", &"g".repeat(64), &"ä".repeat(32)] {
            assert_eq!(text.parse::<BodyHash>(), Err(InvalidBodyHashError), "{text}");
        }
    }
}
