//! What those who run the server ask it.

pub(crate) mod health;
pub(crate) mod metrics;
pub(crate) mod robots;
