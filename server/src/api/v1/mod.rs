//! Our own API.

pub(crate) mod audit;
pub(crate) mod catalog;
pub(crate) mod embed;
pub(crate) mod events;
pub(crate) mod identity;
pub(crate) mod personal;
