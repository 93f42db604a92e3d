//! The kit: widgets that know nothing of the domain. Their classes are in `style/kit/`.

mod empty;
mod icon;
mod load;
mod state;

pub use self::{
    empty::{Action, Empty, empty},
    icon::{Icon, icon},
    load::load,
    state::{Mark, mark},
};
