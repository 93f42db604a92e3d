//! Who may do what, by the configuration.

use std::{collections::BTreeSet, sync::Arc};

use access::{
    Action, AllowAll, Attribute, Authoriser, Decision, EntityFacts, Person, Principal, ReadRule, Readable, Resource,
    SignedInOnly,
};
use catalog::index::Index;
use policy::{GroupDirectory, Policy, PolicyAuthoriser, PolicyError, PolicyFile};

use crate::config::Config;

/// The groups of the catalog, for policies.
struct CatalogGroups(Arc<Index>);

impl GroupDirectory for CatalogGroups {
    fn groups_of(&self, user_ref: &str) -> Vec<String> {
        self.0.related_to("hasmember", user_ref)
    }

    fn parents_of(&self, group_ref: &str) -> Vec<String> {
        self.0.related_to("parentof", group_ref)
    }
}

/// What decides: policies, where they are enabled or somebody can sign in; else nothing is denied to whoever is let in.
///
/// # Errors
/// [`PolicyError`] if the operator's own policies can't be used.
pub fn authoriser(config: &Config, index: &Arc<Index>) -> Result<Arc<dyn Authoriser>, PolicyError> {
    let inner = authoriser_of_all(config, index)?;
    if config.embed.parents.is_empty() {
        return Ok(inner);
    }
    Ok(Arc::new(WithinReach { inner, index: Arc::clone(index), max_entities: config.embed.max_entities }))
}

fn authoriser_of_all(config: &Config, index: &Arc<Index>) -> Result<Arc<dyn Authoriser>, PolicyError> {
    let lets_guests_in = config.auth.lets_guests_in();
    if !config.are_policies_enabled() {
        return Ok(if lets_guests_in { Arc::new(AllowAll) } else { Arc::new(SignedInOnly) });
    }
    if !config.permission.role_mapping(&config.auth.admins).has_admin() {
        tracing::warn!(
            "nobody is an admin: sign in, take your User entity's ref from /account (or `SUBJECT at ISSUER`, if you have \
             none), and add it to `auth.admins`"
        );
    }
    Ok(Arc::new(policies(config, index)?))
}

/// The policies of the configuration over the groups of a catalog, whether they are enabled or not.
///
/// # Errors
/// [`PolicyError`] if the operator's own policies can't be used.
pub fn policies(config: &Config, index: &Arc<Index>) -> Result<PolicyAuthoriser, PolicyError> {
    let policy = match &config.permission.policies {
        Some(path) => Policy::new(&PolicyFile::read(path)?)?,
        None => Policy::builtin(),
    };
    let roles = config.permission.role_mapping(&config.auth.admins);
    Ok(PolicyAuthoriser::new(policy, roles, Arc::new(CatalogGroups(Arc::clone(index))))
        .with_ancestors(config.permission.group_ancestors)
        .lets_guests_in(config.auth.lets_guests_in()))
}

/// Who is an admin, whoever asks.
pub struct Admins(PolicyAuthoriser);

impl Admins {
    /// By `auth.admins` and `permission.roles`.
    ///
    /// # Errors
    /// As [`policies`].
    pub fn new(config: &Config, index: &Arc<Index>) -> Result<Self, PolicyError> {
        policies(config, index).map(Self)
    }

    /// True for a user by itself or one of its groups, by its canonical ref.
    pub fn contains(&self, user_ref: &str) -> bool {
        let person = Person {
            issuer: String::new(),
            subject: user_ref.to_owned(),
            name: String::new(),
            entity_ref: Some(user_ref.to_owned()),
            claims: Vec::new(),
        };
        self.0.subject(&Principal::person(person)).roles.contains("admin")
    }
}

/// Relations of what hangs below an entity to it: parts, what it owns, its members, its children, the APIs that it provides.
const BELOW: [&str; 5] = ["partof", "ownedby", "memberof", "childof", "apiprovidedby"];

/// Shows who looks through a frame the entities that it is for and what hangs below them, as far as they may see it, and lets them do nothing
/// else.
struct WithinReach {
    inner: Arc<dyn Authoriser>,
    index: Arc<Index>,
    max_entities: usize,
}

impl WithinReach {
    /// Canonical refs; at most `max_entities`, the nearest first.
    fn reached(&self, roots: &[String]) -> BTreeSet<String> {
        let mut reached: BTreeSet<String> = roots.iter().cloned().collect();
        let mut open: Vec<String> = reached.iter().cloned().collect();
        while !open.is_empty() && reached.len() < self.max_entities {
            let below = |entity: &String| {
                BELOW.into_iter().flat_map(|relation| self.index.related_to(relation, entity)).collect::<Vec<_>>()
            };
            let found: Vec<String> = open.iter().flat_map(below).collect();
            let room = self.max_entities.saturating_sub(reached.len());
            open = found.into_iter().filter(|entity| !reached.contains(entity)).collect();
            open.sort_unstable();
            open.dedup();
            open.truncate(room);
            reached.extend(open.iter().cloned());
        }
        reached
    }
}

impl Authoriser for WithinReach {
    fn decide(&self, principal: &Principal, action: Action, resource: Resource<'_>) -> Decision {
        let deny = |reason: &str| Decision::Deny { reason: reason.to_owned(), rule: None };
        match (principal.reach(), action, resource) {
            (None, ..) | (Some(_), Action::ReadEntities, Resource::Catalog) => {}
            (Some(roots), Action::ReadEntities, Resource::Entity(facts)) => {
                if !self.reached(roots).contains(&facts.entity_ref) {
                    return deny("a frame shows the entities that it was made for, and what hangs below them");
                }
            }
            (Some(_), ..) => return deny("in a frame one can only read"),
        }
        self.inner.decide(principal, action, resource)
    }

    fn readable(&self, principal: &Principal) -> Readable {
        let inner = self.inner.readable(principal);
        let Some(roots) = principal.reach() else { return inner };
        let reached = self.reached(roots);
        let (inner, of_inner, attributes, mut named) = match inner {
            Readable::All => (None, String::new(), Vec::new(), BTreeSet::new()),
            Readable::Only(rule) => {
                let (profile, attributes, named) =
                    (rule.profile().to_owned(), rule.attributes().to_vec(), rule.named().clone());
                (Some(rule), profile, attributes, named)
            }
        };
        named.extend(reached.iter().cloned());
        // What is reached depends on the state of the catalog.
        let profile = format!("frame {} {} | {of_inner}", self.index.revision(), roots.join(" "));
        Readable::Only(Arc::new(ReachRule { inner, reached, attributes, named, profile }))
    }
}

struct ReachRule {
    inner: Option<Arc<dyn ReadRule>>,
    reached: BTreeSet<String>,
    attributes: Vec<Attribute>,
    named: BTreeSet<String>,
    profile: String,
}

impl ReadRule for ReachRule {
    fn profile(&self) -> &str {
        &self.profile
    }

    fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    fn named(&self) -> &BTreeSet<String> {
        &self.named
    }

    fn may_read(&self, facts: &EntityFacts) -> bool {
        self.reached.contains(&facts.entity_ref) && self.inner.as_ref().is_none_or(|inner| inner.may_read(facts))
    }
}
