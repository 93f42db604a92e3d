//! What a token looks like: `cb_`, 20 random bytes and 4 bytes of checksum, in hexadecimal.

use ring::rand::{SecureRandom as _, SystemRandom};
use secrecy::{ExposeSecret as _, SecretString};

use crate::digest::{hex, sha256};

const PREFIX: &str = "cb_";
const RANDOM_BYTES: usize = 20;
const CHECKSUM_CHARS: usize = 8;
const LENGTH: usize = PREFIX.len() + 2 * RANDOM_BYTES + CHECKSUM_CHARS;

/// True for what is meant as one of our tokens, whether or not it is one.
pub fn looks_like_token(text: &str) -> bool {
    text.starts_with(PREFIX)
}

/// A token that nobody has; none where the system has no randomness.
pub(crate) fn generate() -> Option<SecretString> {
    let mut random = [0; RANDOM_BYTES];
    SystemRandom::new().fill(&mut random).ok()?;
    let mut text = format!("{PREFIX}{}", hex(&random));
    text.push_str(&checksum(&text));
    Some(text.into())
}

/// The hash under which a token stands in the table; none for what can be no token.
pub(crate) fn hash_of(token: &str) -> Option<String> {
    if token.len() != LENGTH || !looks_like_token(token) || !token.is_ascii() {
        return None;
    }
    let (text, sum) = token.split_at(LENGTH - CHECKSUM_CHARS);
    (checksum(text) == sum).then(|| sha256(token))
}

/// The hash of a token that [`generate`] made.
pub(crate) fn hash_of_new(token: &SecretString) -> String {
    sha256(token.expose_secret())
}

fn checksum(text: &str) -> String {
    sha256(text)[..CHECKSUM_CHARS].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_known_by_its_look_and_a_mistyped_one_by_its_checksum() {
        let token = generate().unwrap();
        let token = token.expose_secret();
        assert_eq!(token.len(), 51);
        assert_eq!(hash_of(token), Some(sha256(token)));
        assert_ne!(generate().unwrap().expose_secret(), token);
        let last = if token.ends_with('0') { "1" } else { "0" };
        for wrong in [
            format!("{}{last}", &token[..50]),
            token.to_uppercase(),
            format!("{token}0"),
            token[..50].to_owned(),
            format!("cb_{}", "ä".repeat(24)),
            "cb_".to_owned(),
            format!("cb_{}", "0".repeat(1_000_000)),
        ] {
            assert_eq!(hash_of(&wrong), None, "{}", &wrong[..wrong.len().min(60)]);
        }
    }
}
