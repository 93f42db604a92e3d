//! The kit: widgets that know nothing of the domain. Their classes are in `style/kit/`.

mod empty;
mod icon;
mod load;
mod state;

pub use self::{
    empty::{empty, empty_page},
    icon::{Icon, icon},
    load::{load, load_part},
    state::{Mark, mark},
};
