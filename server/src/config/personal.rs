//! `personal`: how much people may keep for themselves.

use personal::PersonalLimits;
use serde::{Deserialize, Serialize};

/// `personal`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PersonalSection {
    /// Starred entities. Addresses of lists carry them all.
    pub max_stars: u32,
    /// Entities that are kept as visited.
    pub max_visits: u32,
    /// Saved views. Each page carries them all.
    pub max_views: u32,
}

impl Default for PersonalSection {
    fn default() -> Self {
        Self { max_stars: 100, max_visits: 10, max_views: 20 }
    }
}

impl PersonalSection {
    /// As `personal` wants them.
    pub fn limits(&self) -> PersonalLimits {
        let Self { max_stars, max_visits, max_views } = *self;
        PersonalLimits { max_stars, max_visits, max_views }
    }
}
