use serde::{Deserialize, Serialize};

/// Whom a provider has vouched for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// The provider's issuer URL; with `subject` the key of the person.
    pub issuer: String,
    /// Names the person at the issuer, for ever.
    pub subject: String,
    /// For people to read; the user name or the subject where the provider tells none.
    pub name: String,
    /// `preferred_username`.
    pub user_name: Option<String>,
    /// As the provider knows it.
    pub email: Option<String>,
    /// The provider says that the address is the person's.
    pub email_verified: bool,
    /// Of the provider's claim of groups, as it names them.
    pub groups: Vec<String>,
}

/// What a session knows of who has signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// Names the configured provider.
    pub provider: String,
    /// Who it is.
    pub person: Person,
    /// Canonical ref of the User entity that the person is, if there is one.
    pub entity_ref: Option<String>,
    /// Proves to the provider whose sign-out is asked for.
    pub id_token: String,
    /// When, in seconds since 1970.
    pub since: i64,
    /// When the session was last used, in seconds since 1970, to within a few minutes.
    pub seen: i64,
}

/// Finds User entities. The catalog fulfils it.
pub trait Directory: Send + Sync {
    /// Canonical refs of the users with this value at a path of the entity, in lower case, for example `spec.profile.email`.
    fn users_with(&self, path: &str, value: &str) -> Vec<String>;
}
