use std::{fmt, str::FromStr};

use http::Uri;
use serde::{Deserialize, Deserializer, Serialize, de};

/// `app`: what people see.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AppSection {
    /// Name of the portal.
    pub title: String,
    /// Where browsers find the portal; a path in it is put before every address.
    pub base_url: BaseUrl,
}

impl Default for AppSection {
    fn default() -> Self {
        Self { title: "Callboard".to_owned(), base_url: "http://127.0.0.1:7007".parse().expect("a literal address") }
    }
}

/// `organization`: whose portal it is.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default)]
pub struct OrganizationSection {
    /// For example `acme`.
    pub name: String,
}

impl Default for OrganizationSection {
    fn default() -> Self {
        Self { name: "My Company".to_owned() }
    }
}

/// An absolute `http` or `https` address without query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Uri);

impl BaseUrl {
    /// The path without a slash at its end: empty, or for example `/portal`.
    pub fn path(&self) -> &str {
        self.0.path().trim_end_matches('/')
    }

    /// Scheme, host and port, as a browser writes them in `Origin`.
    pub fn origin(&self) -> String {
        let authority = self.0.authority().expect("parsing refuses addresses without a host");
        let default_port = if self.is_https() { ":443" } else { ":80" };
        let host = authority.as_str().strip_suffix(default_port).unwrap_or(authority.as_str());
        format!("{}://{host}", if self.is_https() { "https" } else { "http" })
    }

    /// True if its host is this machine.
    pub fn is_loopback(&self) -> bool {
        matches!(self.0.host(), Some("localhost" | "127.0.0.1" | "[::1]"))
    }

    /// True if browsers speak TLS to it.
    pub fn is_https(&self) -> bool {
        self.0.scheme_str() == Some("https")
    }
}

impl FromStr for BaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected an address like `https://portal.example.com` or `https://example.com/portal`";
        let uri: Uri = text.parse().map_err(|_| EXPECTED)?;
        let known_scheme = matches!(uri.scheme_str(), Some("http" | "https"));
        if !known_scheme || uri.host().is_none_or(str::is_empty) || uri.query().is_some() {
            return Err(EXPECTED);
        }
        Ok(Self(uri))
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin(), self.path())
    }
}

impl Serialize for BaseUrl {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for BaseUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}
