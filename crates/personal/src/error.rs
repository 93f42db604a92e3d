use access::Scope;
use storage::StorageError;

use crate::view::{MAX_NAME, MAX_PATH};

/// Nothing is kept, and why.
#[derive(Debug, thiserror::Error)]
pub enum PersonalError {
    /// A guest, or a program.
    #[error("only people who have signed in have stars, visits and saved views of their own")]
    NoPerson,
    /// The token that they came with is not for this.
    #[error("the token lacks the scope `{}`", Scope::WritePersonal)]
    LacksScope,
    /// There is none that they see.
    #[error("the catalog has no entity `{0}`")]
    NoEntity(String),
    /// They have as many stars as one may.
    #[error("nobody may have more than {0} stars (`personal.maxStars`); take one away first")]
    StarsFull(u32),
    /// They have as many views as one may.
    #[error("nobody may have more than {0} saved views (`personal.maxViews`); remove one first")]
    ViewsFull(u32),
    /// The name is none.
    #[error("a saved view has a name of 1 to {MAX_NAME} characters")]
    ViewName,
    /// The path is none of a list.
    #[error(
        "a view is saved of `/catalog`, `/catalog/problems` or `/catalog/organization` with a query, together at most {MAX_PATH} bytes"
    )]
    ViewPath,
    /// They have one of this name.
    #[error("there is a saved view `{0}` already; take another name, or remove it first")]
    ViewTaken(String),
    /// They have no such view.
    #[error("you have no saved view `{0}`")]
    NoView(String),
    /// The database.
    #[error("what people keep can not be read or written: {0}")]
    Store(#[from] StorageError),
}
