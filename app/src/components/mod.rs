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
    avatar::{avatar, owner, write_no_owner, write_owner},
    entity::{KindIcons, entity_chip, entity_name, kind_tile, write_entity_chip},
    problems::{
        level_mark, location, problem_callout, problem_callouts, unattached_problems, write_location, write_row_problem,
    },
    relation_graph::{Side, write_relation_graph},
    time::time,
};
pub(crate) use self::{
    frame::{frame, is_typing},
    problems::{problem_place, sentence},
    time::provide_clock,
    visitor::{provide_visitor, remember, star_button, use_visitor, write_star},
};
