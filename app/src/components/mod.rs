//! Widgets that know the domain.

mod avatar;
mod entity;
mod flash;
mod frame;
mod palette;
mod problems;
mod relation_graph;
mod theme_switch;
mod time;
mod visitor;

pub use self::{
    avatar::{avatar, owner},
    entity::{KindIcons, entity_chip, entity_name, kind_tile},
    problems::{level_mark, location, problem_callouts, unattached_problems},
    relation_graph::{Side, relation_graph},
    time::time,
};
pub(crate) use self::{
    frame::{frame, is_typing},
    problems::{problem_place, sentence},
    time::provide_clock,
    visitor::{provide_visitor, remember, star_button, use_visitor},
};
