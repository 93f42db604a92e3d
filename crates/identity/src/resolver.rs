use model::entity_ref::EntityRef;
use serde::{Deserialize, Serialize};

use crate::{Directory, Person};

/// A rule that finds the User entity of a person, named as Backstage names its sign-in resolvers.
///
/// Source: Backstage, `commonSignInResolvers.ts`, and the resolvers of its OIDC, GitHub and GitLab modules.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(tag = "resolver", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Resolver {
    /// `spec.profile.email` is the person's verified address.
    EmailMatchingUserEntityProfileEmail,
    /// `metadata.name` is what stands before the `@` of the person's verified address.
    EmailLocalPartMatchingUserEntityName {
        /// Only addresses of these domains.
        #[serde(default)]
        allowed_domains: Vec<String>,
    },
    /// `metadata.name` is the person's user name.
    PreferredUsernameMatchingUserEntityName,
    /// The same, as Backstage names it for Git hosts.
    UsernameMatchingUserEntityName,
    /// An annotation holds the subject, for example `keycloak.org/id`.
    SubjectMatchingUserEntityAnnotation {
        /// Of the User entity.
        annotation: String,
    },
}

impl Resolver {
    /// The canonical ref of the one User entity that the person is by this rule; none where several are.
    ///
    /// `authoritative` are the domains whose addresses the provider may vouch for.
    pub fn resolve(&self, person: &Person, authoritative: &[String], directory: &dyn Directory) -> Option<String> {
        let found = match self {
            Self::EmailMatchingUserEntityProfileEmail => {
                directory.users_with("spec.profile.email", &vouched_email(person, authoritative)?)
            }
            Self::EmailLocalPartMatchingUserEntityName { allowed_domains } => {
                let email = vouched_email(person, authoritative)?;
                let (name, domain) = email.rsplit_once('@')?;
                if !allowed_domains.is_empty() && !is_among(domain, allowed_domains) {
                    return None;
                }
                by_name(name, directory)
            }
            Self::PreferredUsernameMatchingUserEntityName | Self::UsernameMatchingUserEntityName => {
                by_name(person.user_name.as_deref()?, directory)
            }
            Self::SubjectMatchingUserEntityAnnotation { annotation } => {
                directory.users_with(&format!("metadata.annotations.{annotation}"), &person.subject)
            }
        };
        match &found[..] {
            [only] => Some(only.clone()),
            _ => None,
        }
    }
}

fn by_name(name: &str, directory: &dyn Directory) -> Vec<String> {
    let mut found = directory.users_with("metadata.name", name);
    // As in Backstage: a bare name is one of the default namespace.
    found.retain(|entity_ref| EntityRef::parse_full(entity_ref).is_ok_and(|entity| entity.namespace == "default"));
    found
}

/// The address, if it counts: verified, and of a domain that the provider answers for.
fn vouched_email(person: &Person, authoritative: &[String]) -> Option<String> {
    let email = person.email.as_deref().filter(|_| person.email_verified)?;
    let (_, domain) = email.rsplit_once('@')?;
    is_among(domain, authoritative).then(|| email.to_lowercase())
}

fn is_among(domain: &str, domains: &[String]) -> bool {
    domains.iter().any(|known| known.eq_ignore_ascii_case(domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Users(&'static [(&'static str, &'static str, &'static str)]);

    impl Directory for Users {
        fn users_with(&self, path: &str, value: &str) -> Vec<String> {
            let of = self.0.iter().filter(|(known, text, _)| *known == path && text.eq_ignore_ascii_case(value));
            of.map(|(_, _, entity_ref)| (*entity_ref).to_owned()).collect()
        }
    }

    const USERS: Users = Users(&[
        ("metadata.name", "alice", "user:default/alice"),
        ("metadata.name", "alice", "user:other/alice"),
        ("spec.profile.email", "alice@acme.example", "user:default/alice"),
        ("spec.profile.email", "team@acme.example", "user:default/bob"),
        ("spec.profile.email", "team@acme.example", "user:default/carol"),
        ("metadata.annotations.keycloak.org/id", "4711", "user:default/dora"),
    ]);

    fn person(email: &str, is_verified: bool) -> Person {
        Person {
            issuer: "https://id.acme.example".to_owned(),
            subject: "4711".to_owned(),
            name: "Alice".to_owned(),
            user_name: Some("alice".to_owned()),
            email: Some(email.to_owned()),
            email_verified: is_verified,
            groups: Vec::new(),
        }
    }

    #[test]
    fn an_address_counts_only_if_it_is_verified_and_of_a_domain_that_the_provider_answers_for() {
        let acme = ["ACME.example".to_owned()];
        for (email, is_verified, domains, expected) in [
            ("Alice@acme.example", true, &acme[..], Some("user:default/alice")),
            ("alice@acme.example", false, &acme[..], None),
            ("alice@acme.example", true, &[][..], None),
            ("alice@evil.example", true, &acme[..], None),
            ("\"alice@acme.example\"@evil.example", true, &acme[..], None),
            ("team@acme.example", true, &acme[..], None),
        ] {
            let found =
                Resolver::EmailMatchingUserEntityProfileEmail.resolve(&person(email, is_verified), domains, &USERS);
            assert_eq!(found.as_deref(), expected, "{email} {is_verified}");
        }
        let local_part =
            Resolver::EmailLocalPartMatchingUserEntityName { allowed_domains: vec!["x.example".to_owned()] };
        assert_eq!(local_part.resolve(&person("alice@acme.example", true), &acme, &USERS), None);
        let local_part = Resolver::EmailLocalPartMatchingUserEntityName { allowed_domains: Vec::new() };
        let found = local_part.resolve(&person("alice@acme.example", true), &acme, &USERS);
        assert_eq!(found.as_deref(), Some("user:default/alice"));
    }

    #[test]
    fn a_name_is_one_of_the_default_namespace_and_an_annotation_holds_the_subject() {
        let by_name = Resolver::PreferredUsernameMatchingUserEntityName.resolve(&person("", false), &[], &USERS);
        assert_eq!(by_name.as_deref(), Some("user:default/alice"));
        let by_subject = Resolver::SubjectMatchingUserEntityAnnotation { annotation: "keycloak.org/id".to_owned() };
        assert_eq!(by_subject.resolve(&person("", false), &[], &USERS).as_deref(), Some("user:default/dora"));
    }
}
