#![doc = include_str!("../README.md")]

use std::fmt;

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Principal {
    entity_ref: String,
}

impl Principal {
    /// A visitor who has not signed in, named as Backstage names its guest.
    pub fn guest() -> Self {
        Self { entity_ref: "user:default/guest".to_owned() }
    }

    /// Canonical ref of the User entity that the principal stands for.
    pub fn entity_ref(&self) -> &str {
        &self.entity_ref
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.entity_ref)
    }
}

/// What somebody wants to do, in the names of Backstage's permissions where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// `catalog.entity.read`: see entities, their facets and their problems.
    ReadEntities,
    /// `catalog.entity.refresh`: have an entity's source read again.
    RefreshEntities,
    /// `catalog.entity.delete`: take an entity out of the catalog.
    DeleteEntities,
    /// `catalog.entity.validate`: have the text of an entity checked.
    ValidateEntities,
    /// `catalog.location.read`: see which locations are registered.
    ReadLocations,
    /// `catalog.location.create`: register a location, or give one another target.
    CreateLocations,
    /// `catalog.location.delete`: unregister a location.
    DeleteLocations,
    /// `catalog.location.analyze`: look at what a location would bring.
    AnalyzeLocations,
}

impl Action {
    /// The name in policies, audit and messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadEntities => "catalog.entity.read",
            Self::RefreshEntities => "catalog.entity.refresh",
            Self::DeleteEntities => "catalog.entity.delete",
            Self::ValidateEntities => "catalog.entity.validate",
            Self::ReadLocations => "catalog.location.read",
            Self::CreateLocations => "catalog.location.create",
            Self::DeleteLocations => "catalog.location.delete",
            Self::AnalyzeLocations => "catalog.location.analyze",
        }
    }
}

/// The answer to "may they?".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// They may.
    Allow,
    /// They may not, and why, for the person who asked.
    Deny {
        /// Names the rule that says so.
        reason: String,
    },
}

/// An action that was denied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{principal}` may not do `{}`: {reason}", action.as_str())]
pub struct Denied {
    /// Who asked.
    pub principal: Principal,
    /// What for.
    pub action: Action,
    /// Why not.
    pub reason: String,
}

/// Decides who may do what.
pub trait Authoriser: Send + Sync {
    /// Whether `principal` may do `action`.
    fn decide(&self, principal: &Principal, action: Action) -> Decision;

    /// [`Authoriser::decide`] as a result, to go before the call with `?`.
    ///
    /// # Errors
    /// [`Denied`] with the reason.
    fn check(&self, principal: &Principal, action: Action) -> Result<(), Denied> {
        match self.decide(principal, action) {
            Decision::Allow => Ok(()),
            Decision::Deny { reason } => Err(Denied { principal: principal.clone(), action, reason }),
        }
    }
}

/// Allows everything to everyone.
#[derive(Clone, Copy, Debug, Default)]
pub struct AllowAll;

impl Authoriser for AllowAll {
    fn decide(&self, _: &Principal, _: Action) -> Decision {
        Decision::Allow
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct DenyAll;

    impl Authoriser for DenyAll {
        fn decide(&self, _: &Principal, _: Action) -> Decision {
            Decision::Deny { reason: "rule `nobody`".to_owned() }
        }
    }

    #[test]
    fn a_denial_names_who_what_and_why() {
        let denied = DenyAll.check(&Principal::guest(), Action::ReadEntities).unwrap_err();
        assert_eq!(denied.to_string(), "`user:default/guest` may not do `catalog.entity.read`: rule `nobody`");
        assert_eq!(AllowAll.check(&Principal::guest(), Action::ReadEntities), Ok(()));
    }
}
