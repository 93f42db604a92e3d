//! Widgets that know the domain.

mod avatar;
mod entity;
mod flash;
mod frame;
mod palette;
mod problems;
mod theme_switch;
mod time;

pub use self::{
    avatar::{avatar, owner},
    entity::{KindIcons, entity_chip, entity_name, kind_tile},
    problems::{level_mark, location, problem_callouts, unattached_problems},
    time::time,
};
pub(crate) use self::{
    frame::{frame, is_typing},
    palette::remember,
    problems::{problem_place, sentence},
    time::provide_clock,
};
