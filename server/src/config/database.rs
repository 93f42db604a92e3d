use std::{fmt, num::NonZeroU32, path::Path, time::Duration};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};
use storage::{DatabaseUrl, PoolLimits};

use super::{backend::HIDDEN, duration};

const MEMORY: &str = ":memory:";
/// The file in a SQLite `directory`.
const FILE_NAME: &str = "callboard.sqlite";

/// `backend.database`: in Backstage's shape, though one database holds everything.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DatabaseSection {
    client: Client,
    connection: Connection,
    /// Connections to PostgreSQL in all.
    connections: NonZeroU32,
    /// How long a request waits for a connection: that one is free, or that the database is there.
    #[serde(with = "duration")]
    acquire_timeout: Duration,
    /// The longest that reading or writing the catalog in the background may take.
    #[serde(with = "duration")]
    answer_timeout: Duration,
    #[serde(skip)]
    url: DatabaseUrl,
}

/// Which kind of database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
enum Client {
    #[default]
    #[serde(rename = "sqlite3", alias = "better-sqlite3", alias = "sqlite")]
    Sqlite,
    #[serde(rename = "pg", alias = "postgres", alias = "postgresql")]
    Postgres,
}

/// Where the database is.
#[derive(Debug)]
pub enum Connection {
    /// A path, `:memory:`, or an address, which may hold a password.
    Text(SecretString),
    /// Its parts.
    Parts(ConnectionParts),
}

/// The parts of a connection.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ConnectionParts {
    /// SQLite: the folder of the file.
    directory: Option<String>,
    /// SQLite: the file.
    filename: Option<String>,
    host: Option<String>,
    port: Option<u16>,
    user: Option<String>,
    password: Option<SecretString>,
    database: Option<String>,
}

impl DatabaseSection {
    /// The database's address.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// As the pools want them.
    pub fn limits(&self) -> PoolLimits {
        PoolLimits {
            connections: self.connections.get(),
            acquire_timeout: self.acquire_timeout,
            answer_timeout: self.answer_timeout,
        }
    }
}

impl Default for DatabaseSection {
    fn default() -> Self {
        let connection = Connection::Text(SecretString::from(format!(".callboard/{FILE_NAME}")));
        let url = connection.url(Client::Sqlite).expect("the default is a database");
        let RawSection { connections, acquire_timeout, answer_timeout, .. } = RawSection::default();
        Self { client: Client::Sqlite, connection, connections, acquire_timeout, answer_timeout, url }
    }
}

impl Connection {
    fn url(&self, client: Client) -> Result<DatabaseUrl, String> {
        let address = match (self, client) {
            (Self::Text(text), Client::Sqlite) => {
                let text = text.expose_secret();
                let path = text.strip_prefix("sqlite:").or_else(|| text.strip_prefix("file:")).unwrap_or(text);
                format!("sqlite:{path}")
            }
            (Self::Text(address), Client::Postgres) => address.expose_secret().to_owned(),
            (Self::Parts(parts), Client::Sqlite) => format!("sqlite:{}", parts.sqlite_path()?),
            (Self::Parts(parts), Client::Postgres) => parts.postgres_address(),
        };
        address.parse::<DatabaseUrl>().map_err(|error| error.to_string())
    }
}

impl ConnectionParts {
    const KEYS: &[&str] = &["directory", "filename", "host", "port", "user", "password", "database"];

    fn sqlite_path(&self) -> Result<String, String> {
        match (&self.filename, &self.directory) {
            (Some(file), _) => Ok(file.clone()),
            (None, Some(directory)) if directory == MEMORY => Ok(MEMORY.to_owned()),
            (None, Some(directory)) => Ok(Path::new(directory).join(FILE_NAME).display().to_string()),
            (None, None) => Err("a SQLite connection wants `directory` or `filename`".to_owned()),
        }
    }

    fn postgres_address(&self) -> String {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let password = self.password.as_ref().map(|password| format!(":{}", encode(password.expose_secret())));
        let host = self.host.as_deref().unwrap_or("localhost");
        let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
        format!(
            "postgres://{}{}@{host}:{}/{}",
            encode(self.user.as_deref().unwrap_or("postgres")),
            password.unwrap_or_default(),
            self.port.unwrap_or(5432),
            encode(self.database.as_deref().unwrap_or("callboard")),
        )
    }
}

#[derive(Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct RawSection {
    client: Client,
    connection: Option<Connection>,
    connections: NonZeroU32,
    #[serde(with = "duration")]
    acquire_timeout: Duration,
    #[serde(with = "duration")]
    answer_timeout: Duration,
}

impl Default for RawSection {
    fn default() -> Self {
        let PoolLimits { connections, acquire_timeout, answer_timeout } = PoolLimits::default();
        let connections = NonZeroU32::new(connections).expect("the default is not 0");
        Self { client: Client::default(), connection: None, connections, acquire_timeout, answer_timeout }
    }
}

impl<'de> Deserialize<'de> for DatabaseSection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let RawSection { client, connection, connections, acquire_timeout, answer_timeout } =
            RawSection::deserialize(deserializer)?;
        let Some(connection) = connection else {
            return match client {
                Client::Sqlite => Ok(Self { connections, acquire_timeout, answer_timeout, ..Self::default() }),
                Client::Postgres => Err(de::Error::custom("client `pg` wants a `connection`")),
            };
        };
        let url = connection.url(client).map_err(de::Error::custom)?;
        Ok(Self { client, connection, connections, acquire_timeout, answer_timeout, url })
    }
}

impl Serialize for Connection {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            // A path is no secret; an address may be.
            Self::Text(text) if !text.expose_secret().contains("://") => serializer.serialize_str(text.expose_secret()),
            Self::Text(_) => serializer.serialize_str(HIDDEN),
            Self::Parts(parts) => parts.serialize(serializer),
        }
    }
}

impl Serialize for ConnectionParts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let port = self.port.map(|port| port.to_string());
        let values = [
            self.directory.as_deref(),
            self.filename.as_deref(),
            self.host.as_deref(),
            port.as_deref(),
            self.user.as_deref(),
            self.password.as_ref().map(|_| HIDDEN),
            self.database.as_deref(),
        ];
        serializer.collect_map(Self::KEYS.iter().zip(values).filter_map(|(key, value)| Some((key, value?))))
    }
}

impl<'de> Deserialize<'de> for Connection {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // As a struct, so that unknown keys are told; the visitor takes a text as well.
        deserializer.deserialize_struct("Connection", ConnectionParts::KEYS, ConnectionVisitor)
    }
}

struct ConnectionVisitor;

impl<'de> Visitor<'de> for ConnectionVisitor {
    type Value = Connection;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a path, `:memory:`, an address, or a map of its parts")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Connection, E> {
        Ok(Connection::Text(SecretString::from(text)))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Connection, A::Error> {
        ConnectionParts::deserialize(MapAccessDeserializer::new(map)).map(Connection::Parts)
    }
}
