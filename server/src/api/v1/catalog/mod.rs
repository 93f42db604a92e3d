//! What Backstage's catalog API has no answer for.

mod list_catalog_problems;
mod list_catalog_rows;

pub(crate) use self::{list_catalog_problems::*, list_catalog_rows::*};
