//! `embed`: pages of other sites that may show Callboard's in a frame.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use upstream::AllowedTarget;
use url::Url;

use super::{BaseUrl, duration};

/// The longest that a token may live which signs a user in.
const MAX_TOKEN: Duration = Duration::from_mins(1);

/// `embed`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct EmbedSection {
    /// The sites; without any, no page can be framed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<ParentConfig>,
    /// How long a session in a frame lasts.
    #[serde(with = "duration")]
    pub session: Duration,
    /// How long a token lives that a parent's backend has made for its user; at most a minute.
    #[serde(with = "duration")]
    pub token: Duration,
    /// Entities that one session reaches, with what hangs below those that it was made for.
    pub max_entities: usize,
}

/// `embed.parents`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ParentConfig {
    /// For example `https://backstage.acme.example`.
    pub origin: Url,
    /// Its users sign in by the tokens that this Backstage gives them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backstage: Option<BackstageConfig>,
}

/// `embed.parents[].backstage`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BackstageConfig {
    /// Of its backend, as `backend.baseUrl` there.
    pub base_url: Url,
}

/// What of `embed` can't be used.
#[derive(Debug, thiserror::Error)]
#[error("`embed.{path}`: {message}")]
pub struct EmbedConfigError {
    path: String,
    message: String,
}

impl Default for EmbedSection {
    fn default() -> Self {
        Self { parents: Vec::new(), session: Duration::from_hours(1), token: MAX_TOKEN, max_entities: 1_000 }
    }
}

impl EmbedSection {
    /// Checks what types can't.
    ///
    /// # Errors
    /// [`EmbedConfigError`].
    pub fn check(&self, base_url: &BaseUrl) -> Result<(), EmbedConfigError> {
        let wrong = |path: String, message: &str| EmbedConfigError { path, message: message.to_owned() };
        if self.token > MAX_TOKEN {
            return Err(wrong("token".to_owned(), "a token that signs a user in may live for a minute at most"));
        }
        for (at, parent) in self.parents.iter().enumerate() {
            let origin = &parent.origin;
            let is_origin = matches!(origin.scheme(), "http" | "https")
                && origin.path() == "/"
                && origin.query().is_none()
                && origin.fragment().is_none()
                && origin.username().is_empty()
                && origin.password().is_none();
            if !is_origin {
                let message = "write scheme, host and port alone, for example https://backstage.acme.example";
                return Err(wrong(format!("parents[{at}].origin"), message));
            }
        }
        if !self.parents.is_empty() && !base_url.is_https() && !base_url.is_loopback() {
            return Err(wrong(
                "parents".to_owned(),
                "browsers keep no session in a frame without https; set `app.baseUrl` so",
            ));
        }
        Ok(())
    }
}

impl BackstageConfig {
    /// The host that its keys are read from.
    pub fn target(&self) -> Option<AllowedTarget> {
        let port = self.base_url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let host = format!("{}{port}", self.base_url.host_str()?);
        Some(AllowedTarget { host, paths: Vec::new() })
    }
}

impl ParentConfig {
    /// As browsers write it.
    pub fn origin(&self) -> String {
        self.origin.origin().ascii_serialization()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_parent_is_an_origin_and_nothing_else() {
        let check = |parents: serde_json::Value, base: &str| {
            let section: EmbedSection = serde_json::from_value(json!({ "parents": parents })).unwrap();
            section.check(&base.parse().unwrap()).map_err(|error| error.to_string())
        };
        let https = "https://portal.acme.example";
        assert_eq!(check(json!([{ "origin": "https://wiki.acme.example:8443" }]), https), Ok(()));
        assert_eq!(check(json!([{ "origin": "http://localhost:3000" }]), "http://127.0.0.1:7007"), Ok(()));
        for origin in ["https://a.example/path", "https://a.example/?q", "ftp://a.example", "https://user@a.example"] {
            let error = check(json!([{ "origin": origin }]), https).unwrap_err();
            assert!(error.starts_with("`embed.parents[0].origin`"), "{error}");
        }
        let error = check(json!([{ "origin": "https://a.example" }]), "http://portal.acme.example").unwrap_err();
        assert!(error.contains("without https"), "{error}");
        let long: EmbedSection = serde_json::from_value(json!({ "token": "2m" })).unwrap();
        assert!(long.check(&https.parse().unwrap()).is_err());
    }
}
