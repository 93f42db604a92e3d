//! Requests and responses of the catalog: Backstage's under `/api/catalog`, ours under `/api/v1/catalog`.

mod backstage;
mod changes;
mod home;
mod list;
mod locations;
mod organization;
mod overview;
mod preview;
mod problem;
mod problem_groups;
mod provenance;
mod pushed;
mod removal;
mod search;
mod sources;
mod validation;
mod versions;

pub use self::{
    backstage::*, changes::*, home::*, list::*, locations::*, organization::*, overview::*, preview::*, problem::*,
    problem_groups::*, provenance::*, pushed::*, removal::*, search::*, sources::*, validation::*, versions::*,
};
