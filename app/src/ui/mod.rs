//! The kit: widgets that know nothing of the domain. Their classes are in `style/kit/`.

mod eager;
mod empty;
mod html;
mod icon;
mod load;
mod paint;
mod popover;
mod rows;
mod state;
mod title;

pub use self::{
    eager::IntoEager,
    empty::{Action, Empty, empty},
    html::Html,
    icon::{Icon, icon},
    load::load,
    paint::after_paint,
    popover::Popover,
    rows::Rows,
    state::{Mark, mark, write_mark},
    title::title,
};
