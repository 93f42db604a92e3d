//! Who asks, as policies see them.

use std::collections::{BTreeMap, BTreeSet};

/// What kind of principal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// Has signed in.
    Person,
    /// Came with a token of the configuration.
    Service,
    /// Has not said who they are.
    Guest,
}

/// Who asks, as policies see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// What kind of principal it is.
    pub kind: SubjectKind,
    /// Names it in policies, and in `permission.roles`: as `access::Principal` is written.
    pub id: String,
    /// Its roles.
    pub roles: BTreeSet<String>,
    /// Canonical refs of the entities whose property is theirs: of a person, the User entity and groups.
    pub owners: BTreeSet<String>,
}

/// Who has which role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleMapping {
    /// By role: refs of users and groups, `claim:` with the name of a group at the provider, or a principal as logs write it.
    pub roles: BTreeMap<String, Vec<String>>,
    /// Of everyone who has a User entity.
    pub default_roles: Vec<String>,
}

/// The role of those whom `auth.admins` names.
pub(crate) const ADMIN: &str = "admin";

impl RoleMapping {
    /// Adds those whom `auth.admins` names.
    #[must_use]
    pub fn with_admins(mut self, admins: &[String]) -> Self {
        self.roles.entry(ADMIN.to_owned()).or_default().extend_from_slice(admins);
        self
    }

    /// True if somebody is an admin.
    pub fn has_admin(&self) -> bool {
        self.roles.get(ADMIN).is_some_and(|names| !names.is_empty())
    }

    /// The roles that somebody has by one of their names.
    pub(crate) fn roles_of(&self, names: &BTreeSet<String>, has_entity: bool) -> BTreeSet<String> {
        let is_theirs = |known: &String| names.contains(&known.to_lowercase());
        let mapped = self.roles.iter().filter(|(_, known)| known.iter().any(is_theirs)).map(|(role, _)| role.clone());
        let by_default = self.default_roles.iter().filter(|_| has_entity).cloned();
        mapped.chain(by_default).collect()
    }
}
