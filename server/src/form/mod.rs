//! What forms of a page without script post to.

mod set_theme;

pub(crate) use self::set_theme::set_theme;
