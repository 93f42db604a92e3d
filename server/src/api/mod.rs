//! The REST API: Backstage's catalog under `/api/catalog`, ours under `/api/v1`.

pub(crate) mod catalog;
mod error;
pub(crate) mod events;
pub(crate) mod extract;
mod json;
pub(crate) mod openapi;
pub(crate) mod v1;

pub(crate) use self::error::{ApiError, as_backstage, as_problem, backstage_request, of_panic};
