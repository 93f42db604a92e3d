use std::{fmt, path::PathBuf, str::FromStr};

use url::Url;

/// Which database, and where: `sqlite:PATH`, `sqlite::memory:` or `postgres://user:password@host:port/name`.
///
/// `Display` and `Debug` leave out the password and the options.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// A SQLite database that lives as long as its [`Database`](crate::Database).
    SqliteMemory,
    /// A SQLite file; it and its folder are made where they are missing.
    SqliteFile(PathBuf),
    /// A PostgreSQL database, with its password and options.
    Postgres(Url),
}

/// Why a text names no database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseDatabaseUrlError {
    /// Neither of the two databases.
    #[error("unknown kind of database; expected `sqlite:PATH`, `sqlite::memory:` or `postgres://user@host/name`")]
    UnknownScheme,
    /// `sqlite:` without a path.
    #[error("`sqlite:` names no file; write `sqlite:PATH` or `sqlite::memory:`")]
    NoPath,
    /// The address of a PostgreSQL database can't be read. The text is not repeated: it may hold a password.
    #[error("the address of the PostgreSQL database can not be read: {0}")]
    Malformed(url::ParseError),
    /// The address of a PostgreSQL database names no database.
    #[error("the address of the PostgreSQL database ends without the name of a database")]
    NoDatabaseName,
}

impl FromStr for DatabaseUrl {
    type Err = ParseDatabaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            // Both `sqlite:PATH` and `sqlite://PATH` are in use.
            return match path.strip_prefix("//").unwrap_or(path) {
                "" => Err(ParseDatabaseUrlError::NoPath),
                ":memory:" => Ok(Self::SqliteMemory),
                path => Ok(Self::SqliteFile(path.into())),
            };
        }
        if !(text.starts_with("postgres://") || text.starts_with("postgresql://")) {
            return Err(ParseDatabaseUrlError::UnknownScheme);
        }
        let url = Url::parse(text).map_err(ParseDatabaseUrlError::Malformed)?;
        match url.path() {
            "" | "/" => Err(ParseDatabaseUrlError::NoDatabaseName),
            _ => Ok(Self::Postgres(url)),
        }
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SqliteMemory => f.write_str("sqlite::memory:"),
            Self::SqliteFile(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => {
                f.write_str("postgres://")?;
                if !url.username().is_empty() {
                    write!(f, "{}@", url.username())?;
                }
                f.write_str(url.host_str().unwrap_or_default())?;
                if let Some(port) = url.port() {
                    write!(f, ":{port}")?;
                }
                f.write_str(url.path())
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DatabaseUrl({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_kind_and_shows_no_password() {
        let table = [
            ("sqlite::memory:", "sqlite::memory:"),
            ("sqlite:data/callboard.sqlite", "sqlite:data/callboard.sqlite"),
            ("sqlite:///var/lib/callboard 1?.sqlite", "sqlite:/var/lib/callboard 1?.sqlite"),
            ("postgres://portal:secret@db:5433/callboard?password=secret", "postgres://portal@db:5433/callboard"),
            ("postgresql://db/callboard", "postgres://db/callboard"),
        ];
        for (text, shown) in table {
            let parsed = DatabaseUrl::from_str(text).unwrap();
            assert_eq!(parsed.to_string(), shown, "{text}");
            assert!(!format!("{parsed:?}").contains("secret"), "{text}");
        }
    }

    #[test]
    fn refuses_what_names_no_database() {
        let table = [
            ("sqlite:", ParseDatabaseUrlError::NoPath),
            ("mysql://db/callboard", ParseDatabaseUrlError::UnknownScheme),
            ("callboard.sqlite", ParseDatabaseUrlError::UnknownScheme),
            ("postgres://db:5432", ParseDatabaseUrlError::NoDatabaseName),
            ("postgres://db:port/x", ParseDatabaseUrlError::Malformed(url::ParseError::InvalidPort)),
        ];
        for (text, error) in table {
            assert_eq!(DatabaseUrl::from_str(text), Err(error), "{text}");
        }
    }
}
