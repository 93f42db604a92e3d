//! `backend.auth`: tokens of programs, in Backstage's shape.

use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::backend::hidden_always;

/// Backstage refuses shorter ones.
const SHORTEST_TOKEN: usize = 8;

/// `backend.auth`.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct BackendAuthSection {
    pub external_access: Vec<ExternalAccess>,
}

/// `backend.auth.externalAccess[]`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExternalAccess {
    #[serde(rename = "type")]
    pub access_type: ExternalAccessType,
    pub options: StaticToken,
    /// Not there yet, and so refused: a token would be good for more than its owner thinks.
    #[serde(default, skip_serializing, deserialize_with = "no_restrictions")]
    pub access_restrictions: (),
}

/// `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum ExternalAccessType {
    /// A token that does not change.
    Static,
}

/// `options`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StaticToken {
    #[serde(serialize_with = "hidden_always", deserialize_with = "token")]
    pub token: SecretString,
    /// Who comes with it, in logs.
    pub subject: String,
}

fn token<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    let token = SecretString::deserialize(deserializer)?;
    let text = token.expose_secret();
    if text.len() < SHORTEST_TOKEN || text.contains(char::is_whitespace) {
        return Err(serde::de::Error::custom("a token has at least 8 characters and no spaces"));
    }
    Ok(token)
}

fn no_restrictions<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    IgnoredAny::deserialize(deserializer)?;
    Err(serde::de::Error::custom(
        "Callboard can not restrict tokens yet; without this key the token is good for all of the API",
    ))
}
