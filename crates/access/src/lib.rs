#![doc = include_str!("../README.md")]

mod facts;
mod scope;

use std::{fmt, sync::Arc};

pub use scope::Scope;

pub use facts::{Attribute, EntityFacts, ReadRule, Readable, Resource};

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Principal {
    who: Who,
    /// Of the token that they came with; none where nothing narrows what they may do.
    scopes: Option<Arc<[Scope]>>,
    /// Of the frame that they look through; none where nothing narrows what they may see.
    reach: Option<Arc<[String]>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Who {
    Guest,
    Person(Box<Person>),
    Service(Box<str>),
}

/// Somebody who has signed in. The key is issuer and subject; there need not be a User entity.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Person {
    /// Of the provider that vouches.
    pub issuer: String,
    /// Names the person at the issuer.
    pub subject: String,
    /// For people to read.
    pub name: String,
    /// Canonical ref of the User entity that the person is.
    pub entity_ref: Option<String>,
    /// Groups that the provider's claim names, as it names them.
    pub claims: Vec<String>,
}

impl Principal {
    /// A visitor who has not signed in.
    pub fn guest() -> Self {
        Self::of(Who::Guest)
    }

    /// Somebody who has.
    pub fn person(person: Person) -> Self {
        Self::of(Who::Person(Box::new(person)))
    }

    /// A program that came with a token of the configuration, by the subject that stands beside it.
    pub fn service(subject: &str) -> Self {
        Self::of(Who::Service(subject.into()))
    }

    fn of(who: Who) -> Self {
        Self { who, scopes: None, reach: None }
    }

    /// The same, by a token that is good for this alone.
    #[must_use]
    pub fn within(self, scopes: &[Scope]) -> Self {
        Self { scopes: Some(scopes.into()), ..self }
    }

    /// The same, in a frame within another site's page: they see these entities (canonical refs) and what hangs below them, and read only.
    #[must_use]
    pub fn reaching(self, entities: &[String]) -> Self {
        Self { scopes: Some([Scope::ReadCatalog].into()), reach: Some(entities.into()), ..self }
    }

    /// The entities that they see with what hangs below them; none where nothing narrows what they may see.
    pub fn reach(&self) -> Option<&[String]> {
        self.reach.as_deref()
    }

    /// What the token is good for that they came with; none where nothing narrows what they may do.
    pub fn scopes(&self) -> Option<&[Scope]> {
        self.scopes.as_deref()
    }

    /// False if they came with a token that lacks this scope.
    pub fn has_scope(&self, scope: Scope) -> bool {
        self.scopes().is_none_or(|scopes| scopes.contains(&scope))
    }

    /// The subject of a program; none for others.
    pub fn as_service(&self) -> Option<&str> {
        match &self.who {
            Who::Service(subject) => Some(subject),
            Who::Guest | Who::Person(_) => None,
        }
    }

    /// The person who has signed in; none for others.
    pub fn as_person(&self) -> Option<&Person> {
        match &self.who {
            Who::Person(person) => Some(person),
            Who::Guest | Who::Service(_) => None,
        }
    }

    /// Tells them apart from all others, also where names change.
    pub fn key(&self) -> String {
        match &self.who {
            Who::Guest => "guest".to_owned(),
            Who::Person(person) => format!("person {} {}", person.issuer, person.subject),
            Who::Service(subject) => format!("service {subject}"),
        }
    }

    /// True for a visitor who has not said who they are.
    pub fn is_guest(&self) -> bool {
        matches!(self.who, Who::Guest)
    }
}

impl fmt::Display for Principal {
    /// The User entity, or the person at the issuer; for a guest as Backstage names its own.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.who {
            Who::Guest => f.write_str("user:default/guest"),
            // As Backstage writes it.
            Who::Service(subject) => write!(f, "external:{subject}"),
            Who::Person(person) => match &person.entity_ref {
                Some(entity_ref) => f.write_str(entity_ref),
                None => write!(f, "{} at {}", person.subject, person.issuer),
            },
        }
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
    /// `catalog.source.push`: say what the entities of a source are, without a file.
    PushEntities,
    /// `audit.entry.read`: see who did what.
    ReadAudit,
}

impl Action {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::ReadEntities,
        Self::RefreshEntities,
        Self::DeleteEntities,
        Self::ValidateEntities,
        Self::ReadLocations,
        Self::CreateLocations,
        Self::DeleteLocations,
        Self::AnalyzeLocations,
        Self::PushEntities,
        Self::ReadAudit,
    ];

    /// The action of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == name)
    }

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
            Self::PushEntities => "catalog.source.push",
            Self::ReadAudit => "audit.entry.read",
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
        /// In words.
        reason: String,
        /// Names the rule that says so; none where no rule was asked.
        rule: Option<String>,
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
    /// Names the rule that says so; none where no rule was asked.
    pub rule: Option<String>,
}

/// Decides who may do what.
pub trait Authoriser: Send + Sync {
    /// Whether `principal` may do `action` on `resource`.
    fn decide(&self, principal: &Principal, action: Action, resource: Resource<'_>) -> Decision;

    /// The entities that `principal` may see, if they are let in: see [`Resource::Catalog`].
    fn readable(&self, principal: &Principal) -> Readable;

    /// [`Authoriser::decide`] as a result, to go before the call with `?`. A token that lacks the scope is refused before.
    ///
    /// # Errors
    /// [`Denied`] with the reason.
    fn check(&self, principal: &Principal, action: Action, resource: Resource<'_>) -> Result<(), Denied> {
        let denied = |reason, rule| Denied { principal: principal.clone(), action, reason, rule };
        if let Some(scope) = action.scope().filter(|scope| !principal.has_scope(*scope)) {
            return Err(denied(format!("the token lacks the scope `{scope}`"), None));
        }
        match self.decide(principal, action, resource) {
            Decision::Allow => Ok(()),
            Decision::Deny { reason, rule } => Err(denied(reason, rule)),
        }
    }
}

/// Allows everything to everyone.
#[derive(Clone, Copy, Debug, Default)]
pub struct AllowAll;

impl Authoriser for AllowAll {
    fn decide(&self, _: &Principal, _: Action, _: Resource<'_>) -> Decision {
        Decision::Allow
    }

    fn readable(&self, _: &Principal) -> Readable {
        Readable::All
    }
}

/// Allows everything to everyone who has said who they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct SignedInOnly;

impl Authoriser for SignedInOnly {
    fn decide(&self, principal: &Principal, _: Action, _: Resource<'_>) -> Decision {
        if principal.is_guest() {
            return Decision::Deny { reason: "nobody has signed in".to_owned(), rule: None };
        }
        Decision::Allow
    }

    fn readable(&self, _: &Principal) -> Readable {
        Readable::All
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct DenyAll;

    impl Authoriser for DenyAll {
        fn decide(&self, _: &Principal, _: Action, _: Resource<'_>) -> Decision {
            Decision::Deny { reason: "rule `nobody`".to_owned(), rule: None }
        }

        fn readable(&self, _: &Principal) -> Readable {
            Readable::All
        }
    }

    #[test]
    fn a_denial_names_who_what_and_why() {
        let denied = DenyAll.check(&Principal::guest(), Action::ReadEntities, Resource::Catalog).unwrap_err();
        assert_eq!(denied.to_string(), "`user:default/guest` may not do `catalog.entity.read`: rule `nobody`");
        assert_eq!(AllowAll.check(&Principal::guest(), Action::ReadEntities, Resource::Catalog), Ok(()));
    }

    #[test]
    fn a_token_may_do_what_its_scopes_say_and_no_more_than_its_owner() {
        let reader = Principal::service("ci").within(&[Scope::ReadCatalog, Scope::WriteEnvironments]);
        let writer = Principal::service("ci").within(&[Scope::WriteCatalog]);
        assert_eq!(AllowAll.check(&reader, Action::ReadEntities, Resource::Catalog), Ok(()));
        let denied = AllowAll.check(&reader, Action::CreateLocations, Resource::Catalog).unwrap_err().to_string();
        assert!(denied.ends_with("the token lacks the scope `catalog:write`"), "{denied}");
        assert_eq!(AllowAll.check(&writer, Action::CreateLocations, Resource::Catalog), Ok(()));
        assert!(DenyAll.check(&writer, Action::CreateLocations, Resource::Catalog).is_err());
        assert_eq!(AllowAll.check(&Principal::service("ci"), Action::DeleteEntities, Resource::Catalog), Ok(()));
    }

    #[test]
    fn a_person_is_the_entity_or_the_subject_at_the_issuer() {
        let person = Person {
            issuer: "https://id.example".to_owned(),
            subject: "4711".to_owned(),
            name: "Alice".to_owned(),
            entity_ref: None,
            claims: Vec::new(),
        };
        let known = Person { entity_ref: Some("user:default/alice".to_owned()), ..person.clone() };
        assert_eq!(Principal::person(person.clone()).to_string(), "4711 at https://id.example");
        assert_eq!(Principal::person(known).to_string(), "user:default/alice");
        assert_eq!(SignedInOnly.check(&Principal::person(person), Action::ReadEntities, Resource::Catalog), Ok(()));
        assert!(SignedInOnly.check(&Principal::guest(), Action::ReadEntities, Resource::Catalog).is_err());
    }
}
