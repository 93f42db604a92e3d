#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod chain;
mod entry;
mod error;
mod key;
mod log;
mod service;
mod store;
mod sums;

pub use chain::{Anchor, Fault};
pub use entry::{Entry, MAX_TEXT, NewEntry, Outcome, plain};
pub use error::AuditError;
pub use key::AuditKey;
pub use log::{AuditLimits, AuditLog};
pub use service::AuthorisedAudit;
pub use store::{AuditStore, Query, SegmentLimits, Verification, Verified};
