/// Why the database did not do what it was asked. Names the database, without its password.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The folder of a SQLite file could not be made.
    #[error("can not make the folder of database `{database}`: {cause}")]
    Folder {
        /// Which database.
        database: String,
        /// What the system says.
        cause: std::io::Error,
    },
    /// The database could not be reached or opened.
    #[error("can not open database `{database}`: {cause}")]
    Connect {
        /// Which database.
        database: String,
        /// What the driver says.
        cause: sqlx::Error,
    },
    /// The tables could not be brought up to date.
    #[error("can not bring the tables of database `{database}` up to date: {cause}")]
    Migrate {
        /// Which database.
        database: String,
        /// What the migrator says.
        cause: sqlx::migrate::MigrateError,
    },
    /// No answer came in time: the database stands still, or the way to it is cut without a word.
    #[error(
        "database `{database}` did not answer within {seconds} s; raise `backend.database.answerTimeout` if it is only slow"
    )]
    Timeout {
        /// Which database.
        database: String,
        /// The bound in seconds.
        seconds: u64,
    },
    /// A statement failed.
    #[error("database `{database}` failed: {cause}")]
    Query {
        /// Which database.
        database: String,
        /// What the driver says.
        cause: sqlx::Error,
    },
}
