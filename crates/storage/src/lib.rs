#![doc = include_str!("../README.md")]

mod backup;
mod changes;
mod database;
mod database_url;
mod dry_run;
mod error;
mod idempotency;
mod lease;
mod migrations;
mod rows;
#[cfg(any(test, feature = "test-support"))]
pub mod test_support;

pub use backup::{BackupError, back_up, restore};
pub use changes::ChangeWatch;
pub use database::{Database, PoolLimits, WriteTransaction};
pub use database_url::{DatabaseUrl, ParseDatabaseUrlError};
pub use dry_run::dry_run;
pub use error::StorageError;
pub use idempotency::{IdempotencyKeys, KeyState, StoredAnswer};
pub use lease::{Lease, LeaseTimes};
pub use rows::placeholder_rows;

#[cfg(test)]
mod tests;
