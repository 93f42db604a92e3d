use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

/// What stands for a secret in a table: its SHA-256, in hexadecimal. The secrets are random, so no salt is needed.
pub(crate) fn sha256(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string can be written to");
        text
    })
}
