//! What people keep for themselves: `/api/v1/personal`.

use serde::{Deserialize, Serialize};

use crate::reading::read_object;

/// `GET /api/v1/personal`: what who asks keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Personal {
    /// Canonical refs of starred entities, in the order in which they were starred; without what is gone.
    pub stars: Vec<String>,
    /// Canonical refs of visited entities, the last one first; without what is gone.
    pub visits: Vec<String>,
    /// By name.
    pub views: Vec<SavedView>,
    /// The columns of the catalog's list, joined by commas; by the kind where empty.
    pub columns: String,
}

read_object!(Personal { stars = "stars", visits = "visits", views = "views", columns = "columns" });

/// A list under a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedView {
    /// Names it in addresses.
    pub id: String,
    /// Unique among its owner's, at most 60 characters.
    pub name: String,
    /// Path and query of the list, without the base path, for example `/catalog?filters[kind]=api`.
    pub path: String,
}

read_object!(SavedView { id = "id", name = "name", path = "path" });

/// `POST /api/v1/personal/views`: saves a list under a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateView {
    /// 1 to 60 characters.
    pub name: String,
    /// Path and query of a list, without the base path, at most 1000 bytes.
    pub path: String,
}

/// `PUT /api/v1/personal/views/{id}`: gives a saved view another name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateView {
    /// 1 to 60 characters.
    pub name: String,
}
