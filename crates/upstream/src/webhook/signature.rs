//! How hosts prove themselves. Comparisons take the same time wherever the first difference is.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::WebhookError;

/// An HMAC-SHA256 of the body in hexadecimal, with or without `sha256=` before it, in the first of the headers that is there.
pub(super) fn hmac(
    headers: &HeaderMap,
    names: &[&'static str],
    body: &[u8],
    secret: &SecretString,
) -> Result<(), WebhookError> {
    let given = names.iter().find_map(|name| headers.get(*name)).ok_or(WebhookError::Unsigned(names[0]))?;
    let given = given.to_str().unwrap_or_default();
    let given = given.strip_prefix("sha256=").unwrap_or(given).to_ascii_lowercase();
    same(&sign(body, secret), &given)
}

/// The HMAC-SHA256 in lower-case hexadecimal.
pub(super) fn sign(body: &[u8], secret: &SecretString) -> String {
    // HMAC takes keys of any length (RFC 2104).
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).expect("a key of any length");
    mac.update(body);
    mac.finalize().into_bytes().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// GitLab's: the secret itself.
pub(super) fn token(headers: &HeaderMap, secret: &SecretString) -> Result<(), WebhookError> {
    let given = headers.get("x-gitlab-token").ok_or(WebhookError::Unsigned("x-gitlab-token"))?;
    same(secret.expose_secret(), given.to_str().unwrap_or_default())
}

/// Azure DevOps': a user and a password, or a password alone if the secret has no colon.
pub(super) fn basic(headers: &HeaderMap, secret: &SecretString) -> Result<(), WebhookError> {
    let given = headers.get(http::header::AUTHORIZATION).ok_or(WebhookError::Unsigned("authorization"))?;
    let given = given
        .to_str()
        .ok()
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"));
    let given =
        given.and_then(|(_, text)| STANDARD.decode(text.trim()).ok()).and_then(|bytes| String::from_utf8(bytes).ok());
    let given = given.ok_or(WebhookError::WrongSignature)?;
    let secret = secret.expose_secret();
    let part =
        if secret.contains(':') { given.as_str() } else { given.split_once(':').map_or("", |(_, password)| password) };
    same(secret, part)
}

/// Digests are of one length, so that not even the secret's length shows.
fn same(expected: &str, given: &str) -> Result<(), WebhookError> {
    let (expected, given) = (Sha256::digest(expected), Sha256::digest(given));
    if bool::from(expected.ct_eq(&given)) { Ok(()) } else { Err(WebhookError::WrongSignature) }
}
