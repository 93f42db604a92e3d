use std::{fmt, str::FromStr};

use http::{Uri, uri::Authority};
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
pub struct BaseUrl {
    https: bool,
    /// Without the port where it is the scheme's own, as browsers write it.
    authority: Authority,
    path: String,
}

impl BaseUrl {
    /// The path without a slash at its end: empty, or for example `/portal`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Scheme, host and port, as a browser writes them in `Origin`.
    pub fn origin(&self) -> String {
        format!("{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }

    /// Its host, without the port.
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// True if its host is this machine.
    pub fn is_loopback(&self) -> bool {
        matches!(self.authority.host(), "localhost" | "127.0.0.1" | "[::1]")
    }

    /// True if browsers speak TLS to it.
    pub fn is_https(&self) -> bool {
        self.https
    }
}

impl FromStr for BaseUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const EXPECTED: &str = "expected an address like `https://portal.example.com` or `https://example.com/portal`";
        let uri: Uri = text.parse().map_err(|_| EXPECTED)?;
        let (https, default_port) = match uri.scheme_str() {
            Some("https") => (true, ":443"),
            Some("http") => (false, ":80"),
            _ => return Err(EXPECTED),
        };
        let authority = uri.authority().filter(|_| uri.query().is_none()).ok_or(EXPECTED)?.as_str();
        let authority = authority.strip_suffix(default_port).unwrap_or(authority).parse().map_err(|_| EXPECTED)?;
        Ok(Self { https, authority, path: uri.path().trim_end_matches('/').to_owned() })
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
