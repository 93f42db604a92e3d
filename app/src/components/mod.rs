//! Widgets that know the domain.

mod avatar;
mod entity;
mod frame;
mod problems;
mod relation_graph;
mod theme_switch;

pub(crate) use self::frame::{frame, is_typing};
pub use self::{
    avatar::{avatar, owner},
    entity::{KindIcons, entity_chip, entity_name, kind_tile},
    problems::{level_mark, location, problem_callouts, unattached_problems},
    relation_graph::{Side, relation_graph},
};
