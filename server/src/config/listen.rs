use std::{fmt, net::SocketAddr, str::FromStr};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, IgnoredAny, MapAccess, Visitor},
};

const EXPECTED: &str =
    "an address like `127.0.0.1:7007`, `:7007` for all addresses of this machine, or `{ host, port }`";
const DEFAULT_PORT: u16 = 7007;

/// Where to listen: `:7007`, `127.0.0.1:7007`, `[::1]:7007`, `localhost:7007`, or a map of `host` and `port`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listen {
    /// `None` for all addresses of this machine.
    host: Option<String>,
    port: u16,
}

impl Default for Listen {
    fn default() -> Self {
        Self { host: Some("127.0.0.1".to_owned()), port: DEFAULT_PORT }
    }
}

impl Listen {
    /// Finds the address of the host.
    ///
    /// # Errors
    /// If the host has none.
    pub async fn resolve(&self) -> std::io::Result<SocketAddr> {
        let host = self.host.as_deref().unwrap_or("::");
        let none = || std::io::Error::new(std::io::ErrorKind::NotFound, format!("`{host}` has no address"));
        tokio::net::lookup_host((host, self.port)).await?.next().ok_or_else(none)
    }
}

impl FromStr for Listen {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || format!("expected {EXPECTED}, found `{text}`");
        let (host, port) = text.trim().rsplit_once(':').unwrap_or(("", text.trim()));
        let port = port.parse().map_err(|_| error())?;
        let host = match host.strip_prefix('[') {
            Some(host) => host.strip_suffix(']').ok_or_else(error)?,
            None if host.contains(':') => return Err(error()),
            None => host,
        };
        Ok(Self { host: (!matches!(host, "" | "*")).then(|| host.to_owned()), port })
    }
}

impl fmt::Display for Listen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.host.as_deref().unwrap_or_default() {
            host if host.contains(':') => write!(f, "[{host}]:{}", self.port),
            host => write!(f, "{host}:{}", self.port),
        }
    }
}

impl Serialize for Listen {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Listen {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // As a struct, so that unknown keys are told; the visitor takes a text or a number as well.
        deserializer.deserialize_struct("Listen", &["host", "port"], ListenVisitor)
    }
}

struct ListenVisitor;

impl<'de> Visitor<'de> for ListenVisitor {
    type Value = Listen;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(EXPECTED)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Listen, E> {
        text.parse().map_err(E::custom)
    }

    /// A port alone.
    fn visit_u64<E: de::Error>(self, port: u64) -> Result<Listen, E> {
        port.to_string().parse().map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Listen, A::Error> {
        let mut listen = Listen { host: None, port: DEFAULT_PORT };
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "host" => listen.host = Some(map.next_value()?),
                "port" => listen.port = map.next_value()?,
                _ => map.next_value::<IgnoredAny>().map(drop)?,
            }
        }
        Ok(listen)
    }
}
