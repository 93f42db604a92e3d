//! The kit: widgets that know nothing of the domain. Their classes are in `style/kit/`.

mod eager;
mod empty;
mod icon;
mod load;
mod state;
mod title;

pub use self::{
    eager::IntoEager,
    empty::{Action, Empty, empty},
    icon::{Icon, icon},
    load::load,
    state::{Mark, mark},
    title::title,
};
